// CPU time, memory and descriptors of a local process and all its children.

import { statSync } from "node:fs";
import type { ProcessUse } from "../../results/result.ts";
import { namesIn, textOf } from "./listening-process.ts";

/** Linux counts processor time for user space in hundredths of a second, on every architecture. */
const tickMs = 10;

/** Fields of /proc/PID/stat after the name, which may hold spaces. */
const userTicksAt = 11;
const timeFields = 4;
const startAt = 19;

/** Reads the use of a process tree. */
export class ProcessMeter {
  readonly pid: number;
  /** The system gives the id of an ended process to another one. */
  readonly #startedAt: string | undefined;
  #cpuMs: number;

  constructor(pid: number) {
    this.pid = pid;
    this.#startedAt = startOf(pid);
    this.#cpuMs = cpuMsOf(treeOf(pid));
  }

  /** @returns The use, CPU since the last call; undefined when the process has ended. */
  read(): ProcessUse | undefined {
    if (this.#startedAt === undefined || startOf(this.pid) !== this.#startedAt) return undefined;
    const tree = treeOf(this.pid);
    if (tree.length === 0) return undefined;
    const cpuMs = cpuMsOf(tree);
    // A child that ended without being waited for takes its time along.
    const grownMs = Math.max(0, cpuMs - this.#cpuMs);
    this.#cpuMs = cpuMs;
    return {
      cpuMs: grownMs,
      rssBytes: sumOf(tree, rssBytesOf),
      descriptors: sumOf(tree, descriptorsOf),
    };
  }
}

/** @returns The process and its children, theirs included; empty when it has ended. */
function treeOf(root: number): readonly number[] {
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const threads = namesIn(`/proc/${pid}/task`);
    if (threads.length === 0) continue;
    found.push(pid);
    for (const thread of threads) {
      const children = textOf(`/proc/${pid}/task/${thread}/children`) ?? "";
      open.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
}

/** Ended children that were waited for included. */
function cpuMsOf(tree: readonly number[]): number {
  return sumOf(tree, (pid) => {
    const ticks = statOf(pid)
      .slice(userTicksAt, userTicksAt + timeFields)
      .map(Number);
    return ticks.reduce((sum, each) => sum + each, 0) * tickMs;
  });
}

/** @returns The start of a process in ticks since the boot; undefined when it has ended. */
function startOf(pid: number): string | undefined {
  return statOf(pid)[startAt];
}

/** The fields of /proc/PID/stat after the name; a single empty one when the process has ended. */
function statOf(pid: number): readonly string[] {
  const text = textOf(`/proc/${pid}/stat`) ?? "";
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function rssBytesOf(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`) ?? "") ?? [];
  return Number(kibibytes) * 1_024;
}

/** Newer kernels give the number as the folder's size. */
function descriptorsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  try {
    const { size } = statSync(folder);
    return size > 0 ? size : namesIn(folder).length;
  } catch {
    return 0;
  }
}

function sumOf(pids: readonly number[], valueOf: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + valueOf(pid), 0);
}
