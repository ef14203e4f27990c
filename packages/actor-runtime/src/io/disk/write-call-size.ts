// Bytes per write call, by what the kernel gives here and now. It takes page cache in units of up to the size of a
// call. Large units cost a fifth less CPU than small ones, except where a virtual machine must first fetch them from its
// host: then they cost up to six times as much.

const smallBytes = 128 * 1024;
const largeBytes = 1024 * 1024;
/** Between two trials of large calls; doubled after each trial that fails. */
const leastRestBytes = 16 * 1024 * 1024;
const mostRestBytes = 1024 * 1024 * 1024;
/** A large call is slow from so many times the time of small calls. */
const slowFactor = 2;
/** A single slow call may have lost its core. */
const slowCallsOfTrial = 2;
/** How fast the time of the fastest small call is forgotten, per call. */
const forgetting = 1.02;

type State =
  /** Until so many bytes have been written. */
  | { readonly size: "small"; readonly leftBytes: number }
  /** Consecutive slow calls so far. */
  | { readonly size: "large"; readonly slowCalls: number };

/** Chooses the bytes of each write call of a thread. */
export class WriteCallSize {
  #state: State = { size: "small", leftBytes: leastRestBytes };
  #restBytes = leastRestBytes;
  /** Time per byte of the fastest recent small call. */
  #msPerByte = Infinity;

  /** Bytes of the next call, of `leftBytes`. A short rest goes with the last call: the units are the same. */
  next(leftBytes: number): number {
    const bytes = this.#state.size === "large" ? largeBytes : smallBytes;
    return leftBytes < 2 * bytes ? leftBytes : bytes;
  }

  /** Records the time of a call. */
  took(bytes: number, ms: number): void {
    if (bytes < smallBytes) return;
    this.#state =
      this.#state.size === "small"
        ? this.#afterSmall(bytes, ms, this.#state.leftBytes)
        : this.#afterLarge(bytes, ms, this.#state.slowCalls);
  }

  #afterSmall(bytes: number, ms: number, leftBytes: number): State {
    this.#msPerByte = Math.min(this.#msPerByte * forgetting, ms / bytes);
    return leftBytes > bytes
      ? { size: "small", leftBytes: leftBytes - bytes }
      : { size: "large", slowCalls: 0 };
  }

  #afterLarge(bytes: number, ms: number, slowCalls: number): State {
    if (bytes < largeBytes) return { size: "large", slowCalls };
    if (ms / bytes < this.#msPerByte * slowFactor) {
      this.#restBytes = Math.max(leastRestBytes, this.#restBytes / 2);
      return { size: "large", slowCalls: 0 };
    }
    if (slowCalls + 1 < slowCallsOfTrial) return { size: "large", slowCalls: slowCalls + 1 };
    this.#restBytes = Math.min(mostRestBytes, this.#restBytes * 2);
    return { size: "small", leftBytes: this.#restBytes };
  }
}
