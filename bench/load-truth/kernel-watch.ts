// The kernel's figures of each second: time that the host took, and time for which threads waited for a core.

import { readdirSync, readFileSync } from "node:fs";

const everyMs = 1_000;
/** A tick of /proc/stat. */
const tickMs = 10;
const stealAt = 8;
/** Counts of a run: its seconds, and for each the threads that waited, and how long. */
const [mostSeconds, mostThreads, leastWaitMs] = [4, 5, 1];

/** Milliseconds of one second. */
interface KernelSecond {
  readonly stealMs: number;
  /** For which at least one task of the machine waited for a core; undefined without pressure stall information. */
  readonly pressureMs: number | undefined;
  /** For which each thread waited for a core. */
  readonly waitMs: ReadonlyMap<string, number>;
}

interface Totals {
  readonly steal: number;
  readonly pressureUs: number | undefined;
  readonly waitNs: ReadonlyMap<string, number>;
}

/** Watches the machine and the threads of some processes second by second, from its making to its end. */
export class KernelWatch implements Disposable {
  readonly #processes: ReadonlyMap<string, number>;
  readonly #seconds: KernelSecond[] = [];
  readonly #timer: NodeJS.Timeout;
  #last: Totals;

  /** @param processes Ids by name. */
  constructor(processes: ReadonlyMap<string, number>) {
    this.#processes = processes;
    this.#last = this.#read();
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** The longest time of one second for which one of the named threads waited for a core, in milliseconds. */
  longestWaitMs(names: RegExp): number {
    const waits = this.#seconds.flatMap(({ waitMs }) =>
      [...waitMs].flatMap(([thread, ms]) => (names.test(thread) ? [ms] : [])),
    );
    return Math.max(0, ...waits);
  }

  /** @returns Lines of the seconds in which the machine took the most time. */
  end(): readonly string[] {
    this[Symbol.dispose]();
    this.#look();
    return [...this.#seconds.entries()]
      .toSorted(([, a], [, b]) => takenMs(b) - takenMs(a))
      .slice(0, mostSeconds)
      .toSorted(([a], [b]) => a - b)
      .map(([second, use]) => `second ${second}: ${spelled(use)}`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const [before, now] = [this.#last, this.#read()];
    this.#last = now;
    this.#seconds.push({
      stealMs: (now.steal - before.steal) * tickMs,
      pressureMs:
        now.pressureUs === undefined || before.pressureUs === undefined
          ? undefined
          : (now.pressureUs - before.pressureUs) / 1_000,
      waitMs: new Map(
        [...now.waitNs].map(([thread, ns]) => [
          thread,
          (ns - (before.waitNs.get(thread) ?? 0)) / 1_000_000,
        ]),
      ),
    });
  }

  #read(): Totals {
    const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
    const waits = [...this.#processes].flatMap(([name, pid]) =>
      readdirSync(`/proc/${pid}/task`).map((thread) => threadWait(name, pid, thread)),
    );
    return {
      steal: Number(line.trim().split(/\s+/)[stealAt]),
      pressureUs: pressure(),
      waitNs: new Map(waits),
    };
  }
}

function takenMs({ stealMs, waitMs }: KernelSecond): number {
  return stealMs + Math.max(0, ...waitMs.values());
}

function spelled({ stealMs, pressureMs, waitMs }: KernelSecond): string {
  const waits = [...waitMs]
    .filter(([, ms]) => ms >= leastWaitMs)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostThreads)
    .map(([thread, ms]) => `${thread} ${ms.toFixed(0)} ms`);
  const stalls = pressureMs === undefined ? "" : `, pressure ${pressureMs.toFixed(0)} ms`;
  return `steal ${stealMs} ms${stalls}; waited for a core: ${waits.join(", ") || "none"}`;
}

function threadWait(name: string, pid: number, thread: string): [string, number] {
  const folder = `/proc/${pid}/task/${thread}`;
  try {
    const called = readFileSync(`${folder}/comm`, "utf8").trim();
    // Time on a core, time of waiting for one, turns.
    const [, waitNs] = readFileSync(`${folder}/schedstat`, "utf8").split(" ");
    return [`${name}/${called}/${thread}`, Number(waitNs)];
  } catch {
    // The thread has ended since.
    return [`${name}/${thread}`, 0];
  }
}

function pressure(): number | undefined {
  try {
    const [, total] =
      /^some .* total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8")) ?? [];
    return total === undefined ? undefined : Number(total);
  } catch {
    return undefined;
  }
}
