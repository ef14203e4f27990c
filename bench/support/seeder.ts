// The seeder in C that the benchmarks download from.

import { readFileSync } from "node:fs";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** The torrent that the seeder serves, and its highest rate. */
export interface SeederOptions {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Absolute path of the single file. */
  readonly file: string;
  readonly pieceLengthBytes: number;
  readonly bytesPerSecond?: number;
}

/** A running seeder on 127.0.0.1. */
export class Seeder implements AsyncDisposable {
  readonly port: number;
  readonly #process: RunningProcess;

  private constructor(port: number, process: RunningProcess) {
    this.port = port;
    this.#process = process;
  }

  static async start(options: SeederOptions): Promise<Seeder> {
    const program = await buildNative(new URL("../download/seeder.c", import.meta.url));
    const { infoHash, file, pieceLengthBytes, bytesPerSecond = 0 } = options;
    const numbers = [String(pieceLengthBytes), String(bytesPerSecond)];
    const process = await startProcess([program, infoHash, file, ...numbers]);
    const port = await process.lineWhere("its port", (line) => {
      const [, digits] = /^READY (\d+)$/.exec(line) ?? [];
      return digits === undefined ? undefined : Number(digits);
    });
    return new Seeder(port, process);
  }

  /** Bytes that it has handed to the kernel so far, headers included: seen from outside of both ends. */
  sentBytes(): number {
    const [, digits] =
      /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${this.#process.pid}/io`, "utf8")) ?? [];
    return Number(digits);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}
