// Generators in threads of this process.

import { availableParallelism } from "node:os";
import {
  type ActorEntry,
  codeOf,
  type DescriptorUse,
  type Host,
  messageOf,
  openRoot,
  type Ref,
  settlesWithin,
  type Supervisor,
  threadHost,
} from "@troupe/actor-runtime";
import { workerUrls, type WorkerUrlsOption } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { LoadEnd } from "@troupe/load-peers";
import type { OwnUse, ThreadWindow } from "../measures/measures.ts";
import { noUse, ownUse } from "../measures/own-use.ts";
import type { Share } from "../plan/plan.ts";
import type { GeneratorFacts } from "../results/result.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { generatorEntry } from "./entry.ts";
import { generatorName, generatorTree } from "./generator-tree.ts";
import type { GeneratorProtocol } from "./generator.messages.ts";
import type { GeneratorEvents, GeneratorRun, Generators } from "./generators.ts";
import { LocalThread } from "./local-thread.ts";
import { checkDescriptors } from "./needed-descriptors.ts";

/** Drawing the plan of a long run takes seconds. */
const prepareDeadlineMs = 120_000;
/** After the end and the drain: connections close within 1 s, and the last windows come. */
const endLimitMs = 1_500;
const lastReadMs = 250;
const notEnded = `it did not end within ${endLimitMs / 1_000} s, and its last windows are missing`;
const stopLimits = { orderlyMs: 500, endMs: 500 };

/** Options of local generators. */
export interface LocalGeneratorsOptions {
  /** Generators in this process. */
  readonly threads: number;
  readonly events: GeneratorEvents;
  /** See the option `workerUrls` of a coordinator. */
  readonly workerUrls?: WorkerUrlsOption;
  /** Default: threads. */
  readonly host?: Host;
  /** Default: the generator of this package; another one for tests. */
  readonly entry?: ActorEntry<GeneratorProtocol, {}>;
  /** Default: what the process uses. */
  readonly use?: () => OwnUse;
  /** Cores of the machine. Default: those of this one. */
  readonly cores?: number;
  /** Default: those of the process. */
  readonly descriptors?: DescriptorUse;
}

/** @returns Generators that start with `prepare`. */
export function localGenerators(options: LocalGeneratorsOptions): Generators {
  return new LocalGenerators(options);
}

class LocalGenerators implements Generators {
  readonly #options: LocalGeneratorsOptions;
  readonly #host: Host;
  readonly #threads: readonly LocalThread[];
  #root: Supervisor | undefined;
  /** Use of the process when the run began. */
  #beginCpuMs = 0;
  #drainMs = 0;

