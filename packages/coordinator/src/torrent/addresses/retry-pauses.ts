/** Pause after the first failure; it doubles with each further one. */
export const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
/** The same for a peer that we need back soon. */
const firstReturnMs = 1_000;

/** @returns The pause after this many failures in a row, 1 or more. */
export function failurePauseMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

/**
 * The pause before a peer is dialled that we need back: a second, doubling to half a minute, so that a peer that
 * restarts is met at once and a gone one costs six more dials.
 *
 * @param returns Quick redials since it was last connected for a while.
 * @param chance From 0 to 1: half the pause depends on it, so that a swarm does not redial a lost peer in step.
 */
export function returnPauseMs(returns: number, chance: number): number {
  return Math.min(firstReturnMs * 2 ** returns * (0.5 + chance), firstRetryMs);
}
