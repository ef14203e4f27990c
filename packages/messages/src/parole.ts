// Time limit of a piece on parole with its peer. The peer-worker keeps it, and the engine leaves the piece there
// meanwhile.

const shortestMs = 20_000;
const slowestBytesPerMs = 256;

/** @returns Milliseconds for a piece requested from a single peer: 20 s and 4 s a MiB. */
export function paroleMs(lengthBytes: number): number {
  return shortestMs + lengthBytes / slowestBytesPerMs;
}
