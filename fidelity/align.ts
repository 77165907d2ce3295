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

/** Pairs by position when the lists are equally long, else by key. */
export function alignOrZip<T>(
  a: readonly T[],
  b: readonly T[],
  key: (entry: T) => string,
): Aligned<T, T> {
  if (a.length !== b.length) return align(a, b, key, key);
  return { pairs: a.map((entry, index) => [entry, b[index]!] as const), onlyA: [], onlyB: [] };
}
