// The units of the protocol: speeds in kB/s, dates in seconds, priorities from -1 to 1.

/** Bytes in the unit of speed limits. */
const speedUnitBytes = 1_000;

/** A rate limit in kB/s. */
export function speedOf(bytesPerSecond: number): number {
  return Math.round(bytesPerSecond / speedUnitBytes);
}

/** A rate limit in bytes a second. 0 kB/s is the slowest limit that there is, not the absence of a limit. */
export function rateOf(speed: number): number {
  return (speed === 0 ? 1 : speed) * speedUnitBytes;
}

/** Seconds since 1970; 0: never. */
export function dateOf(epochMs: number | undefined): number {
  return Math.floor((epochMs ?? 0) / 1_000);
}

/** Bandwidth priorities of torrents by their numbers. */
export const bandwidthPriorities = [
  ["low", -1],
  ["normal", 0],
  ["high", 1],
] as const;
