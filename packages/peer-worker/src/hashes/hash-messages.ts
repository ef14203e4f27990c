import type { HashSink } from "@troupe/protocol/frames";
import type { HashRequest } from "@troupe/protocol/peer";

import type { SessionWithContent } from "../session/session.ts";
import { hashRejectFromPeer, hashesFromPeer } from "./asked-hashes.ts";

/** Handles the hash messages of a peer (BEP 52). */
export class HashMessages implements HashSink {
  readonly #session: SessionWithContent;

  constructor(session: SessionWithContent) {
    this.#session = session;
  }

  get maxHashesBytes(): number {
    return this.#session.features.hashesIfAny?.mostAnswerBytes ?? 0;
  }

  hashRequest(request: HashRequest): void {
    this.#session.worker.hashRequests.requested(this.#session, request);
  }

  hashes(request: HashRequest, hashes: Uint8Array): void {
    hashesFromPeer(this.#session, request, hashes);
  }

  hashReject(request: HashRequest): void {
    hashRejectFromPeer(this.#session, request);
  }
}
