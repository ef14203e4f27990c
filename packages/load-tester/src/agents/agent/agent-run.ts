// One run at an agent: the plan, the generators, and the windows on their way to the leader.

import { messageOf, type Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { LoadEnd } from "@troupe/load-peers";
import { planBytes, torrentBytes, windowBytes, windowsKept } from "../limits.ts";
import { ShapeError } from "../../json/shape.ts";
import { planShape, type PlanObject, type PrepareReply } from "../messages/messages.ts";
import { readJson } from "../messages/json.ts";
import { planObject, torrentObject } from "../messages/subjects.ts";
import { refusalOf } from "./judge-plan.ts";
import { Outbox } from "./outbox.ts";
import { windowParts } from "./window-parts.ts";
import type { Bus } from "../bus/bus.ts";
import type { ReadyTorrent } from "../../generator/generator.messages.ts";
import type { GeneratorEvents, Generators, ShareRange } from "../../generator/generators.ts";
import type { AddressRule } from "../../rules/address-rule.ts";

/** Opens the generators of this machine for one run. */
export type OpenGenerators = (events: GeneratorEvents) => Promise<Generators>;

/** Parts of a run at an agent. */
interface AgentRunParts {
  readonly run: string;
  readonly agent: string;
  readonly threads: number;
  readonly bus: Bus;
  readonly timers: Pick<Timers, "after">;
  readonly rule: AddressRule;
  readonly openGenerators: OpenGenerators;
}

/** A run at an agent. */
export class AgentRun {
  readonly run: string;
  readonly #parts: AgentRunParts;
  readonly #outbox: Outbox;
  #generators: Generators | undefined;
  #prepared: Promise<PrepareReply> | undefined;
  #ended: Promise<void> | undefined;

  constructor(parts: AgentRunParts) {
    const { agent, run, bus, timers, threads } = parts;
    this.run = run;
    this.#parts = parts;
    this.#outbox = new Outbox({
      agent,
      run,
      timers,
      stream: bus.windows,
      most: windowsKept * threads,
    });
  }

  /** Fetches the plan, judges it, and prepares the generators. Never rejects. */
  async prepare(shares: ShareRange): Promise<PrepareReply> {
    this.#prepared = this.#prepare(shares).catch(refusalOfError);
    return await this.#prepared;
  }

  begin(atEpochMs: number): void {
    this.#generators?.begin(atEpochMs);
  }

  /** Ends the load; resolves when every window is in the outbox. A second call may cut the drain. */
  async end(reason: string | undefined, how: LoadEnd): Promise<void> {
    if (this.#ended !== undefined) void this.#generators?.end(how);
    await (this.#ended ??= this.#end(reason, how));
  }

  async #end(reason: string | undefined, how: LoadEnd): Promise<void> {
    await this.#prepared;
    await this.#generators?.end(how);
    await this.close();
    const { dropped } = this.#outbox;
    this.#outbox.add({ kind: "ended", dropped, reason });
  }

  /** Resolves when the server has every window. */
  async sent(): Promise<void> {
    await this.#outbox.sent();
  }

  /** Messages that the server has not stored. */
  get unsent(): number {
    return this.#outbox.length;
  }

  /** Ends the generators without a word to the leader. */
  async close(): Promise<void> {
    await this.#generators?.[Symbol.asyncDispose]();
    this.#generators = undefined;
  }

  async #prepare(shares: ShareRange): Promise<PrepareReply> {
    const { run, rule, threads, openGenerators } = this.#parts;
    if (shares.count > threads) {
      throw new ShapeError(`the plan has ${shares.count} shares for ${threads} threads`);
    }
    const plan = await this.#fetchPlan();
    const refusal = refusalOf(plan, rule);
    if (refusal !== undefined) return refusal;
    const torrents = await this.#fetchTorrents(plan);
    const generators = await openGenerators(this.#events());
    this.#generators = generators;
    try {
      const { scenario, targets } = plan;
      await generators.prepare({ run, scenario, targets, torrents, rule, shares });
    } catch (error) {
      await this.close();
      throw error;
    }
    return {
      kind: "ready",
      generators: generators.facts.map(({ name, peers }) => ({ name, peers })),
    };
  }

  #events(): GeneratorEvents {
    return {
      window: (generator, window) => {
        for (const part of windowParts(window, windowBytes)) {
          this.#outbox.add({ kind: "window", generator, window: part });
        }
      },
      lost: (generator, peers, reason) =>
        this.#outbox.add({ kind: "lost", generator, peers, reason }),
    };
  }

  async #fetchPlan(): Promise<PlanObject> {
    const { bus, run } = this.#parts;
    const bytes = await bus.objects.get(planObject(run), planBytes);
    if (bytes === undefined) {
      throw new ShapeError(`the server has no plan of at most ${planBytes} bytes`);
    }
    return readJson(bytes, planBytes, planShape);
  }

  async #fetchTorrents({ torrents }: PlanObject): Promise<readonly ReadyTorrent[]> {
    const { bus, run } = this.#parts;
    const ready: ReadyTorrent[] = [];
    for (const [index, { name, content }] of torrents.entries()) {
      const metainfo = await bus.objects.get(torrentObject(run, index), torrentBytes);
      if (metainfo === undefined) {
        throw new ShapeError(`the server has no .torrent ${name} of at most ${torrentBytes} bytes`);
      }
      const kind = content === "pattern" ? "pattern" : "unknown";
      ready.push({ name, metainfo, content: { kind } });
    }
    return ready;
  }
}

function refusalOfError(error: unknown): PrepareReply {
  const isWrong = error instanceof ShapeError;
  const code = error instanceof TroupeError ? error.code : isWrong ? "plan-wrong" : "plan-failed";
  return { kind: "refused", code, message: messageOf(error).slice(0, 1_000) };
}
