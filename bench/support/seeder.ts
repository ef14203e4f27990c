// The seeder in C that the benchmarks download from.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Payload } from "../../test/support/files/payload.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
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
  /** Seeders with addresses of their own, 1 to 60,000. Default: one on 127.0.0.1. */
  readonly seeders?: number;
}

/** Running seeders, all in one process. */
export class Seeder implements AsyncDisposable {
  /** Numeric addresses of the seeders, which share the port. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly #process: RunningProcess;

  private constructor(hosts: readonly string[], port: number, process: RunningProcess) {
    this.hosts = hosts;
    this.port = port;
    this.#process = process;
  }

  static async start(options: SeederOptions): Promise<Seeder> {
    const program = await buildNative(new URL("seeder.c", import.meta.url));
    const { infoHash, file, pieceLengthBytes, bytesPerSecond = 0, seeders = 1 } = options;
    const numbers = [pieceLengthBytes, bytesPerSecond, seeders].map(String);
    const process = await startProcess([program, infoHash, file, ...numbers]);
    const port = await process.lineWhere("its port", (line) => {
      const [, digits] = /^READY (\d+)$/.exec(line) ?? [];
      return digits === undefined ? undefined : Number(digits);
    });
    return new Seeder(hostsOf(seeders), port, process);
  }

  /** A seeder of a payload with one file. */
  static async ofPayload(payload: Payload): Promise<Seeder> {
    const { infoHash } = writeTorrentFile(payload);
    const { folder, name, pieceLengthBytes } = payload;
    return await Seeder.start({ infoHash, file: join(folder, name), pieceLengthBytes });
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

/** Addresses that the seeder chooses. */
function hostsOf(seeders: number): readonly string[] {
  if (seeders === 1) return ["127.0.0.1"];
  return Array.from({ length: seeders }, (_, n) => `127.1.${Math.floor(n / 250)}.${1 + (n % 250)}`);
}
