// Remembers what short texts mean: a template says the same few colours, lengths and fonts again and again.

/** Entries that one memo may hold; then it starts over, which costs less than keeping an order. */
const ENTRIES = 2000;
/** Longer texts are rare and seldom come twice. */
const LONGEST = 100;

/** A pure function of a text that keeps its results. What it returns is shared, so it must not be changed. */
export function memo<T extends string | number | object>(
  compute: (text: string) => T,
): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = compute(text);
    if (text.length <= LONGEST) {
      if (known.size >= ENTRIES) known.clear();
      known.set(text, result);
    }
    return result;
  };
}

/** As `memo`, for a function of a name and a text. There are far fewer names than texts. */
export function memo2<T extends string | number | object>(
  compute: (name: string, text: string) => T,
): (name: string, text: string) => T {
  const known = new Map<string, Map<string, T>>();
  let size = 0;
  return (name, text) => {
    const before = known.get(name)?.get(text);
    if (before !== undefined) return before;
    const result = compute(name, text);
    if (text.length + name.length <= LONGEST) {
      if (size >= ENTRIES) {
        known.clear();
        size = 0;
      }
      const texts = known.get(name);
      if (texts) texts.set(text, result);
      else known.set(name, new Map([[text, result]]));
      size += 1;
    }
    return result;
  };
}