  constructor(options: LocalGeneratorsOptions) {
    this.#options = options;
    this.#host = options.host ?? threadHost(workerUrls(options.workerUrls));
    this.#threads = Array.from(
      { length: options.threads },
      (_, index) => new LocalThread(generatorName(index)),
    );
  }

  get facts(): readonly GeneratorFacts[] {
    return this.#threads.map(({ facts }) => facts);
  }

  get unheard(): ReadonlyMap<string, Share> {
    return new Map(
      this.#threads.flatMap(({ name, unheard }) =>
        unheard === undefined ? [] : [[name, unheard] as const],
      ),
    );
  }

  async prepare(run: GeneratorRun): Promise<void> {
    this.#drainMs = run.scenario.drainMs;
    const { shares, ...asked } = run;
    const prepared = { ...asked, scenario: this.#withinCores(run.scenario) };
    const range = shares ?? { first: 0, count: this.#threads.length, of: this.#threads.length };
    checkDescriptors(run.scenario, range, this.#options.descriptors);
    const { first, of } = range;
    const root = await this.#open();
    const answers = await Promise.all(
      this.#threads.map((thread, index) => {
        const share = { index: first + index, of };
        thread.expectPeers(run.scenario, share);
        const ask = refOf(root, thread).call(
          "prepare",
          { ...prepared, share },
          {
            deadlineMs: prepareDeadlineMs,
          },
        );
        return thread.prepared(ask);
      }),
    );
    const refusal = answers.find((answer) => answer.kind === "refused");
    if (refusal !== undefined) throw new TroupeError(refusal.code, refusal.message);
  }

  begin(atEpochMs: number): void {
    this.#beginCpuMs = this.#use().cpuMs;
    for (const thread of this.#running()) {
      thread.begun();
      if (this.#root !== undefined) refOf(this.#root, thread).cast("begin", { atEpochMs });
    }
  }

  async end(how: LoadEnd): Promise<void> {
    const running = this.#running();
    for (const thread of running) {
      if (this.#root !== undefined) refOf(this.#root, thread).cast("end", { how });
    }
    const ended = Promise.all(running.map((thread) => thread.ended));
    const { timers } = this.#host.ports({ name: "load-tester", epoch: 1 });
    const drainMs = how === "drained" ? this.#drainMs : 0;
    // A process that had no core until now reads the last windows.
    if (!(await settlesWithin(timers, drainMs + endLimitMs - lastReadMs, ended)))
      await settlesWithin(timers, lastReadMs, ended);
    for (const thread of running) {
      if (thread.awaitsWindows) this.#lost(thread.name, notEnded);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#root?.stop(stopLimits);
    } catch (error) {
      // A terminated thread that waits for a core ends later. The result of the run must not be lost with it.
      if (codeOf(error) !== "not-stopped") throw error;
    }
  }

  /** A thread that polls busies its core: without another one the target would wait for it. */
  #withinCores(scenario: Scenario): Scenario {
    const { cores = availableParallelism() } = this.#options;
    return { ...scenario, precise: scenario.precise && this.#threads.length < cores };
  }

  #running(): readonly LocalThread[] {
    return this.#threads.filter((thread) => thread.isAlive);
  }

  async #open(): Promise<Supervisor> {
    const { entry = generatorEntry } = this.#options;
    this.#root = await openRoot<{ generator: GeneratorProtocol }>({
      host: this.#host,
      spec: generatorTree(entry, this.#threads.length, () => this.#arePreparing()),
      noticeHandlers: {
        generator: {
          "window-ended": ({ window }, { name }) => this.#windowEnded(name, window),
          "run-ended": (_, { name }) => this.#thread(name)?.runEnded(),
        },
      },
      events: { crashed: (_, { name }, error) => this.#lost(name, messageOf(error)) },
      failed: (error) => this.#lostAll(messageOf(error)),
    });
    return this.#root;
  }

  #arePreparing(): boolean {
    return this.#threads.some(({ isPreparing }) => isPreparing);
  }

  #thread(name: string): LocalThread | undefined {
    return this.#threads.find((thread) => thread.name === name);
  }

  /** The windows of one thread describe the process. */
  #windowEnded(name: string, window: ThreadWindow): void {
    const { events } = this.#options;
    const isFirst = this.#running()[0]?.name === name;
    this.#thread(name)?.windowEnded(window);
    events.window(name, { ...window, own: isFirst ? this.#useSinceBegin() : noUse });
  }

  #useSinceBegin(): OwnUse {
    const now = this.#use();
    return { ...now, cpuMs: Math.max(0, now.cpuMs - this.#beginCpuMs) };
  }

  #use(): OwnUse {
    const { use = ownUse } = this.#options;
    return use();
  }

  #lost(name: string, reason: string): void {
    const thread = this.#thread(name);
    if (thread?.awaitsWindows !== true) return;
    thread.lost();
    this.#options.events.lost(name, thread.connected, reason);
  }

  #lostAll(reason: string): void {
    for (const { name } of this.#threads) this.#lost(name, reason);
  }
}

function refOf(root: Supervisor, thread: LocalThread): Ref<GeneratorProtocol> {
  return root.ref<GeneratorProtocol>(thread.name);
}
