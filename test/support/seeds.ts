// Seeds of tests that draw what happens. Without a variable each run has the same ones.

/** The seed of a test that has one alone: `TEST_SEED`, or else `fixed`. @throws when the variable is no number of nine digits. */
export function seedOr(fixed: number): number {
  const text = process.env["TEST_SEED"] ?? String(fixed);
  if (!/^\d{1,9}$/u.test(text)) throw new Error(`TEST_SEED is "${text}": 0 to 999999999 is wanted`);
  return Number(text);
}

/**
 * Seeds of `count` scenarios, from 1 on. `TEST_SEED=4000` begins there, with scenarios that no run had before. `SEEDS=500`
 * gives so many instead of `count`, and `SEEDS=17-17` these alone.
 *
 * @throws when a variable is something else.
 */
export function seedsFor(count: number): readonly number[] {
  return seedsFrom(seedOr(1), count);
}

/** Seeds of a claim about most of many scenarios, which few others may miss by chance: `TEST_SEED` does not change them. */
export function sampleOf(count: number): readonly number[] {
  return seedsFrom(1, count);
}

function seedsFrom(begin: number, count: number): readonly number[] {
  const text = process.env["SEEDS"] ?? String(count);
  const [, first, last] = /^(?:(\d+)-)?(\d+)$/u.exec(text) ?? [];
  if (last === undefined) throw new Error(`SEEDS is "${text}": a count or FIRST-LAST is wanted`);
  const from = first === undefined ? begin : Number(first);
  const wanted = first === undefined ? Number(last) : Number(last) - from + 1;
  return Array.from({ length: wanted }, (_, index) => from + index);
}
