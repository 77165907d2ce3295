// How failures look on the wire: status, message, code, and what could be chosen instead (Beebole spec 2.6, 2.7).
import { DomainError } from '../../platform/errors.ts';
import type { Proposal } from '../failures.ts';
import type { Json } from './json.ts';

/** A parameter is missing or wrong, told by the name that the client used. */
class ParameterError extends DomainError {}

export const missingParameter = (path: string) =>
  new ParameterError('invalid', 'missing_param', `Missing parameter: ${path}`);

export const invalidParameter = (path: string) =>
  new ParameterError('invalid', 'invalid_param', `Invalid value for parameter: ${path}`);

/** Longer names are cut in the message. */
const MAX_NAME = 100;

/** `name` is whatever the client sent as its service. */
export const invalidService = (name: unknown) =>
  new ParameterError(
    'invalid',
    'invalid_service',
    typeof name === 'string' && name !== ''
      ? `Invalid service request: ${name.slice(0, MAX_NAME)}`
      : 'Invalid service request',
  );

/** The body of an answer that reports a failure. */
export function errorBody(message: string, code: string): Record<string, Json> {
  return { status: 'error', message, code };
}

/** How a generation names and shows things. */
export interface FailureStyle {
  /** The parameter that carries a value of the domain: `comment` is `notes` in the first generation. */
  parameterOf(field: string): string;
  /** The entities of a proposal, in the order of the lists. */
  proposal(proposal: Proposal): Json[];
}

const PLURAL = { project: 'projects', subproject: 'subprojects', task: 'tasks' } as const;

/**
 * The answer for a failure of a service that the caller may know about; anything else is thrown again. `prefix` leads to
 * the members that the service read (`project.`).
 */
export function failureBody(
  error: unknown,
  style: FailureStyle,
  prefix: string,
): Record<string, Json> {
  if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
  if (error.code === 'invalid_value') {
    const { message, code } = invalidParameter(
      prefix + style.parameterOf(String(error.details['field'])),
    );
    return errorBody(message, code);
  }
  const proposal = error.details['proposal'] as Proposal | undefined;
  return {
    ...errorBody(error.message, error.code),
    ...(proposal && { [PLURAL[proposal.kind]]: style.proposal(proposal) }),
  };
}
