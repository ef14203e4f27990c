import { asFault, codeOf, type Context, type Ports } from "@troupe/actor-runtime";
import type { LoadEnd } from "@troupe/load-peers";
import { RunMeasures } from "../measures/run-measures.ts";
import type { Plan, Share } from "../plan/plan.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type GeneratorLife, type LifeEvent, nextLife } from "./generator-life.ts";
import type { GeneratorAnswer, GeneratorProtocol, PrepareRun } from "./generator.messages.ts";
import type { RunningLoad } from "./load.ts";
import { ShareRun } from "./share-run.ts";
import { WindowSender } from "./window-sender.ts";

/** The parts of a generator that tests replace. */
export interface GeneratorServices {
  /** @returns The share of a generator; the same for the same scenario. */
  drawPlan(scenario: Scenario, share: Share): Plan;
  /** @throws rejects with an error with a code: the run cannot begin. */
  makeLoads(ports: Ports, run: PrepareRun, measures: RunMeasures): Promise<MadeLoads>;
}

/** The loads of a generator. */
export interface MadeLoads {
  /** In the order of the scenario's groups. */
  readonly loads: readonly RunningLoad[];
  /** Sentences for the result. */
  readonly remarks: readonly string[];
}

/** One incarnation of a generator. */
export class LoadGenerator {
  readonly #context: Context<GeneratorProtocol>;
  readonly #services: GeneratorServices;
  #life: GeneratorLife = { kind: "idle" };

  constructor(context: Context<GeneratorProtocol>, services: GeneratorServices) {
    this.#context = context;
    this.#services = services;
  }

  async prepare(asked: PrepareRun): Promise<GeneratorAnswer> {
    if (this.#life.kind !== "idle") throw new TypeError("bug: a generator serves one run");
    this.#move({ kind: "prepare" });
    try {
      const { run, remarks } = await this.#makeRun(asked);
      this.#move({ kind: "prepared", run });
      return { kind: "ready", remarks };
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#move({ kind: "refuse" });
      return { kind: "refused", ...asFault(error) };
    }
  }

  /** @param atEpochMs Start of the run, by the calendar. */
  begin(atEpochMs: number): void {
    const { clock } = this.#context;
    if (this.#life.kind !== "ready") return;
    const { run } = this.#life;
    this.#move({ kind: "begin" });
    run.begin(clock.nowMs() + atEpochMs - clock.epochMs());
  }

  /** The load is over: waits for the last answers, then ends. A generator that drains already goes on. */
  drain(): void {
    if (this.#life.kind === "draining") return;
    if (this.#life.kind !== "running") return this.end("cut");
    const { run } = this.#life;
    this.#move({ kind: "drain" });
    run
      .drain()
      .then(() => this.end("drained"))
      .catch((error: unknown) => this.#context.fail(error));
  }

  end(how: LoadEnd): void {
    const before = this.#life;
    this.#move({ kind: "end" });
    if (this.#life === before) return;
    const isLoaded = before.kind === "running" || before.kind === "draining";
    const ended = isLoaded ? before.run.end(how) : Promise.resolve();
    ended
      .then(() => {
        this.#move({ kind: "closed" });
        this.#context.emit("run-ended", {});
      })
      .catch((error: unknown) => this.#context.fail(error));
  }

  /** Its sockets close with the actor. */
  stop(): void {
    if (this.#life.kind === "running" || this.#life.kind === "draining") this.#life.run.stop();
    this.#move({ kind: "end" });
  }

  #move(event: LifeEvent): void {
    this.#life = nextLife(this.#life, event);
  }

  async #makeRun(
    asked: PrepareRun,
  ): Promise<{ readonly run: ShareRun; readonly remarks: readonly string[] }> {
    const context = this.#context;
    const { clock, timers } = context;
    const { phases, groups, drainMs } = asked.scenario;
    const drainsMs = Object.values(groups).map((group) => Math.min(drainMs, group.timeoutMs));
    const measures = new RunMeasures(phases, Object.keys(groups), () => clock.nowMs());
    const sender = new WindowSender(timers, (window) => context.emit("window-ended", { window }));
    const plan = this.#services.drawPlan(asked.scenario, asked.share);
    const { loads, remarks } = await this.#services.makeLoads(context, asked, measures);
    const isPrecise = asked.scenario.precise;
    const parts = { clock, timers, plan, isPrecise, measures, loads, drainsMs, sender };
    return { run: new ShareRun(parts, () => this.drain()), remarks };
  }
}
