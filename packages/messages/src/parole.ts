// How long a piece on parole stays with one peer: the worker goes by it, and the engine leaves it there meanwhile.

const shortestMs = 20_000;
const slowestBytesPerMs = 256;

/** @returns Milliseconds that one peer may take for a piece which is to come from it alone: 20 s and 4 s a MiB. */
export function paroleMs(lengthBytes: number): number {
  return shortestMs + lengthBytes / slowestBytesPerMs;
}
