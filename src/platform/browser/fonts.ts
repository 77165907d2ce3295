// Which scripts of a document the browser has no letters for: those come out as empty boxes.

/** What is looked at of one document: different characters, and samples of each script that are drawn. */
const MOST_CHARACTERS = 4000;
const SAMPLES = 12;

/** Scripts that fonts come for, by their Unicode names; what is in none of them counts as a symbol. */
const SCRIPTS = [
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
  'Arabic',
  'Hebrew',
  'Syriac',
  'Thaana',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Tibetan',
  'Mongolian',
  'Georgian',
  'Armenian',
  'Ethiopic',
  'Cherokee',
  'Greek',
  'Cyrillic',
  'Latin',
];

/** A character that not every font has: beyond Latin letters, marks that combine, punctuation, € and ™. */
const BEYOND = '[^\\0-\\u024f\\u0300-\\u036f\\u2000-\\u206f\\u20ac\\u2122]';

/** One in clear, or an entity, which may be one. */
const MAY_BE_BEYOND = new RegExp(`${BEYOND}|&#?\\w`);

/**
 * An expression whose value is the names of the scripts (`Han`, `Arabic` …, `Emoji`, `Symbols`) in which the document shows
 * characters that no font has, in the order in which they occur. A character without a glyph is drawn as the box that an
 * unassigned character is drawn as, in the fonts that the document asks for there.
 */
export const MISSING_FONTS = `(() => {
  // First what costs little, since most documents end here: the different characters beyond those that every font has.
  const shown = new Map();
  const texts = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text && shown.size < ${MOST_CHARACTERS}; text = texts.nextNode()) {
    if (!/${BEYOND}/.test(text.data) || !text.parentElement?.checkVisibility()) continue;
    for (const char of text.data) {
      if (/${BEYOND}/.test(char) && !shown.has(char)) shown.set(char, text.parentElement);
    }
  }
  if (shown.size === 0) return [];
  const scripts = ${JSON.stringify(SCRIPTS)}.map((name) => [name, new RegExp('\\\\p{Script=' + name + '}', 'u')]);
  const isEmoji = /\\p{Emoji_Presentation}/u, isPart = /[\\p{M}\\p{Z}\\p{C}\\u{1F1E6}-\\u{1F1FF}\\u{1F3FB}-\\u{1F3FF}]/u;
  const scriptOf = (char) => {
    if (isEmoji.test(char)) return 'Emoji';
    return scripts.find(([, pattern]) => pattern.test(char))?.[0] ?? 'Symbols';
  };
  const samples = new Map();
  for (const [char, parent] of shown) {
    if (isPart.test(char)) continue;
    const script = scriptOf(char);
    const of = samples.get(script) ?? [];
    if (of.length === 0) samples.set(script, of);
    if (of.length < ${SAMPLES}) of.push([char, getComputedStyle(parent).fontFamily]);
  }
  const SIZE = 48;
  const canvas = new OffscreenCanvas(SIZE, SIZE).getContext('2d', { willReadFrequently: true });
  canvas.textBaseline = 'middle';
  const drawn = (char, font) => {
    canvas.font = '32px ' + font;
    canvas.clearRect(0, 0, SIZE, SIZE);
    canvas.fillText(char, 4, SIZE / 2);
    return new Uint32Array(canvas.getImageData(0, 0, SIZE, SIZE).data.buffer).join();
  };
  const boxes = new Map();
  const box = (font) => boxes.get(font) ?? boxes.set(font, drawn('\\u0378', font)).get(font);
  return [...samples].filter(([, of]) => of.some(([char, font]) => drawn(char, font) === box(font))).map(([name]) => name);
})()`;

/** Whether a document can have characters beyond those that every font has: an exact look would cost milliseconds. */
export function mayLackFonts(html: string): boolean {
  return MAY_BE_BEYOND.test(html);
}
