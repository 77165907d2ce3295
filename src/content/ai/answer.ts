// Reads what a model answered: JSON, JSON in a code fence or between words, or only words (Beefree spec 3.15).

/** Longer answers are cut before they are read. */
const MAX_ANSWER = 100_000;

/** The named members of the JSON object in an answer that are texts; undefined when there is no such object. */
export function membersIn(
  answer: string,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const text = answer.slice(0, MAX_ANSWER);
  for (const candidate of candidates(text)) {
    const found = textMembers(candidate, names);
    if (found) return found;
  }
  return undefined;
}

/** The answer as words, without the code fence around them. */
export function wordsIn(answer: string): string {
  const text = answer.slice(0, MAX_ANSWER).trim();
  const fence = /^```[\w-]{0,20}\n/.exec(text);
  const inner = fence && text.endsWith('```') ? text.slice(fence[0].length, -3).trim() : text;
  const quoted = inner.length > 1 && inner.startsWith('"') && inner.endsWith('"');
  return quoted ? inner.slice(1, -1) : inner;
}

/** One line of at most so many characters (UTF-16 units), cut between words and never within a character. */
export function shortened(text: string, limit: number): string {
  const line = text
    .split(/[\s\p{Cc}]+/u)
    .join(' ')
    .trim();
  if (line.length <= limit) return line;
  const room = line.slice(0, limit - 1);
  const space = room.lastIndexOf(' ');
  const cut = space > limit / 2 ? room.slice(0, space) : room;
  return `${cut.replace(/[\uD800-\uDBFF]$/, '').replace(/[\s,;:–—-]{1,20}$/, '')}…`;
}

/** What may be the object: the whole, and from each of the first braces to the last. */
function* candidates(text: string): Generator<string> {
  yield text;
  const end = text.lastIndexOf('}');
  let start = text.indexOf('{');
  for (let tries = 0; tries < 20 && start !== -1 && start < end; tries += 1) {
    yield text.slice(start, end + 1);
    start = text.indexOf('{', start + 1);
  }
}

function textMembers(
  json: string,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found: Record<string, string> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = names.find((one) => one === key.toLowerCase());
    if (name !== undefined && typeof member === 'string' && member.trim() !== '') {
      found[name] = member;
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
