// Finds what belongs together in two lists: the longest common subsequence.

export interface Aligned<A, B> {
  readonly pairs: readonly (readonly [A, B])[];
  readonly onlyA: readonly A[];
  readonly onlyB: readonly B[];
}

/** Pairs entries with equal keys, in order. Takes the product of the lengths in time. */
export function align<A, B>(
  a: readonly A[],
  b: readonly B[],
  keyA: (entry: A) => string,
  keyB: (entry: B) => string,
): Aligned<A, B> {
  const keysA = a.map(keyA);
  const keysB = b.map(keyB);
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] =
        keysA[i] === keysB[j]
          ? best[(i + 1) * width + j + 1]! + 1
          : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
    }
  }
  const pairs: [A, B][] = [];
  const onlyA: A[] = [];
  const onlyB: B[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (keysA[i] === keysB[j]) pairs.push([a[i++]!, b[j++]!]);
    else if (best[(i + 1) * width + j]! >= best[i * width + j + 1]!) onlyA.push(a[i++]!);
    else onlyB.push(b[j++]!);
  }
  return { pairs, onlyA: [...onlyA, ...a.slice(i)], onlyB: [...onlyB, ...b.slice(j)] };
}

/**
 * Pairs entries with equal keys, and what stands between such pairs by position: entries that were changed have no
 * equal, but still a place.
 */
export function alignWithPlaces<T>(
  a: readonly T[],
  b: readonly T[],
  key: (entry: T) => string,
): Aligned<T, T> {
  const { pairs } = align(a, b, key, key);
  const all: (readonly [T, T])[] = [];
  const onlyA: T[] = [];
  const onlyB: T[] = [];
  let [i, j] = [0, 0];
  const between = (endA: number, endB: number) => {
    const [restA, restB] = [a.slice(i, endA), b.slice(j, endB)];
    const together = Math.min(restA.length, restB.length);
    for (let at = 0; at < together; at += 1) all.push([restA[at]!, restB[at]!]);
    onlyA.push(...restA.slice(together));
    onlyB.push(...restB.slice(together));
  };
  for (const pair of pairs) {
    const [endA, endB] = [a.indexOf(pair[0], i), b.indexOf(pair[1], j)];
    between(endA, endB);
    all.push(pair);
    [i, j] = [endA + 1, endB + 1];
  }
  between(a.length, b.length);
  return { pairs: all, onlyA, onlyB };
}
