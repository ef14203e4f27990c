// A value of several runs, and the ratio of two sides.

/** A value of one side: of each run, and their median. */
interface SideValue {
  readonly values: readonly number[];
  readonly median: number;
}

/** A value of both sides. */
export interface Ratio {
  readonly before: SideValue;
  readonly after: SideValue;
  /** Median of `after` by median of `before`. */
  readonly ratio: number;
  /** The least and the greatest ratio over all pairs of runs. */
  readonly range: readonly [least: number, greatest: number];
}

/** @returns Undefined if a side has no value. */
export function ratioOf(before: readonly number[], after: readonly number[]): Ratio | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  const sides = [sideOf(before), sideOf(after)] as const;
  const pairs = before.flatMap((below) => after.map((above) => divide(above, below)));
  return {
    before: sides[0],
    after: sides[1],
    ratio: divide(sides[1].median, sides[0].median),
    range: [Math.min(...pairs), Math.max(...pairs)],
  };
}

function sideOf(values: readonly number[]): SideValue {
  const ascending = values.toSorted((left, right) => left - right);
  const middle = ascending.length / 2;
  const low = ascending[Math.ceil(middle) - 1] ?? 0;
  const high = ascending[Math.floor(middle)] ?? 0;
  return { values, median: (low + high) / 2 };
}

/** Two values of zero are equal. */
function divide(above: number, below: number): number {
  return above === below ? 1 : above / below;
}
