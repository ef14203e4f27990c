// The rows of a long list that are drawn: those in sight, and some around them.

/** Rows that are drawn above and below those in sight. */
const overscan = 4;

/** A list, and the part of it in sight; lengths in CSS pixels. */
export interface ListSight {
  /** From the upper edge of the first row to the upper edge of the part in sight; below 0 where rows begin later. */
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}

/** The drawn rows: from `first`, before `end`. */
export interface ListWindow {
  readonly first: number;
  readonly end: number;
}

/** Rows that are drawn at most. */
export function mostDrawn(height: number, rowHeight: number): number {
  return Math.ceil(height / rowHeight) + 1 + 2 * overscan;
}

/** The rows to draw. */
export function windowOf({ count, height, rowHeight, top }: ListSight): ListWindow {
  const first = Math.floor(top / rowHeight) - overscan;
  const end = Math.ceil((top + height) / rowHeight) + overscan;
  const clamped = (index: number): number => Math.min(Math.max(index, 0), count);
  return { first: clamped(first), end: clamped(end) };
}

/**
 * The place to scroll to so that a row is in sight, or undefined where it is.
 *
 * @param covered Pixels at the upper edge that something else covers.
 */
export function scrollFor(index: number, sight: ListSight, covered: number): number | undefined {
  const { height, rowHeight, top } = sight;
  const begin = index * rowHeight;
  if (begin < top + covered) return begin - covered;
  if (begin + rowHeight > top + height) return begin + rowHeight - height;
  return undefined;
}
