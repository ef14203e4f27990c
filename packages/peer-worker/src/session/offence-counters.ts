// Counts small rule violations of a peer; a count above its bound closes the connection.

import { PeerFault } from "./faults.ts";
import {
  offenceWindowMs,
  minUnrequestedBytes,
  maxBadRequests,
  maxBitfields,
  maxCancels,
  maxChokedRequests,
  maxEmptyCancels,
  maxIdleMessages,
  maxRepeatedHaves,
  maxUnknownBytes,
  maxUnrequestedBytes,
} from "../limits.ts";

/** The offences of a peer. Methods throw {@link PeerFault} above a bound, and are O(1). */
export class OffenceCounters {
  #badRequests = 0;
  #chokedRequests = 0;
  #unrequestedBytes = 0;
  #windowStartMs: number;
  #emptyCancels = 0;
  #cancels = 0;
  #repeatedHaves = 0;
  #bitfields = 0;
  #unknownBytes = 0;
  #idleMessages = 0;

  constructor(nowMs: number) {
    this.#windowStartMs = nowMs;
  }

  /** Starts a new per-minute window. Call it about once a second. */
  tick(nowMs: number): void {
    if (nowMs - this.#windowStartMs < offenceWindowMs) return;
    this.#windowStartMs = nowMs;
    this.#emptyCancels = 0;
    this.#cancels = 0;
    this.#repeatedHaves = 0;
    this.#bitfields = 0;
    this.#unknownBytes = 0;
    this.#idleMessages = 0;
  }

  /** For no existing block, for no bytes, or for more than a block. */
  countBadRequest(): void {
    if (++this.#badRequests <= maxBadRequests) return;
    throw new PeerFault(
      "bad-requests",
      `cannot go on: ${this.#badRequests} requests that nobody could answer, ${maxBadRequests} are let pass`,
    );
  }

  /** A request while choked that did not cross our choke. */
  countChokedRequest(): void {
    if (++this.#chokedRequests <= maxChokedRequests) return;
    throw new PeerFault(
      "choked-requests",
      `cannot go on: ${this.#chokedRequests} requests while choked, ${maxChokedRequests} are let pass`,
    );
  }

  /** A cancel. @param wasQueued Whether its request was queued. */
  countCancel(wasQueued: boolean): void {
    if (!wasQueued) this.#emptyCancels++;
    if (++this.#cancels <= maxCancels && this.#emptyCancels <= maxEmptyCancels) return;
    throw new PeerFault(
      "cancel-flood",
      `cannot go on: ${this.#cancels} cancels in a minute, ${this.#emptyCancels} of them for nothing; ${maxCancels} and ${maxEmptyCancels} are let pass`,
    );
  }

  /** A `have` for a piece that the peer already announced. */
  countRepeatedHave(): void {
    if (++this.#repeatedHaves <= maxRepeatedHaves) return;
    throw new PeerFault(
      "have-flood",
      `cannot go on: ${this.#repeatedHaves} haves twice in a minute, ${maxRepeatedHaves} are let pass`,
    );
  }

  countBitfield(): void {
    if (++this.#bitfields <= maxBitfields) return;
    throw new PeerFault(
      "bitfield-flood",
      `cannot go on: ${this.#bitfields} bitfields in a minute, ${maxBitfields} are let pass`,
    );
  }

  countUnrequestedBlock(lengthBytes: number): void {
    this.#unrequestedBytes += Math.max(lengthBytes, minUnrequestedBytes);
    if (this.#unrequestedBytes <= maxUnrequestedBytes) return;
    throw new PeerFault(
      "unrequested-blocks",
      `cannot go on: ${this.#unrequestedBytes} bytes of blocks not asked for, ${maxUnrequestedBytes} are let pass`,
    );
  }

  /** A message without a request, and perhaps without news. */
  countIdleMessage(): void {
    if (++this.#idleMessages <= maxIdleMessages) return;
    throw new PeerFault(
      "message-flood",
      `cannot go on: ${this.#idleMessages} messages to no end in a minute, ${maxIdleMessages} are let pass`,
    );
  }

  /** An unknown message or extended message. @param lengthBytes Without its prefix. */
  countUnknownMessage(lengthBytes: number): void {
    this.countIdleMessage();
    this.#unknownBytes += lengthBytes;
    if (this.#unknownBytes <= maxUnknownBytes) return;
    throw new PeerFault(
      "unknown-messages",
      `cannot go on: ${this.#unknownBytes} bytes of unknown messages in a minute, ${maxUnknownBytes} are let pass`,
    );
  }
}
