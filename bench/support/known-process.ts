// Targets in C whose delays are set and whose counts are known: referees of load tests.

import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** The delays, the unanswered requests and the address of a target. */
export interface KnownDelays {
  /** Time from a request to its answer; parts of a millisecond count. Default: 0. */
  readonly delayMs?: number;
  /** One of so many requests is answered after its own `delayMs` instead. */
  readonly slow?: { readonly of: number; readonly delayMs: number };
  /** One of so many requests gets no answer. */
  readonly dropOf?: number;
  /** Answers are never late for want of a wake-up, at the price of a core. Default: false. */
  readonly isSpinning?: boolean;
  /** Numeric. Default: 127.0.0.1. */
  readonly host?: string;
}

/** A running target. */
export class KnownProcess<Counts> implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #process: RunningProcess;

  private constructor(host: string, port: number, process: RunningProcess) {
    this.host = host;
    this.port = port;
    this.#process = process;
  }

  /** Builds and starts a program. @param words Further words of its command line. */
  static async start<Counts>(
    source: URL,
    delays: KnownDelays,
    words: readonly string[],
  ): Promise<KnownProcess<Counts>> {
    const program = await buildNative(source);
    const process = await startProcess([program, ...delayWords(delays), ...words]);
    const port = await process.lineWhere("its port", (line) => {
      const [, digits] = /^READY (\d+)$/.exec(line) ?? [];
      return digits === undefined ? undefined : Number(digits);
    });
    return new KnownProcess(delays.host ?? "127.0.0.1", port, process);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Ends the target. @returns What it has counted. */
  async stop(): Promise<Counts> {
    await this.#process.stop();
    const line = await this.#process.lineWhere("its counts", (text) =>
      text.startsWith("{") ? text : undefined,
    );
    return JSON.parse(line) as Counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

function delayWords({
  delayMs,
  slow,
  dropOf,
  isSpinning = false,
  host,
}: KnownDelays): readonly string[] {
  return [
    ...(delayMs === undefined ? [] : ["--delay-ms", String(delayMs)]),
    ...(slow === undefined
      ? []
      : ["--slow-of", String(slow.of), "--slow-ms", String(slow.delayMs)]),
    ...(dropOf === undefined ? [] : ["--drop-of", String(dropOf)]),
    ...(isSpinning ? ["--spin"] : []),
    ...(host === undefined ? [] : ["--host", host]),
  ];
}
