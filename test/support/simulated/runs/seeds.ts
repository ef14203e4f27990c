// How many seeds a test runs, and which.

/**
 * The numbers of `count` scenarios. `SEEDS=500` runs so many instead of `count`; `SEEDS=17-17` runs these alone.
 *
 * @throws when the variable is neither.
 */
export function seeds(count: number): readonly number[] {
  const text = process.env["SEEDS"] ?? String(count);
  const [, first = "1", last] = /^(?:(\d+)-)?(\d+)$/u.exec(text) ?? [];
  if (last === undefined) throw new Error(`SEEDS is "${text}": a count or FIRST-LAST is wanted`);
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => Number(first) + index,
  );
}
