// Observes the test files of a process: what each starts and leaves behind, how late the event loop is, and where a file
// hangs. ava loads it before the tests (ava.config.js) and calls it around each (patches/ava@8.0.1.patch). Without
// `TEST_RUN_FACTS`, as in a run by hand, it does nothing.

import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { waits } from "../../test/support/time/until.ts";
import { changedVariables, differences, surroundings, type Surroundings } from "./surroundings.ts";

/** Properties of a declared test or hook that ava's patch passes; `t.title` gives `ownTitle`. */
interface Metadata {
  readonly type: string;
  readonly skipped: boolean;
  readonly todo: boolean;
  ownTitle?: string;
  selected: boolean;
}

/** A title of ava's. */
interface Title {
  value: string;
  readonly isValid: boolean;
}

/** A line of the file of facts. */
export type FactsLine =
  | {
      readonly file: string;
      readonly seconds: number;
      readonly threads: number;
      readonly children: number;
      readonly sockets: number;
      readonly hasHooks: boolean;
      readonly left: readonly string[];
    }
  | ProcessLine;

/** The line of the process, its last. */
export interface ProcessLine {
  readonly process: true;
  /** Looks at the event loop, one each 10 ms while it is free. */
  readonly looks: number;
  /** Looks that were late by 20 ms and more: ms, and how many. */
  readonly late: readonly (readonly [number, number])[];
  readonly latestMs: number;
  /** The test in which the event loop was as late. */
  readonly latestTitle: string;
}

const resolutionMs = 10;
const toldLateMs = 20;

class Watch {
  /** The file that declares its tests. */
  file: string;
  readonly isGroup: boolean;
  readonly #path: string;
  readonly #leftOut: ReadonlySet<string>;
  /** Undefined: all tests run. */
  readonly #only: ReadonlySet<string> | undefined;
  readonly #files = new Map<string, Seen>();
  readonly #fileOfTitle = new Map<string, string>();
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  #latest = { ms: 0, title: "" };
  #current: Seen | undefined;
  #title = "";
  #before: Surroundings | undefined;
  /** The environment before the file that declares its tests was loaded. */
  #environment = { ...process.env };

  constructor(path: string) {
    this.#path = path;
    this.file = process.env["TEST_RUN_FILE"] ?? "";
    this.isGroup = this.file === "";
    this.#leftOut = new Set(JSON.parse(process.env["TEST_RUN_LEFT_OUT"] ?? "[]") as string[]);
    const only = process.env["TEST_RUN_ONLY"];
    this.#only = only === undefined ? undefined : new Set(JSON.parse(only) as string[]);
    subscribe("worker_threads", () => this.#count("threads"));
    subscribe("child_process", () => this.#count("children"));
    subscribe("net.client.socket", () => this.#count("sockets"));
    subscribe("net.server.socket", () => this.#count("sockets"));
    subscribe("udp.socket", () => this.#count("sockets"));
    process.on("exit", () => this.#report());
    const limitSeconds = Number(process.env["TEST_RUN_LIMIT"] ?? "0");
    if (limitSeconds > 0) {
      setTimeout(() => this.#hangs(), limitSeconds * 1_000).unref();
    }
  }

  /** The next tests that are declared are of this file (in-file.ts). */
  enter(file: string): void {
    this.#loaded();
    this.file = file;
  }

  /** Names what a file changed as it was loaded. */
  #loaded(): void {
    const changed = changedVariables(this.#environment, process.env);
    for (const what of changed) this.#seen(this.file).left.add(what);
    this.#environment = { ...process.env };
  }

  declared(metadata: Metadata, title: Title): void {
    const seen = this.#seen(this.file);
    if (metadata.type !== "test") {
      seen.hasHooks = true;
      return;
    }
    if (!title.isValid) return;
    const full = `${this.file} › ${title.value}`;
    metadata.ownTitle = title.value;
    metadata.selected &&= !this.#leftOut.has(full) && this.#only?.has(full) !== false;
    if (this.isGroup) title.value = full;
    this.#fileOfTitle.set(title.value, this.file);
    if (metadata.selected && !metadata.skipped && !metadata.todo) seen.tests++;
  }

  began(title: string): void {
    if (this.#current === undefined) {
      this.#loaded();
      this.#delay.enable();
    }
    this.#title = title;
    this.#current = this.#seen(this.#fileOfTitle.get(title) ?? this.file);
    this.#current.beganMs ||= performance.now();
    this.#before ??= surroundings();
  }

  async ended(): Promise<void> {
    const seen = this.#current;
    if (seen === undefined || this.#before === undefined) return;
    seen.ended++;
    seen.endedMs = performance.now();
    this.#keepLatest();
    if (seen.ended < seen.tests) return;
    for (const what of await differences(this.#before)) seen.left.add(what);
    this.#before = surroundings();
  }

  #seen(file: string): Seen {
    const found = this.#files.get(file) ?? new Seen();
    this.#files.set(file, found);
    return found;
  }

  #count(what: "threads" | "children" | "sockets"): void {
    (this.#current ?? this.#seen(this.file))[what]++;
  }

  /** Names the test under way and what it waits for; the runner ends the process soon after. */
  #hangs(): void {
    const handles = process.getActiveResourcesInfo().join(", ");
    console.error(`HANGS: ${this.#current === undefined ? this.file : this.#title}`);
    for (const what of waits) console.error(`  waits for: ${what()}`);
    console.error(`  open handles: ${handles}`);
  }

  #keepLatest(): void {
    const ms = lateMs(this.#delay.max);
    if (ms > this.#latest.ms) this.#latest = { ms, title: this.#title };
  }

  /** A histogram as far as it tells of late looks. */
  #lateLooks(): [number, number][] {
    let below = 0;
    return [...this.#delay.percentiles].flatMap(([percent, ns]) => {
      const upTo = Math.round((this.#delay.count * percent) / 100);
      const looks = upTo - below;
      below = upTo;
      const ms = lateMs(ns);
      return ms < toldLateMs || looks === 0 ? [] : [[ms, looks] satisfies [number, number]];
    });
  }

  #report(): void {
    this.#delay.disable();
    this.#keepLatest();
    const lines: FactsLine[] = [...this.#files].map(([file, seen]) => seen.line(file));
    lines.push({
      process: true,
      looks: this.#delay.count,
      late: this.#lateLooks(),
      latestMs: this.#latest.ms,
      latestTitle: this.#latest.title,
    });
    appendFileSync(this.#path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
}

function lateMs(ns: number): number {
  return Math.max(0, Math.round(ns / 1e5) / 10 - resolutionMs);
}

/** Facts of one file, as they are seen. */
class Seen {
  tests = 0;
  ended = 0;
  threads = 0;
  children = 0;
  sockets = 0;
  hasHooks = false;
  beganMs = 0;
  endedMs = 0;
  readonly left = new Set<string>();

  line(file: string): FactsLine {
    const { threads, children, sockets, hasHooks } = this;
    const seconds = (this.endedMs - this.beganMs) / 1_000;
    return { file, seconds, threads, children, sockets, hasHooks, left: [...this.left] };
  }
}

const path = process.env["TEST_RUN_FACTS"];
if (path !== undefined)
  Object.assign(globalThis, { [Symbol.for("troupe.tests")]: new Watch(path) });
