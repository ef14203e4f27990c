import { once } from "node:events";
import { Worker } from "node:worker_threads";

import type { FloodOrder } from "./flood-thread.ts";

/** Hostile datagrams from a thread of its own. */
export class DatagramFlood {
  readonly #thread: Worker;

  constructor(order: FloodOrder) {
    this.#thread = new Worker(new URL("flood-thread.ts", import.meta.url), { workerData: order });
  }

  /** Ends the flood. @returns The datagrams that were sent. */
  async end(): Promise<number> {
    const told = once(this.#thread, "message");
    this.#thread.postMessage("end");
    const [sent] = (await told) as [number];
    await this.#thread.terminate();
    return sent;
  }
}
