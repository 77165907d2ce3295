// Says what is wrong with a value, one violation a line, so that a person or a language model can repair it (Beefree spec 3.10).
import type { TSchema } from 'typebox';
import { FORMATS } from './formats.ts';

/** The parts of JSON Schema that our schemas use. */
interface Rules {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Rules>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Rules;
  readonly anyOf?: readonly Rules[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** More of them help nobody, and an answer stays small. */
const MAX_VIOLATIONS = 100;

/**
 * Every violation of a schema, at most a hundred, in the order of the document: `/rows/0/name: is required`. Pointers
 * are JSON pointers that start with `at`. Empty when the value is fine. Takes the JSON types, ranges, lengths, formats
 * and closed objects that TypeBox writes, and unions of objects that differ in `type`.
 */
export function violations(schema: TSchema, value: unknown, at = ''): string[] {
  const found: string[] = [];
  check(schema, value, at, found);
  if (found.length <= MAX_VIOLATIONS) return found;
  return [...found.slice(0, MAX_VIOLATIONS), `${at || '/'}: has more violations than these`];
}

type Found = string[];

function check(rules: Rules, value: unknown, at: string, found: Found): void {
  if (found.length > MAX_VIOLATIONS) return;
  if (rules.anyOf) return checkUnion(rules.anyOf, value, at, found);
  if (!isOfType(rules.type, value)) return add(found, at, `must be ${wanted(rules)}`, value);
  if (Array.isArray(value)) checkArray(rules, value, at, found);
  else if (typeof value === 'object' && value !== null) {
    checkObject(rules, value as Readonly<Record<string, unknown>>, at, found);
  } else if (typeof value === 'string') checkText(rules, value, at, found);
  else if (typeof value === 'number' && !isInRange(rules, value)) {
    add(found, at, `must be ${wanted(rules)}`, value);
  }
}

/** Objects of a union differ in `type`; other unions accept what one of their members accepts. */
function checkUnion(members: readonly Rules[], value: unknown, at: string, found: Found): void {
  const byType = members.flatMap((member) => member.properties?.['type']?.enum ?? []);
  if (byType.length === 0) {
    if (members.some((member) => accepts(member, value))) return;
    return add(found, at, `must be ${members.map(wanted).join(', or ')}`, value);
  }
  if (!isOfType('object', value)) return add(found, at, 'must be an object', value);
  const type = (value as Readonly<Record<string, unknown>>)['type'];
  const member = members.find((one) => one.properties?.['type']?.enum?.includes(type as string));
  if (member) return check(member, value, at, found);
  const known = `one of ${[...byType].sort().join(', ')}`;
  if (type === undefined) add(found, `${at}/type`, `is required: ${known}`);
  else add(found, `${at}/type`, `must be ${known}`, type);
}

function accepts(rules: Rules, value: unknown): boolean {
  const found: Found = [];
  check(rules, value, '', found);
  return found.length === 0;
}

function checkObject(
  rules: Rules,
  value: Readonly<Record<string, unknown>>,
  at: string,
  found: Found,
): void {
  const { properties } = rules;
  if (!properties) return;
  for (const name of rules.required ?? []) {
    if (!Object.hasOwn(value, name)) {
      const rule = properties[name];
      add(found, `${at}/${escaped(name)}`, `is required${rule ? `: ${wanted(rule)}` : ''}`);
    }
  }
  for (const [name, member] of Object.entries(value)) {
    const here = `${at}/${escaped(name)}`;
    if (Object.hasOwn(properties, name)) check(properties[name]!, member, here, found);
    else if (rules.additionalProperties === false) {
      add(found, here, `is not known here; known are ${Object.keys(properties).join(', ')}`);
    }
    if (found.length > MAX_VIOLATIONS) return;
  }
}

function checkArray(rules: Rules, value: readonly unknown[], at: string, found: Found): void {
  const { minItems = 0, maxItems = Infinity, items } = rules;
  if (value.length < minItems || value.length > maxItems) {
    const most = maxItems === Infinity ? '' : ` and at most ${maxItems}`;
    add(found, at, `must have at least ${minItems}${most} items, and has ${value.length}`);
    if (value.length > maxItems) return;
  }
  for (const [index, item] of value.entries()) {
    if (items) check(items, item, `${at}/${index}`, found);
    if (found.length > MAX_VIOLATIONS) return;
  }
}

function checkText(rules: Rules, value: string, at: string, found: Found): void {
  if (rules.enum && !rules.enum.includes(value)) add(found, at, `must be ${wanted(rules)}`, value);
  else if (value.length > (rules.maxLength ?? Infinity)) {
    add(found, at, `must have at most ${rules.maxLength} characters, and has ${value.length}`);
  } else if (rules.pattern !== undefined && !new RegExp(rules.pattern).test(value)) {
    add(found, at, `must be ${wanted(rules)}`, value);
  } else if (rules.format !== undefined && FORMATS[rules.format]?.holds(value) === false) {
    add(found, at, FORMATS[rules.format]!.words, value);
  }
}

function isOfType(type: string | undefined, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case undefined:
      return true;
    default:
      return typeof value === type;
  }
}

function isInRange({ minimum = -Infinity, maximum = Infinity }: Rules, value: number): boolean {
  return value >= minimum && value <= maximum;
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

function wanted(rules: Rules): string {
  if (rules.anyOf) return rules.anyOf.map(wanted).join(', or ');
  if (rules.enum) {
    return rules.enum.length === 1 ? `"${rules.enum[0]}"` : `one of ${rules.enum.join(', ')}`;
  }
  if (rules.pattern !== undefined) return 'a string such as "24" or "24px"';
  const what = ARTICLES[rules.type ?? ''] ?? 'a value';
  const { minimum, maximum } = rules;
  if (minimum === undefined || maximum === undefined) return what;
  return `${what} between ${minimum} and ${maximum}`;
}

function add(found: Found, at: string, problem: string, given?: unknown): void {
  found.push(`${at || '/'}: ${problem}${given === undefined ? '' : ` (it is ${shown(given)})`}`);
}

/** A value as JSON on one line, short. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 200) : value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const escaped = (name: string) => name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
