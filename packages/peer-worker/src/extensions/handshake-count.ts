import { maxExtendedHandshakes, offenceWindowMs } from "../limits.ts";
import { longAgoMs } from "../long-ago.ts";

/** The extension handshakes of a peer in a window of time. */
export class HandshakeCount {
  #handshakes = 0;
  #countedSinceMs: number = longAgoMs;

  /** @returns Whether this handshake is one of the few in a minute that are read. */
  take(nowMs: number): boolean {
    if (nowMs - this.#countedSinceMs >= offenceWindowMs) {
      this.#countedSinceMs = nowMs;
      this.#handshakes = 0;
    }
    return ++this.#handshakes <= maxExtendedHandshakes;
  }
}
