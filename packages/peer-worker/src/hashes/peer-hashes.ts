import { type HashRequest, hashesBytes, isSameHashRequest } from "@troupe/protocol/peer";

import { maxHashAsks, maxHashRequestsIn } from "../limits.ts";

/** A request of ours, as the engine made it. */
export interface HashAsk {
  readonly request: HashRequest;
  /** Index of its file. */
  readonly file: number;
}

/** Hash requests that a peer and we have made of each other (BEP 52). */
export class PeerHashes {
  /** Requests of the peer, in their order. */
  readonly waiting: HashRequest[] = [];
  /** Answers of the present second. */
  answers = 0;
  #secondMs = 0;
  readonly #asked: HashAsk[] = [];

  /** Whether another request of the peer may wait. */
  get hasRoom(): boolean {
    return this.waiting.length < maxHashRequestsIn;
  }

  /** Answers count by the second. @param secondMs Begin of the present second of the worker. */
  beginSecond(secondMs: number): void {
    if (this.#secondMs === secondMs) return;
    this.#secondMs = secondMs;
    this.answers = 0;
  }

  /** We request hashes. @returns False if the peer owes as many answers as it may, or this one. */
  ask(ask: HashAsk): boolean {
    const isOwed = this.#asked.some(({ request }) => isSameHashRequest(request, ask.request));
    if (isOwed || this.#asked.length >= maxHashAsks) return false;
    this.#asked.push(ask);
    return true;
  }

  /** The peer answers. @returns The request that it answers; undefined if we have made none such. */
  answered(answer: HashRequest): HashAsk | undefined {
    const place = this.#asked.findIndex(({ request }) => isSameHashRequest(request, answer));
    return place < 0 ? undefined : this.#asked.splice(place, 1)[0];
  }

  /** Length of the longest answer that may come, id included; 0 if none is owed. */
  get mostAnswerBytes(): number {
    let bytes = 0;
    for (const { request } of this.#asked) bytes = Math.max(bytes, hashesBytes(request));
    return bytes;
  }
}
