// The text of a rich-text (RTF) file: its control words are stepped over.
import { TextCollector, type Extracted } from './extracted.ts';

/** Groups that hold no text of the document. */
const SILENT = new Set(
  'fonttbl colortbl stylesheet info pict object themedata datastore listtable listoverridetable rsidtbl generator xmlnstbl latentstyles'.split(
    ' ',
  ),
);

const SYMBOLS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    par: '\n',
    line: '\n',
    sect: '\n',
    page: '\n',
    row: '\n',
    tab: ' ',
    cell: ' ',
    emdash: '—',
    endash: '–',
    bullet: '•',
    lquote: '‘',
    rquote: '’',
    ldblquote: '“',
    rdblquote: '”',
  }),
);

const TOKEN =
  /\\(?:'([0-9a-f]{2})|([a-z]{1,32})(-?\d{1,10})? ?|([^a-z]))|[{}]|[^\\{}\r\n]+|[\r\n]+/giy;

const windows = new TextDecoder('windows-1252');

/** Reads a file in one pass. Text that is neither ASCII nor Unicode is read in the alphabet of Western Windows. */
export function rtfText(bytes: Buffer): Extracted {
  const source = bytes.toString('latin1');
  const collector = new TextCollector();
  /** Of each open group: whether it is silent, and how many characters follow a Unicode one as a substitute. */
  const groups: { silent: boolean; substitutes: number }[] = [];
  let group = { silent: false, substitutes: 1 };
  let skip = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match && !collector.full; match = TOKEN.exec(source)) {
    const [token, hex, word, number, symbol] = match;
    const add = (text: string) => {
      if (!group.silent) collector.add(text);
    };
    if (token === '{') {
      groups.push(group);
      group = { ...group };
    } else if (token === '}') {
      group = groups.pop() ?? group;
    } else if (hex !== undefined) {
      if (skip > 0) skip--;
      else add(windows.decode(Buffer.from(hex, 'hex')));
    } else if (word === 'u') {
      const code = Number(number ?? 0);
      add(String.fromCharCode(code < 0 ? code + 65_536 : code));
      skip = group.substitutes;
    } else if (word === 'uc') {
      group.substitutes = Math.min(8, Math.max(0, Number(number ?? 1)));
    } else if (word === 'bin') {
      TOKEN.lastIndex += Math.max(0, Number(number ?? 0));
    } else if (word !== undefined) {
      if (SILENT.has(word)) group.silent = true;
      add(SYMBOLS.get(word) ?? '');
    } else if (symbol !== undefined) {
      if (symbol === '*') group.silent = true;
      else if (symbol === '~') add('\u00a0');
      else if ('\\{}'.includes(symbol)) add(symbol);
    } else if (!/^[\r\n]/.test(token)) {
      const kept = token.slice(skip);
      skip = Math.max(0, skip - token.length);
      add(kept);
    }
  }
  return collector.result();
}
