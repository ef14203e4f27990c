import { blockLengthBytes } from "@troupe/protocol";

import { type Session, hasContent } from "../session/session.ts";

/** Bytes of a web seed that are read only because wanted bytes follow them. */
export class Skip {
  readonly #session: Session;
  #bytes = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @returns How many of the bytes may be dropped now. They count against rate limits, as wanted bytes do. */
  take(wantedBytes: number): number {
    const session = this.#session;
    if (!hasContent(session)) return wantedBytes;
    const { rateLimits } = session.worker;
    const bytes = rateLimits?.down.allow(session, wantedBytes) ?? wantedBytes;
    if (bytes === 0) return 0;
    rateLimits?.down.take(session, bytes);
    rateLimits?.down.settle(session, bytes);
    session.countReceived(bytes);
    session.content.countWasted(bytes);
    this.#noteProgress(bytes);
    return bytes;
  }

  /** A server that sends less than a block in time is as late as one that sends no block. */
  #noteProgress(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < blockLengthBytes) return;
    this.#bytes = 0;
    this.#session.lastBlockAtMs = this.#session.worker.nowMs();
  }
}
