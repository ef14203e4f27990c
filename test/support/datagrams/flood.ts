import { once } from "node:events";
import { Worker } from "node:worker_threads";

import type { FloodOrder } from "./flood-thread.ts";

/** Hostile datagrams from a thread of its own. */
export class DatagramFlood {
  readonly #thread: Worker;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  /** Settles when the first datagrams have been sent. */
  static async start(order: FloodOrder): Promise<DatagramFlood> {
    const url = new URL("flood-thread.ts", import.meta.url);
    const thread = new Worker(url, { workerData: order });
    await once(thread, "message");
    return new DatagramFlood(thread);
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
