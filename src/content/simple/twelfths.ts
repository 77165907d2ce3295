// Column weights as twelfths of a row (Beefree spec 6.2).

/**
 * Whole shares of twelve in the proportion of the weights: each at least 1, together 12. Takes 1 to 12 weights;
 * unless all are above 0 they count the same. What rounding leaves goes to the columns that lost most, from the left.
 */
export function twelfths(given: readonly number[]): number[] {
  const weights = given.every((weight) => weight > 0 && weight < 1e6) ? given : given.map(() => 1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const exact = weights.map((weight) => (12 * weight) / sum);
  const shares = exact.map((share) => Math.max(1, Math.floor(share)));
  let left = 12 - shares.reduce((total, share) => total + share, 0);
  while (left !== 0) {
    const step = Math.sign(left);
    // Growing: the share that lost most. Shrinking: the one that gained most, and may lose one.
    let best = -1;
    for (const [i, share] of shares.entries()) {
      if (step < 0 && share === 1) continue;
      if (best === -1 || step * (exact[i]! - share) > step * (exact[best]! - shares[best]!)) {
        best = i;
      }
    }
    shares[best]! += step;
    left -= step;
  }
  return shares;
}
