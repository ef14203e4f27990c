// The leader of a run: targets, generators, the merge of their windows, budgets, and the result.

import { nodePorts, settlesWithin, type Ports } from "@troupe/actor-runtime";
import type { GeneratorEvents, Generators, PeersByGroup } from "../generator/generators.ts";
import { localGenerators } from "../generator/local-generators.ts";
import { allPeers } from "../measures/present-peers.ts";
import type { LoadTestResult } from "../results/result.ts";
import { makeRule } from "../rules/make-rule.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { openTargets } from "../targets/open-targets.ts";
import type { Targets } from "../targets/targets.ts";
import type { LoadTestOptions } from "./load-test-options.ts";
import { readyTorrents } from "./ready-torrents.ts";
import type { RunEnd } from "./run-end.ts";
import { RunRecord } from "./run-record.ts";

const secondMs = 1_000;
/** From the call of the generators to the start of the run: the call reaches each before. */
const beginInMs = 300;
/** Generators end by themselves: the leader calls those that do not. */
const endLateMs = 250;
/** The result of a stopped run waits so long for generators and targets to close: with the last windows less than 2 s. */
const stoppedMs = 400;

/** Leads one run. */
export class RunLeader {
  readonly #scenario: Scenario;
  readonly #options: LoadTestOptions;
  readonly #ports: Ports = nodePorts();
  readonly #record: RunRecord;
  readonly #ending = Promise.withResolvers<void>();
  /** A run that drains is stopped. */
  readonly #cut = Promise.withResolvers<void>();
  /** The first reason counts. */
  #end: RunEnd | undefined;

