// Messages between two threads, packed and sent as one frame per turn of the event loop.

import { createRequire } from "node:module";
import type { MessagePort } from "node:worker_threads";

interface Packer {
  pack(value: unknown): Uint8Array;
  unpack(bytes: Uint8Array): unknown;
}

const runtimeRequire = createRequire(
  new URL("../../packages/actor-runtime/package.json", import.meta.url),
);
const { Packr } = runtimeRequire("msgpackr") as { Packr: new (options: object) => Packer };
const packer = new Packr({ useRecords: false, structuredClone: false, int64AsType: "auto" });

/** One end of a link. Messages are small tuples of numbers. */
export class FrameLink {
  readonly #port: MessagePort;
  #queued: (readonly number[])[] = [];

  constructor(port: MessagePort, take: (messages: readonly (readonly number[])[]) => void) {
    this.#port = port;
    port.on("message", (frame: Uint8Array) => {
      take(packer.unpack(frame) as readonly (readonly number[])[]);
    });
  }

  send(message: readonly number[]): void {
    if (this.#queued.length === 0) setImmediate(() => this.#flush());
    this.#queued.push(message);
  }

  #flush(): void {
    // A copy of its own: posting a pooled buffer would clone its whole pool.
    const frame = new Uint8Array(packer.pack(this.#queued));
    this.#queued = [];
    this.#port.postMessage(frame, [frame.buffer]);
  }
}
