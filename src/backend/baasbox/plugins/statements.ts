// The statements that scripts write for the database: read by our own grammar, never handed on as text (BaasBox spec 5.17).
import { Failure } from '../failure.ts';
import type { Json } from '../../query/values.ts';

export interface SelectStatement {
  collection: string;
  /** Criteria as in a query string. */
  criteria: Record<string, string>;
}

export type ExecStatement =
  | { kind: 'delete'; collection: string; where: string | undefined }
  | { kind: 'update'; collection: string; where: string | undefined; set: Assignment[] }
  /** Declares something that documents without a schema do not need. */
  | { kind: 'nothing' };

export interface Assignment {
  field: string;
  /** `undefined`: the next parameter. */
  value: Json | undefined;
}

const MAX_LENGTH = 16_384;
const TOKEN = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[()[\]{},]|[^\s'"()[\]{},]+|\s+|["']/gs;
const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);

/** The parts of a statement between these words, where they stand outside of brackets and quotes. */
function clauses(text: string, words: ReadonlySet<string>): Map<string, string> {
  if (text.length > MAX_LENGTH) throw bad(`is longer than ${MAX_LENGTH} characters`);
  const found = new Map<string, string>();
  let word = '';
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    const lower = token.toLowerCase();
    if (OPENING.has(token)) depth += 1;
    else if (CLOSING.has(token)) depth -= 1;
    if (depth === 0 && words.has(lower)) {
      if (found.has(lower)) throw bad(`has ${lower} twice`);
      word = lower;
      found.set(word, '');
    } else found.set(word, (found.get(word) ?? '') + token);
  }
  if ((found.get('') ?? '').trim() !== '') throw bad('does not begin as it should');
  return new Map([...found].map(([name, value]) => [name, value.trim()]));
}

const SELECT_WORDS = new Set(['select', 'from', 'where', 'group', 'order', 'skip', 'limit']);

/**
 * Reads `[select <fields>] from <collection> [where …] [group by …] [order by …] [skip n] [limit n]`. Throws `Failure`
 * (400); what is in the parts is read with the query.
 */
export function readSelect(text: string): SelectStatement {
  const parts = clauses(text, SELECT_WORDS);
  const collection = collectionName(parts.get('from'));
  const skip = wholeNumber(parts.get('skip'), 'skip');
  const limit = wholeNumber(parts.get('limit'), 'limit');
  const fields = parts.get('select');
  const criteria = {
    fields: fields === '*' ? undefined : fields,
    where: parts.get('where'),
    groupBy: afterBy(parts.get('group')),
    orderBy: afterBy(parts.get('order')),
    skip,
    ...(limit === undefined ? {} : { page: '0', recordsPerPage: limit }),
  };
  const given = Object.entries(criteria).filter(([, value]) => value !== undefined && value !== '');
  return { collection, criteria: Object.fromEntries(given) as Record<string, string> };
}

/**
 * Reads `delete from <collection> [where …]` and `update <collection> set a = 1, b = ? [where …]`. Declarations of
 * properties and indexes are taken and mean nothing. Throws `Failure` (400) for everything else.
 */
export function readExec(text: string): ExecStatement {
  if (/^\s*(?:create|alter|drop)\s+(?:property|index)\s/i.test(text)) return { kind: 'nothing' };
  if (/^\s*delete\s/i.test(text)) {
    const parts = clauses(text, new Set(['delete', 'from', 'where']));
    if (parts.get('delete')) throw bad('does not begin as it should');
    return {
      kind: 'delete',
      collection: collectionName(parts.get('from')),
      where: parts.get('where'),
    };
  }
  if (/^\s*update\s/i.test(text)) {
    const parts = clauses(text, new Set(['update', 'set', 'where']));
    return {
      kind: 'update',
      collection: collectionName(parts.get('update')),
      where: parts.get('where'),
      set: assignments(parts.get('set') ?? ''),
    };
  }
  throw bad('is neither an update nor a delete: other statements do not exist here');
}

function collectionName(text: string | undefined): string {
  if (text === undefined || !/^[A-Za-z-][\w-]{0,99}$/.test(text)) {
    throw bad('names no collection');
  }
  return text;
}

function afterBy(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^by\s/i.test(text)) throw bad('has group or order without by');
  return text.slice(3).trim();
}

function wholeNumber(text: string | undefined, name: string): string | undefined {
  if (text !== undefined && !/^\d{1,9}$/.test(text)) throw bad(`has no number after ${name}`);
  return text;
}

/** One `field = value` of a list. */
const ASSIGNMENT =
  /\s*([A-Za-z]\w{0,99})\s*=\s*(\?|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|true|false|null)\s*(,|$)/giy;

function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  ASSIGNMENT.lastIndex = 0;
  for (let end = ','; end === ',';) {
    const match = ASSIGNMENT.exec(text);
    if (!match) throw bad('sets something that is not "field = value"');
    const [, field, value, comma] = match as unknown as [string, string, string, string];
    found.push({ field, value: value === '?' ? undefined : literal(value) });
    end = comma;
  }
  return found;
}

function literal(text: string): Json {
  if (text.startsWith("'") || text.startsWith('"')) {
    return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
  }
  return JSON.parse(text.toLowerCase()) as Json;
}

function bad(problem: string): Failure {
  return new Failure(400, `The statement ${problem}`);
}
