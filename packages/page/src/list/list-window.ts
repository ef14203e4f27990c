// The rows of a long list that are drawn: those in sight, and some around them.

/** Rows that are drawn above and below those in sight. */
const overscan = 4;

/** A list, and the part of it in sight; lengths in CSS pixels. */
export interface ListSight {
  /** From the upper edge of the first row to the upper edge of the part in sight; below 0 where rows begin later. */
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
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

/** The rows of a list that begins at the upper edge: where it begins is known once it is drawn. */
export function firstWindow(height: number, rowHeight: number): ListWindow {
  return { first: 0, end: Math.ceil(height / rowHeight) };
}

/** The rows to draw. The list may end before `end`. */
export function windowOf({ height, rowHeight, top }: ListSight): ListWindow {
  const first = Math.floor(top / rowHeight) - overscan;
  const end = Math.ceil((top + height) / rowHeight) + overscan;
  return { first: Math.max(first, 0), end: Math.max(end, 0) };
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
