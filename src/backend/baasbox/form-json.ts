// JSON objects in the text fields of forms.
import { DomainError } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';
import { contentOf, type Content } from '../documents/content.ts';
import type { JsonObject } from '../query/values.ts';
import { Failure } from './failure.ts';

/** The object in a field; an empty one when there is no such field or it is blank. Throws `Failure` (400). */
export function formObject(field: string, text: string | undefined): Content {
  if (text === undefined || text.trim() === '') return { body: '{}', queryBody: '{}' };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new Failure(400, `The '${field}' field is malformed: ${error.message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure(400, `The '${field}' field must be a JSON object`);
  }
  return contentOf(text, value as JsonObject, new Set());
}
