// The `like` pattern: `%` stands for any run of characters, everything else for itself, letter case counts.

/** The literal pieces between the `%` signs. */
export function likePieces(pattern: string): string[] {
  // Several signs in a row mean what one means.
  return pattern.replaceAll(/%+/g, '%').split('%');
}

/**
 * Does the text match? Empty text and empty pattern never do. Takes time in proportion to the text times the number of
 * pieces: each piece is looked for once, from left to right.
 */
export function like(text: string, pattern: string): boolean {
  if (text === '' || pattern === '') return false;
  const pieces = likePieces(pattern);
  if (pieces.length === 1) return text === pattern;
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
