// Sees to it that an input that never ends is not lost: a thread of its own has a copy of the input under way.

import { Worker } from "node:worker_threads";

/** Bytes of an input that are saved. */
const mostBytes = 1_048_576;
const headBytes = 8;
/** An input that takes longer is taken for one that never ends. */
const hangMs = 10_000;

/** Beats with every input; without a beat for ten seconds it saves the input and ends the process. */
export class Watchdog {
  readonly #memory = new SharedArrayBuffer(headBytes + mostBytes);
  readonly #words = new Int32Array(this.#memory, 0, 2);
  readonly #bytes = new Uint8Array(this.#memory, headBytes);
  readonly #worker: Worker;

  /** @param path Where the input is written. */
  constructor(path: string) {
    this.#worker = new Worker(watch, {
      eval: true,
      workerData: { memory: this.#memory, path, hangMs, headBytes },
    });
    this.#worker.unref();
  }

  /** An input is about to run. */
  beat(input: Uint8Array): void {
    this.#words[1] = Math.min(input.length, mostBytes);
    this.#bytes.set(input.subarray(0, mostBytes));
    this.#words[0] = ((this.#words[0] ?? 0) + 1) | 0;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

// Waits asleep: a thread that polled would take time from the one that works.
const watch = `
  const { workerData } = require("node:worker_threads");
  const { writeFileSync, writeSync } = require("node:fs");
  const { memory, path, hangMs, headBytes } = workerData;
  const words = new Int32Array(memory, 0, 2);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  for (let last = words[0] - 1; words[0] !== last;) {
    last = words[0];
    Atomics.wait(idle, 0, 0, hangMs);
  }
  writeFileSync(path, new Uint8Array(memory, headBytes, words[1]).slice());
  writeSync(2, "hang: an input has not ended after " + hangMs + " ms; it is saved as " + path + "\\n");
  process.kill(process.pid, "SIGKILL");
`;
