// Bounds of the dials of a torrent's addresses.

/** Time for a dial while no other untried address waits. */
export const dialTimeoutMs = 15_000;
/** Time for a dial while others wait. */
export const crowdedDialTimeoutMs = 2_000;
/** Lower ports belong to services of the system, which an unverified address could have scanned. */
export const lowestUnverifiedPort = 1_024;
