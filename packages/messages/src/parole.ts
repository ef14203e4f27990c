// The peer-worker keeps this limit, and the engine leaves the piece with its peer meanwhile.

const shortestMs = 20_000;
const slowestBytesPerMs = 256;

/** @returns Milliseconds for a piece of a single peer: 20 s and 4 s a MiB. */
export function paroleMs(lengthBytes: number): number {
  return shortestMs + lengthBytes / slowestBytesPerMs;
}
