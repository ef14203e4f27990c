// A peer that requests blocks and checks each answer.

import { type ScriptedPeer, content } from "./scripted-peer.ts";

/** A request in the words of a message: `piece begin length`. */
export type RequestWords = string;

/** The requests of a peer, and their answers. */
export class AskingPeer {
  readonly peer: ScriptedPeer;
  readonly hasFast: boolean;
  readonly #pieceLengthBytes: number;
  /** Not answered, each as often as it was sent. */
  #open: RequestWords[] = [];
  /** Without the fast extension a choke drops requests, except those that are being read. */
  #dropped: RequestWords[] = [];

  constructor(peer: ScriptedPeer, hasFast: boolean, pieceLengthBytes: number) {
    this.peer = peer;
    this.hasFast = hasFast;
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  /** Requests that have no answer. */
  get open(): readonly RequestWords[] {
    return this.#open;
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    this.#open.push(`${piece} ${begin} ${lengthBytes}`);
    this.peer.request(piece, begin, lengthBytes);
  }

  /** Cancels a request. Without the fast extension it may get no answer. */
  cancel(at: number): void {
    const words = this.#open[at % this.#open.length];
    if (words === undefined) return;
    const [piece = 0, begin = 0, lengthBytes = 0] = words.split(" ").map(Number);
    if (!this.hasFast) this.#dropped.push(...this.#open.splice(this.#open.indexOf(words), 1));
    this.peer.cancel(piece, begin, lengthBytes);
  }

  /** Reads its messages. @throws For an answer without a request, a second answer or wrong bytes. */
  listen(): void {
    for (const message of this.peer.takeMessages()) {
      const [word, ...place] = message.split(" ");
      if (word === "choke" && !this.hasFast) this.#drop();
      else if (word === "block") this.#checkBlock(place.join(" "));
      else if (word === "reject") this.#answered(place.join(" "));
    }
  }

  #drop(): void {
    this.#dropped.push(...this.#open);
    this.#open = [];
  }

  #checkBlock(words: RequestWords): void {
    this.#answered(words);
    const [piece = 0, begin = 0, lengthBytes = 0] = words.split(" ").map(Number);
    const bytes = this.peer.blocks.get(`${piece} ${begin}`);
    const due = content(piece * this.#pieceLengthBytes + begin, lengthBytes);
    // A later block of the same place may be longer or shorter.
    const length = Math.min(due.length, bytes?.length ?? 0);
    if (Buffer.compare(bytes?.subarray(0, length) ?? due, due.subarray(0, length)) !== 0)
      throw new Error(`wrong bytes for ${words}`);
  }

  #answered(words: RequestWords): void {
    for (const requests of [this.#open, this.#dropped]) {
      const at = requests.indexOf(words);
      if (at < 0) continue;
      requests.splice(at, 1);
      return;
    }
    throw new Error(`an answer without a request: ${words}`);
  }
}
