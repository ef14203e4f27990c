/** An English text for one thing or for several. @param count Whole, 0 or more. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
