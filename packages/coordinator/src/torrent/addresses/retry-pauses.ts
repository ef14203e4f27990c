/** Pause after the first failure; it doubles with each further one. */
export const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
const firstReturnMs = 1_000;
/** Quick redials of a peer that closes in the handshake, before the first long pause. */
const quickRedials = 3;

/** @param failures In a row, 1 or more. */
export function failurePauseMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

/**
 * The pause before the redial of a peer that we need: a second, doubling to half a minute, so that a restarted peer is
 * met at once and a gone peer costs six more dials.
 *
 * @param returns Quick redials since the last longer connection.
 * @param chance From 0 to 1: half the pause depends on it, so that a swarm does not redial a lost peer in step.
 */
export function returnPauseMs(returns: number, chance: number): number {
  return Math.min(firstReturnMs * 2 ** returns * (0.5 + chance), firstRetryMs);
}

/**
 * The pause before the redial of an only peer that has closed in the handshake, as a client does that is about to start.
 *
 * @param returns Quick redials since the last longer connection.
 * @returns A second, doubling; undefined after the third redial.
 */
export function quickPauseMs(returns: number): number | undefined {
  return returns < quickRedials ? firstReturnMs * 2 ** returns : undefined;
}
