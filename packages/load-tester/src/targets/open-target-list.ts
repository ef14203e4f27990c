import type { ReadyTarget } from "../generator/generator.messages.ts";
import type { ProcessUse, TargetFacts } from "../results/result.ts";
import { measureBases } from "./processes/base-memory.ts";
import type { GuardedProcess, ProgramEnd } from "./processes/guarded-process.ts";
import type { ProcessMeter } from "./processes/process-meter.ts";
import type { TargetEnd, TargetOptions, Targets } from "./targets.ts";

/** A target that answers. */
export interface OpenTarget {
  readonly ready: ReadyTarget;
  readonly facts: TargetFacts;
  /** Process of a started target. */
  readonly process: GuardedProcess | undefined;
  /** Meter of a local process. */
  readonly meter: ProcessMeter | undefined;
}

/** {@link Targets}. */
export class OpenTargetList implements Targets {
  readonly ready: readonly ReadyTarget[];
  readonly ended: Promise<TargetEnd>;
  readonly #open: readonly OpenTarget[];
  readonly #options: TargetOptions;
  readonly #stack: AsyncDisposableStack;
  readonly #meters: ReadonlyMap<string, ProcessMeter>;
  #bases: ReadonlyMap<string, number> = new Map();
  #isClosing = false;

  constructor(open: readonly OpenTarget[], options: TargetOptions, stack: AsyncDisposableStack) {
    this.#open = open;
    this.#options = options;
    this.#stack = stack;
    this.ready = open.map(({ ready }) => ready);
    this.ended = this.#firstEnd();
    this.#meters = new Map(
      open.flatMap(({ ready, meter }) => (meter === undefined ? [] : [[ready.name, meter]])),
    );
  }

  get facts(): readonly TargetFacts[] {
    return this.#open.map(({ facts }) => ({ ...facts, baseRssBytes: this.#bases.get(facts.name) }));
  }

  async measureBase(): Promise<void> {
    this.#bases = await measureBases(this.#options.ports.timers, this.#meters);
    this.use();
  }

  use(): Readonly<Record<string, ProcessUse>> {
    const uses = [...this.#meters].map(([name, meter]) => [name, meter.read()] as const);
    return Object.fromEntries(
      uses.flatMap(([name, use]) => (use === undefined ? [] : [[name, use]])),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.#stack.disposeAsync();
  }

  #firstEnd(): Promise<TargetEnd> {
    return new Promise((resolve) => {
      for (const { ready, process } of this.#open) {
        void process?.ended.then((end) => {
          if (!this.#isClosing)
            resolve({ name: ready.name, message: sentenceOf(ready.name, end, process.tail()) });
        });
      }
    });
  }
}

function sentenceOf(name: string, { status, signal }: ProgramEnd, tail: string): string {
  const how = signal === undefined ? `status ${status ?? "unknown"}` : signal;
  const output = tail === "" ? "" : `; its output: ${tail}`;
  return `the target "${name}" ended during the run, with ${how}${output}`;
}
