/** @returns A number in [0, 1) with 53 random bits. */
export function randomFraction(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}
