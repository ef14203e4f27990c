/** Measures a pair: the first goes first in each second run. @param run Number of the run. @returns The first, then the second. */
export async function inTurns<Result>(
  run: number,
  first: () => Promise<Result>,
  second: () => Promise<Result>,
): Promise<readonly [first: Result, second: Result]> {
  if (run % 2 === 0) {
    const result = await first();
    return [result, await second()];
  }
  const result = await second();
  return [await first(), result];
}
