// From random words to a fraction.

/** @returns A number in [0, 1) with 53 random bits, made of two random words of 32 bits. */
export function randomFraction(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}
