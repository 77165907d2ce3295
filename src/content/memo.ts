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
