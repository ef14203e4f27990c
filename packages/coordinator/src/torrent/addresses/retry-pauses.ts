// How long an address waits before it is dialled again.

/** After the first failure; it doubles with each further one. */
export const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
/** The same for a peer that was good and is wanted back soon. */
const firstReturnMs = 1_000;

/** @returns The pause after so many failures in a row, 1 or more. */
export function failurePauseMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

/**
 * The pause before a peer that is wanted back is dialled: a second, doubling to the usual half minute, so that one
 * that restarts is met at once and one that is gone costs six dials more.
 *
 * @param returns Dials of it since it last stood for a while.
 * @param chance From 0 to 1: half the pause is up to it, so that a swarm that lost one peer does not come back in step.
 */
export function returnPauseMs(returns: number, chance: number): number {
  return Math.min(firstReturnMs * 2 ** returns * (0.5 + chance), firstRetryMs);
}
