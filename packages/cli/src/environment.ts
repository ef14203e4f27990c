import type { Writable } from "node:stream";
import type { ProgramEnd, ProgramOptions } from "@troupe/service/programs";
import type { EnginePort } from "./engine-port.ts";
import type { ServicePort, ServiceTarget } from "./service-client/service-port.ts";
import type { TextFile } from "./text-file.ts";

/** An output stream; a terminal has the terminal fields. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  hasColors?(): boolean;
}

/** Everything around a command. Made by process-environment.ts, and by tests. */
export interface Environment {
  /** For results. */
  readonly stdout: Output;
  /** For the display, notes and errors. */
  readonly stderr: Output;
  /**
   * Reads stdin to its end, once.
   * @returns Undefined for more than `maxBytes`. @throws rejects with the reason of `stop`.
   */
  readStdin(maxBytes: number): Promise<Uint8Array | undefined>;
  /** Reads a file in UTF-8 of 1 MiB at most. @param path Absolute. */
  readTextFile(path: string): Promise<TextFile>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The base of relative paths; absolute. */
  readonly currentFolder: string;
  /** Aborted by the first signal, and when the reader of stdout has closed. */
  readonly stop: AbortSignal;
  /**
   * Calls `listener` at each SIGHUP, which then stops nothing.
   * @returns Ends it.
   */
  onHangup(listener: () => void): Disposable;
  /** Aborted by the second signal: commands then await only work that ends in a moment. */
  readonly hurry: AbortSignal;
  readonly engine: EnginePort;
  /** A service, to which nothing is sent yet. */
  openService(target: ServiceTarget): Promise<ServicePort>;
  /** Stdin and stderr are a terminal, so that a person can be asked. */
  hasPerson(): boolean;
  /**
   * Asks on the terminal.
   *
   * @param isSecret The answer is not shown while it is typed. Default false.
   * @returns The line; undefined at the end of input. @throws rejects with the reason of `stop`.
   */
  ask(question: string, isSecret?: boolean): Promise<string | undefined>;
  /**
   * Runs a program, never through a shell, until it ends.
   * @throws rejects with a system error when it cannot be started.
   */
  runProgram(
    program: string,
    words: readonly string[],
    options: ProgramOptions,
  ): Promise<ProgramEnd>;
  /** Milliseconds since 1970. */
  epochMs(): number;
  /** Milliseconds, monotonic. */
  nowMs(): number;
  /**
   * Runs `task` whenever the process ends; its output to a terminal arrives. A task that touches a disk is skipped
   * when a disk call does not return.
   */
  atExit(task: () => void, options?: { readonly touchesDisk?: boolean }): Disposable;
  /** On Ctrl-Z, before the process stops. */
  beforeSuspension(task: () => void): Disposable;
  every(periodMs: number, task: () => void): Disposable;
}
