// Counts what each thread of a program does, from outside of the program: Node loads this file in every thread.
//
//   node --import 'file:///…/thread-hook.ts?to=FOLDER&what=messages,promises,objects,scripts,heap,memory,lateness' PROGRAM
//
// The first SIGUSR2 begins to count, the second ends it. Each named thread then writes FOLDER/NAME.json, by way of a
// file of another name. Threads without a name, as those of pools, do not count themselves.

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BroadcastChannel, isMainThread, threadName } from "node:worker_threads";
import { promiseHooks } from "node:v8";
import type { countMessages as CountMessages, MessageCount } from "./message-counts.ts";
import { countHeapBytes } from "./heap-bytes.ts";
import { countObjects, type ObjectCount } from "./object-counts.ts";
import { countMemory, type HeldMemory } from "./held-memory.ts";
import { measureLateness, type LoopLateness } from "./loop-lateness.ts";
import { countScripts, type ScriptCount } from "./script-counts.ts";

/** Counts of one thread, from the first signal to the second. */
export interface ThreadCounts {
  readonly thread: string;
  readonly messages: readonly MessageCount[];
  /** Promises that were made, those of `await` included. */
  readonly promises: number;
  /** Heap objects that were made, by the function that made them. */
  readonly objects: readonly ObjectCount[];
  /** Code that the thread has loaded since its start. */
  readonly scripts: ScriptCount;
  /** Bytes that the thread keeps, more than at the first signal. */
  readonly heapBytes: number;
  /** Held when the counting ends. */
  readonly memory: HeldMemory | undefined;
  readonly lateness: LoopLateness | undefined;
}

const { searchParams } = new URL(import.meta.url);
const folder = searchParams.get("to") ?? "";
const kinds = new Set((searchParams.get("what") ?? "").split(","));
const thread = isMainThread ? "main" : threadName;

// It loads files of the program, which would count as scripts.
const countMessages = kinds.has("messages")
  ? (await import("./message-counts.ts")).countMessages
  : undefined;

if (thread !== null && thread !== "" && thread !== "WorkerThread") countThisThread(thread);

function countThisThread(name: string): void {
  const orders = new BroadcastChannel("thread-counts");
  orders.unref();
  // Before the program makes its ports: their other ends are learned from the messages that carry them.
  const messages = countMessages?.();
  const memory = kinds.has("memory") ? countMemory() : undefined;
  let end: (() => ThreadCounts) | undefined;
  const turn = (): void => {
    if (end === undefined) {
      end = begin(name, messages, memory);
      writeFileSync(join(folder, `${name}.began`), "");
      return;
    }
    const path = join(folder, `${name}.json`);
    writeFileSync(`${path}.part`, JSON.stringify(end()));
    renameSync(`${path}.part`, path);
  };
  orders.addEventListener("message", turn);
  if (!isMainThread) return;
  process.on("SIGUSR2", () => {
    orders.postMessage("turn");
    turn();
  });
}

/** @returns Ends the counting. */
function begin(
  name: string,
  messages: ReturnType<typeof CountMessages> | undefined,
  memory: ReturnType<typeof countMemory> | undefined,
) {
  messages?.begin();
  const bytesBefore = kinds.has("heap") ? countHeapBytes() : 0;
  let promises = 0;
  const stop = kinds.has("promises") ? promiseHooks.onInit(() => void promises++) : undefined;
  const objects = kinds.has("objects") ? countObjects() : undefined;
  const lateness = kinds.has("lateness") ? measureLateness() : undefined;
  return (): ThreadCounts => {
    const made = objects?.() ?? [];
    (stop as (() => void) | undefined)?.();
    const scripts = kinds.has("scripts") ? countScripts() : { files: 0, characters: 0 };
    const heapBytes = kinds.has("heap") ? countHeapBytes() - bytesBefore : 0;
    return {
      ...{ thread: name, messages: messages?.end() ?? [], promises },
      ...{ objects: made, scripts, heapBytes, memory: memory?.(), lateness: lateness?.() },
    };
  };
}
