// What a new thread is given, and what it reports by itself.

import type { MessagePort } from "node:worker_threads";
import type { Sender } from "../contract.ts";
import type { FailureData } from "../failure.ts";
import type { WorkerUrls } from "../io/threads/thread-file.ts";
import type { LogEntry } from "../log.ts";

/** `workerData` of an actor's thread. */
export interface ThreadData {
  readonly runtime: "actor-thread";
  readonly sender: Sender;
  /** Answers lifecycle calls; the thread's own. */
  readonly lifecycle: MessagePort;
  /** One 32-bit counter. The thread moves it every 250 ms, its supervisor watches it. */
  readonly beats: SharedArrayBuffer;
  /** What the actor has in its hands: see `Context.breadcrumb`. */
  readonly breadcrumb: SharedArrayBuffer;
  /** One 32-bit counter of log entries that the parent has taken, written by the parent. */
  readonly logTaken: SharedArrayBuffer;
  /** Where the files of threads lie that this thread starts. */
  readonly workerUrls: WorkerUrls;
}

/** What a thread posts to its parent. */
export type ThreadReport = { readonly failure: FailureData } | { readonly log: LogEntry };

/** Checks that this thread was started by a host. */
export function isThreadData(data: unknown): data is ThreadData {
  return (
    typeof data === "object" &&
    data !== null &&
    "runtime" in data &&
    data.runtime === "actor-thread"
  );
}
