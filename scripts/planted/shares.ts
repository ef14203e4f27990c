// Shares of a count in proportion to weights: whole numbers whose sum is the count.

/** How many of `count` each name gets; the largest remainders get what rounding down leaves. */
export function shares(weights: ReadonlyMap<string, number>, count: number): Map<string, number> {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  const exact = [...weights].map(([name, weight]) => ({ name, share: (weight * count) / sum }));
  const whole = new Map(exact.map(({ name, share }) => [name, Math.floor(share)]));
  let left = count - [...whole.values()].reduce((total, share) => total + share, 0);
  for (const { name } of exact.sort((one, other) => (other.share % 1) - (one.share % 1))) {
    if (left === 0) break;
    whole.set(name, (whole.get(name) ?? 0) + 1);
    left -= 1;
  }
  return whole;
}
