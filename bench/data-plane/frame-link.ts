// Piece numbers between two threads: the runtime's own frames and transport, without links, credits and supervision.

import type { MessagePort } from "node:worker_threads";
import { portWire } from "../../packages/actor-runtime/src/hosts/port-wire.ts";
import { EntryKind, type Entry, type Wire } from "../../packages/actor-runtime/src/links/wire.ts";

/** A piece and the slot that it lies in. */
export interface PieceInExtent {
  readonly piece: number;
  readonly extent: number;
}

/** One end of a link. All messages of one turn of the event loop go in one frame. */
export class FrameLink {
  readonly #wire: Wire;
  #queued: Entry[] = [];

  constructor(port: MessagePort, take: (pieces: readonly PieceInExtent[]) => void) {
    this.#wire = portWire(port);
    this.#wire.open(([, , , entries]) =>
      take(entries.map(([, , message]) => message as PieceInExtent)),
    );
  }

  send(message: PieceInExtent): void {
    if (this.#queued.length === 0) this.#wire.soon(() => this.#flush());
    this.#queued.push([EntryKind.cast, "piece", message]);
  }

  #flush(): void {
    this.#wire.send([1, 1, 0, this.#queued]);
    this.#queued = [];
  }
}
