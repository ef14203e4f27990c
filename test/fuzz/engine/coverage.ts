// Which of our code has run, from V8's own counters: they cost a third of the speed, reading them a fifth of a
// millisecond. So they are read for many inputs at once, and for single ones only when there was something new.

import type { Profiler } from "node:inspector";
import { Session } from "node:inspector";

/** The code that has run so far, character by character of each function. */
export class Coverage {
  readonly #sources: readonly string[];
  readonly #session = new Session();
  readonly #known = new Map<string, Uint8Array>();
  #isOpen = true;
  #coveredCharacters = 0;

  /** @param sources Parts of the paths of the files that count. */
  constructor(sources: readonly string[]) {
    this.#sources = sources;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Characters of source that have run. */
  get coveredCharacters(): number {
    return this.#coveredCharacters;
  }

  /** Forgets what ran since the last time. */
  skip(): void {
    this.#take();
  }

  /** @returns Whether something ran, since the last time, that had never run before. It is not noted. */
  hasNews(): boolean {
    return this.#take().some((script) =>
      script.functions.some((ran) => this.#compare(script.scriptId, ran, false) > 0),
    );
  }

  /** Notes what ran since the last time. @returns How many characters of it had never run before. */
  note(): number {
    let fresh = 0;
    for (const script of this.#take()) {
      for (const ran of script.functions) fresh += this.#compare(script.scriptId, ran, true);
    }
    this.#coveredCharacters += fresh;
    return fresh;
  }

  /** The code runs at full speed again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  #take(): Profiler.ScriptCoverage[] {
    let scripts: Profiler.ScriptCoverage[] = [];
    // Answered before `post` returns: the session is with this very thread.
    this.#session.post("Profiler.takePreciseCoverage", (_error, taken) => {
      scripts = taken.result;
    });
    return scripts.filter(({ url }) => this.#sources.some((source) => url.includes(source)));
  }

  #compare(scriptId: string, ran: Profiler.FunctionCoverage, isNoted: boolean): number {
    const [whole] = ran.ranges;
    if (whole === undefined) return 0;
    const start = whole.startOffset;
    const runs = new Uint8Array(whole.endOffset - start);
    // Outer ranges come first: what is inside of them has the last word.
    for (const { startOffset, endOffset, count } of ran.ranges) {
      runs.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
    }
    const key = `${scriptId} ${start} ${whole.endOffset}`;
    const known = this.#known.get(key) ?? new Uint8Array(runs.length);
    let fresh = 0;
    for (let i = 0; i < runs.length; i++) {
      if (runs[i] === 1 && known[i] === 0) {
        fresh += 1;
        if (isNoted) known[i] = 1;
      }
    }
    if (isNoted) this.#known.set(key, known);
    return fresh;
  }
}
