/** Moments of a job, over all its runs. Milliseconds since 1970. */
export interface JobDates {
  /** The torrent was added for the first time. */
  readonly addedAt: number;
  /** All wanted pieces were had for the first time. Absent: not yet. */
  readonly completedAt?: number;
  /** Payload was last received or sent up to 10 s before this moment. Absent: never. */
  readonly activeAt?: number;
}

/** The latest moment that a `Date` can hold; a record with a later one counts as damaged. */
export const lastMoment = 8_640_000_000_000_000;

/** The dates of a job that two sources know of: the first adding and completion, and the last activity. */
export function mergedDates(one: JobDates, other: JobDates | undefined): JobDates {
  if (other === undefined) return one;
  const completedAt = either(Math.min, one.completedAt, other.completedAt);
  const activeAt = either(Math.max, one.activeAt, other.activeAt);
  return {
    addedAt: Math.min(one.addedAt, other.addedAt),
    ...(completedAt !== undefined && { completedAt }),
    ...(activeAt !== undefined && { activeAt }),
  };
}

function either(
  choose: (one: number, other: number) => number,
  one: number | undefined,
  other: number | undefined,
): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : choose(one, other);
}
