import type { MessagePort } from "node:worker_threads";
import type { Sender } from "../contract.ts";
import type { FailureData } from "../failure.ts";
import type { WorkerUrls } from "../io/threads/thread-file.ts";
import type { LogEntry } from "../log.ts";
import type { NetworkRules } from "../ports/network-rules.ts";

/** Words of `ThreadData.beats`. */
export const beatWords = 2;
/** Moved by the thread every 250 ms. */
export const beatsWord = 0;
/** See `systemThreadId`. */
export const systemIdWord = 1;

/** `workerData` of an actor's thread. */
export interface ThreadData {
  readonly runtime: "actor-thread";
  readonly sender: Sender;
  readonly lifecycle: MessagePort;
  /** 32-bit words, written by the thread: see `beatWords`. */
  readonly beats: SharedArrayBuffer;
  /** See `Context.breadcrumb`. */
  readonly breadcrumb: SharedArrayBuffer;
  /** A 32-bit counter of log entries taken, written by the parent. */
  readonly logTaken: SharedArrayBuffer;
  readonly workerUrls: WorkerUrls;
  /** The rules of the host, also for the threads that this thread starts. */
  readonly network: NetworkRules;
}

/** A post of a thread to its parent. */
export type ThreadReport = { readonly failure: FailureData } | { readonly log: LogEntry };

/** Checks that a host started this thread. */
export function isThreadData(data: unknown): data is ThreadData {
  return (
    typeof data === "object" &&
    data !== null &&
    "runtime" in data &&
    data.runtime === "actor-thread"
  );
}
