import { PeerFault } from "./faults.ts";
import {
  offenceWindowMs,
  maxBadRequests,
  maxBitfields,
  maxCancels,
  maxChokedRequests,
  maxEmptyCancels,
  maxHashRejects,
  maxHiddenRequests,
  maxIdleMessages,
  maxLostRequests,
  maxOverflowingRequests,
  maxRepeatedHaves,
  maxUnknownBytes,
  maxUnrequestedBytes,
} from "../limits.ts";

/** The bound of each count, and its noun in the error. */
const bounds = {
  /** For no existing block, for no bytes, or for more than a block. */
  "bad-requests": [maxBadRequests, "requests that nobody could answer"],
  /** Requests that did not cross our choke, for pieces that the peer was not offered. */
  "choked-requests": [maxChokedRequests, "requests while choked"],
  /** Rejected, as are those for pieces whose offer to the choked peer has ended. */
  "request-flood": [maxOverflowingRequests, "requests beyond the queue in a minute"],
  /** Rejected. */
  "lost-requests": [maxLostRequests, "requests for lost pieces in a minute"],
  /** Rejected: for pieces that a super-seed has not shown to the peer. */
  "hidden-requests": [maxHiddenRequests, "requests for pieces not shown in a minute"],
  /** Rejected. */
  "hashes-flood": [maxHashRejects, "rejected hash requests in a minute"],
  "unrequested-blocks": [maxUnrequestedBytes, "bytes of blocks not asked for"],
  /** For pieces that the peer already announced. */
  "have-flood": [maxRepeatedHaves, "haves twice in a minute"],
  "bitfield-flood": [maxBitfields, "bitfields in a minute"],
  /** Messages without a request, and perhaps without news. */
  "message-flood": [maxIdleMessages, "messages to no end in a minute"],
  "unknown-messages": [maxUnknownBytes, "bytes of unknown messages in a minute"],
} as const;

/** Counted in windows; the others as long as the connection lasts. */
const perMinute = [
  "have-flood",
  "bitfield-flood",
  "message-flood",
  "unknown-messages",
  "request-flood",
  "lost-requests",
  "hidden-requests",
  "hashes-flood",
] as const;

/** An object with a place for each count takes less memory than a map of few. */
const noCounts: Readonly<Record<keyof typeof bounds, number>> = {
  "bad-requests": 0,
  "choked-requests": 0,
  "request-flood": 0,
  "lost-requests": 0,
  "hidden-requests": 0,
  "hashes-flood": 0,
  "unrequested-blocks": 0,
  "have-flood": 0,
  "bitfield-flood": 0,
  "message-flood": 0,
  "unknown-messages": 0,
};

/** The small rule violations of a peer. Methods throw {@link PeerFault} above a bound, and are O(1). */
export class OffenceCounters {
  /** Undefined before the first offence. */
  #counts: Record<keyof typeof bounds, number> | undefined;
  /** By extension; the same. */
  #useless: Map<string, number> | undefined;
  #windowStartMs: number;
  #emptyCancels = 0;
  #cancels = 0;

  constructor(nowMs: number) {
    this.#windowStartMs = nowMs;
  }

  /** Call it about once a second. */
  tick(nowMs: number): void {
    if (nowMs - this.#windowStartMs < offenceWindowMs) return;
    this.#windowStartMs = nowMs;
    this.#emptyCancels = 0;
    this.#cancels = 0;
    this.#useless = undefined;
    if (this.#counts === undefined) return;
    for (const offence of perMinute) this.#counts[offence] = 0;
  }

  /** @param amount Messages, or bytes where the bound is in bytes. */
  count(offence: keyof typeof bounds, amount: number): void {
    const [limit, noun] = bounds[offence];
    this.#counts ??= { ...noCounts };
    const count = this.#counts[offence] + amount;
    this.#counts[offence] = count;
    if (count <= limit) return;
    throw new PeerFault(offence, `cannot go on: ${count} ${noun}, ${limit} are let pass`);
  }

  /** A useless message of an extension. @param limit A minute. */
  countUseless(extension: string, limit: number): void {
    this.#useless ??= new Map();
    const count = (this.#useless.get(extension) ?? 0) + 1;
    this.#useless.set(extension, count);
    if (count <= limit) return;
    throw new PeerFault(
      "extension-flood",
      `cannot go on: ${count} useless messages of ${extension} in a minute, ${limit} are let pass`,
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
}
