// Everything around the commands: streams, clock, environment, the engine, and the request to stop.

import type { Writable } from "node:stream";
import type { EnginePort } from "./engine-port.ts";

/** An output stream; the fields of a terminal are there only when it is one. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  hasColors?(): boolean;
}

/** What a command works in. The real one is made in process-environment.ts; tests make their own. */
export interface Environment {
  /** For results. */
  readonly stdout: Output;
  /** For the display, notes and errors. */
  readonly stderr: Output;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Absolute: what relative paths on the command line are relative to. */
  readonly currentFolder: string;
  /** Aborted by the first signal, and by a reader of stdout that has gone. */
  readonly stop: AbortSignal;
  /** Aborted by the second signal: nothing is waited for but what is done in a moment. */
  readonly hurry: AbortSignal;
  readonly engine: EnginePort;
  /** Milliseconds since 1970. */
  epochMs(): number;
  /** Milliseconds, monotonic. */
  nowMs(): number;
  /**
   * Runs `task` when the process ends, whatever the way. What it writes to a terminal arrives. One that touches a disk is
   * left out when a disk call does not return.
   */
  atExit(task: () => void, options?: { readonly touchesDisk?: boolean }): Disposable;
  /** Runs `task` when the user suspends the command (Ctrl-Z), before it stands still. */
  beforeSuspension(task: () => void): Disposable;
  /** Runs `task` every `periodMs` until disposed of. */
  every(periodMs: number, task: () => void): Disposable;
}
