import { blockLengthBytes } from "@troupe/protocol/units";

import { type Session, hasContent } from "../session/session.ts";

/** Bytes that a rate limit grants in advance. */
const mostGrantedBytes = 1_048_576;

/** Bytes of a web seed that are read only because wanted bytes follow them. */
export class Skip {
  readonly #session: Session;
  /** By rate limits. */
  #grantedBytes = 0;
  #bytes = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Drops bytes, which count against rate limits as wanted bytes do.
   *
   * @param waitingBytes That have come.
   * @param aheadBytes To be dropped in all, with these.
   * @returns How many of the waiting bytes are dropped now.
   */
  take(waitingBytes: number, aheadBytes: number): number {
    const session = this.#session;
    if (!hasContent(session)) return waitingBytes;
    const down = session.worker.rateLimits?.down;
    if (down !== undefined && this.#grantedBytes === 0) {
      // For more than has come: a limit grants bytes 40 times a second.
      this.#grantedBytes = down.allow(session, Math.min(aheadBytes, mostGrantedBytes));
      down.take(session, this.#grantedBytes);
    }
    const bytes = down === undefined ? waitingBytes : Math.min(waitingBytes, this.#grantedBytes);
    if (bytes === 0) return 0;
    if (down !== undefined) this.#grantedBytes -= bytes;
    down?.settle(session, bytes);
    session.countReceived(bytes);
    session.content.countWasted(bytes);
    this.#noteProgress(bytes);
    return bytes;
  }

  /** Gives back what was granted and is not used. */
  close(): void {
    const session = this.#session;
    if (hasContent(session)) session.worker.rateLimits?.down.giveBack(session, this.#grantedBytes);
    this.#grantedBytes = 0;
  }

  /** A server that sends less than a block in time is as late as one that sends no block. */
  #noteProgress(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < blockLengthBytes) return;
    this.#bytes = 0;
    this.#session.times.restartBlocks(this.#session.worker.nowMs());
  }
}
