// Sees to it that an input that never ends is not lost: a thread of its own has a copy of the input under way.

import { Worker } from "node:worker_threads";

/** Bytes of an input that are saved. */
const mostBytes = 1_048_576;
const headBytes = 8;
/** An input that takes so much of the processor is taken for one that never ends. */
const hangCpuMs = 5_000;
/** Patience with an input that only waits: a busy machine may not run us for a while. */
const hangMs = 180_000;
const lookEveryMs = 2_000;

/** Beats with every input; when one does not end, it saves the input and ends the process. */
export class Watchdog {
  readonly #memory = new SharedArrayBuffer(headBytes + mostBytes);
  readonly #words = new Int32Array(this.#memory, 0, 2);
  readonly #bytes = new Uint8Array(this.#memory, headBytes);
  readonly #worker: Worker;

  /** @param path Where the input is written. */
  constructor(path: string) {
    this.#worker = new Worker(watch, {
      eval: true,
      workerData: { memory: this.#memory, path, hangMs, hangCpuMs, lookEveryMs, headBytes },
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
  const { memory, path, hangMs, hangCpuMs, lookEveryMs, headBytes } = workerData;
  const words = new Int32Array(memory, 0, 2);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  const usedMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  let last = words[0];
  let sinceMs = performance.now();
  let sinceUsedMs = usedMs();
  while (usedMs() - sinceUsedMs < hangCpuMs && performance.now() - sinceMs < hangMs) {
    Atomics.wait(idle, 0, 0, lookEveryMs);
    if (words[0] === last) continue;
    last = words[0];
    sinceMs = performance.now();
    sinceUsedMs = usedMs();
  }
  writeFileSync(path, new Uint8Array(memory, headBytes, words[1]).slice());
  writeSync(2, "hang: an input does not end; it is saved as " + path + "\\n");
  process.kill(process.pid, "SIGKILL");
`;
