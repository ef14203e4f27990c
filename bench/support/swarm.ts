// The leechers in C that benchmarks open at a seeder.

import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** The leechers and their torrent. */
export interface SwarmOptions {
  /** The port of the seeder, on 127.0.0.1. */
  readonly port: number;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  readonly peers: number;
  /** Requests outstanding of each peer; 0 makes them silent. */
  readonly depth: number;
  /** The time that is measured. */
  readonly seconds: number;
}

/** The report of a swarm, of the measured time. */
export interface SwarmReport {
  /** Peers at its end. */
  readonly shaken: number;
  readonly unchoked: number;
  /** Peers whose connection the seeder has closed. */
  readonly closed: number;
  readonly bytes: number;
  /** CPU time of the swarm itself. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Running leechers; disposed of, they are gone. */
export interface Swarm extends AsyncDisposable {
  /** Settles when the measured time begins. */
  measuring(): Promise<void>;
  /** Settles at its end. @throws rejects when the swarm failed. */
  report(): Promise<SwarmReport>;
}

/** Opens leechers at a seeder. */
export async function openSwarm(options: SwarmOptions): Promise<Swarm> {
  const program = await buildNative(new URL("swarm.c", import.meta.url));
  const { port, infoHash, pieceLengthBytes, totalBytes, peers, depth, seconds } = options;
  const numbers = [pieceLengthBytes, totalBytes, peers, depth, seconds].map(String);
  const run: RunningProcess = await startProcess([program, String(port), infoHash, ...numbers]);
  return {
    async measuring() {
      const isStart = (line: string): true | undefined => line === "MEASURING" || undefined;
      await run.lineWhere("the start of its measured time", isStart);
    },
    async report() {
      const isReport = (line: string): string | undefined =>
        line.startsWith("{") ? line : undefined;
      return JSON.parse(await run.lineWhere("its report", isReport)) as SwarmReport;
    },
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}