  /** @throws BudgetError */
  constructor(scenario: Scenario, options: LoadTestOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#record = new RunRecord(scenario, {
      nowMs: () => this.#ports.clock.nowMs(),
      ...(options.onSecond !== undefined && { onSecond: options.onSecond }),
      broken: (budget) => this.#endFor({ kind: "aborted", budget }),
    });
  }

  /** @throws rejects with TroupeError when the run cannot begin. Then, as after a run that was not stopped, nothing stays open. */
  async run(): Promise<LoadTestResult> {
    const { signal } = this.#options;
    const stop = (): void => this.#endFor({ kind: "stopped" });
    signal?.addEventListener("abort", stop);
    if (signal?.aborted === true) stop();
    const opened = new AsyncDisposableStack();
    try {
      await this.#runWith(opened);
      return this.#record.result(this.#end ?? { kind: "over" });
    } finally {
      signal?.removeEventListener("abort", stop);
      await this.#close(opened);
    }
  }

  /** A program may take seconds to end: its guard ends it, also after this process. */
  async #close(opened: AsyncDisposableStack): Promise<void> {
    const closed = opened.disposeAsync();
    if (this.#end?.kind !== "stopped") return await closed;
    closed.catch(() => undefined);
    await settlesWithin(this.#ports.timers, stoppedMs, closed);
  }

  async #runWith(opened: AsyncDisposableStack): Promise<void> {
    try {
      const { targets, generators } = await this.#prepare(opened);
      await this.#measure(targets, generators);
    } catch (error) {
      // An end during the preparation leaves a result without seconds. A run that is over lacks what failed.
      if (this.#end === undefined || this.#end.kind === "over") throw error;
    }
  }

  #endFor(end: RunEnd): void {
    const isCut = this.#end?.kind === "over" && (end.kind === "stopped" || end.kind === "failed");
    if (this.#end === undefined || isCut) this.#end = end;
    if (isCut) this.#cut.resolve();
    this.#ending.resolve();
  }

  async #prepare(
    opened: AsyncDisposableStack,
  ): Promise<{ readonly targets: Targets; readonly generators: Generators }> {
    const scenario = this.#scenario;
    const { allowTargets = [], ownCommand = [], signal } = this.#options;
    const rule = makeRule({ allowTargets });
    const torrents = await readyTorrents(scenario);
    signal?.throwIfAborted();
    const opening = openTargets(scenario, {
      ...{ ports: this.#ports, rule, torrents, ownCommand },
      ...(signal !== undefined && { signal }),
    });
    const targets = opened.use(await this.#unlessStopped(opening));
    this.#record.watchTargets(targets);
    void targets.ended.then(({ message }) =>
      this.#endFor({ kind: "failed", code: "target-ended", message }),
    );
    const generators = opened.use(await this.#openGenerators());
    const run = this.#ports.random
      .integer(2 ** 32)
      .toString(16)
      .padStart(8, "0");
    await this.#unlessEnded(
      generators.prepare({ run, scenario, targets: targets.ready, torrents, rule }),
    );
    await this.#unlessEnded(targets.measureBase());
    return { targets, generators };
  }

  /** Programs that are about to start when the run is stopped end behind it. */
  async #unlessStopped(opening: Promise<Targets>): Promise<Targets> {
    try {
      await this.#unlessEnded(opening);
    } catch (error) {
      void opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
      throw error;
    }
    return await opening;
  }

  /** The work goes on behind an end; its owner is closed. */
  async #unlessEnded(work: Promise<unknown>): Promise<void> {
    work.catch(() => undefined);
    await Promise.race([work, this.#ending.promise]);
    if (this.#end !== undefined) throw new Error("the run has ended");
  }

  async #openGenerators(): Promise<Generators> {
    const { threads = 1, generators, workerUrls } = this.#options;
    const events: GeneratorEvents = {
      window: (generator, window) => this.#record.take(generator, window),
      lost: (generator, peers, reason) => this.#lost(generator, peers, reason),
    };
    if (generators !== undefined) return await generators(events);
    return localGenerators({ threads, events, ...(workerUrls !== undefined && { workerUrls }) });
  }

  #lost(generator: string, peers: PeersByGroup, reason: string): void {
    const isLast = this.#record.lose(generator, peers) === 0;
    if (this.#scenario.onLostAgent === "go-on" && !isLast) return;
    const message = `the generator ${generator} ended with ${allPeers(peers)} peers: ${reason}`;
    this.#endFor({ kind: "failed", code: "generator-lost", message });
  }

  async #measure(targets: Targets, generators: Generators): Promise<void> {
    const { clock, timers } = this.#ports;
    const startMs = clock.nowMs() + beginInMs;
    const startEpochMs = clock.epochMs() + beginInMs;
    const facts = this.#record.begin({ startMs, startEpochMs, generators });
    this.#options.onBegin?.(facts);
    generators.begin(startEpochMs);
    const over = timers.after(startMs + facts.durationMs + endLateMs - clock.nowMs(), () =>
      this.#endFor({ kind: "over" }),
    );
    const uses = this.#recordUses(targets, startMs);
    await this.#ending.promise;
    over.cancel();
    uses.end();
    this.#record.stop();
    await this.#endLoad(generators);
    this.#record.end();
  }

  async #endLoad(generators: Generators): Promise<void> {
    if (this.#end?.kind !== "over") return await generators.end("cut");
    const cut = this.#cut.promise.then(() => generators.end("cut"));
    await Promise.race([generators.end("drained"), cut]);
  }

  /**
   * Records the use of the local targets at the end of each second, and of the last one when the run ends within it.
   */
  #recordUses(targets: Targets, startMs: number): { end(): void } {
    const { clock, timers } = this.#ports;
    let second = 0;
    // Forgets what was used before the run.
    const begin = timers.after(startMs - clock.nowMs(), () => void targets.use());
    let timer = begin;
    const take = (): void => {
      this.#record.takeUse(second, targets.use());
      second += 1;
    };
    const wait = (): void => {
      timer = timers.after(startMs + (second + 1) * secondMs - clock.nowMs(), () => {
        take();
        wait();
      });
    };
    wait();
    return {
      end: () => {
        begin.cancel();
        timer.cancel();
        if (clock.nowMs() > startMs + second * secondMs) take();
      },
    };
  }
}
