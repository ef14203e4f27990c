// An agent: obeys leaders on the message server, one at a time, within the limits of its own command line.

import { settlesWithin, type Clock, type Timer, type Timers } from "@troupe/actor-runtime";
import { beatMs, leaderSilenceMs, presenceMs } from "../limits.ts";
import {
  beginRequestShape,
  endRequestShape,
  messageVersion,
  prepareRequestShape,
  refused,
  type AgentEntry,
  type DoneReply,
  type PrepareReply,
} from "../messages/messages.ts";
import { readMessage, toJson } from "../messages/json.ts";
import { beatsSubject, leaderSubject, requestSubject } from "../messages/subjects.ts";
import { hasLeader, nextAgentLife, type AgentEvent, type AgentLife } from "./agent-life.ts";
import { AgentRun, type OpenGenerators } from "./agent-run.ts";
import type { Bus, Unsubscribe } from "../bus/bus.ts";
import type { AddressRule } from "../../rules/address-rule.ts";

type EndOfLoad = Extract<AgentLife, { readonly kind: "ending" }>;

/** Windows that wait at the end of the process are given up after it. */
const lastSendMs = 3_000;

/** Parts of an agent. */
interface AgentParts {
  readonly name: string;
  readonly instance: string;
  readonly threads: number;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Address rule of the agent's own command line. */
  readonly rule: AddressRule;
  readonly openGenerators: OpenGenerators;
  /** Takes a sentence for the user. */
  readonly log: (sentence: string) => void;
}

/** A running agent. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #subscriptions: Unsubscribe[] = [];
  readonly #timers: Timer[] = [];
  #life: AgentLife = { kind: "free" };
  #run: AgentRun | undefined;
  #unhear: Unsubscribe | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  /** The present work of the agent. */
  get life(): AgentLife {
    return this.#life;
  }

  /** Appears in the list of agents, and obeys from now on. */
  async start(): Promise<void> {
    const { bus, name, timers } = this.#parts;
    this.#subscriptions.push(
      bus.answer(requestSubject(name, "prepare"), async (bytes) =>
        toJson(await this.#prepare(bytes)),
      ),
      bus.answer(requestSubject(name, "clock"), async () => toJson(this.#clock())),
      bus.answer(requestSubject(name, "begin"), async (bytes) => toJson(this.#begin(bytes))),
      bus.answer(requestSubject(name, "end"), async (bytes) => toJson(this.#end(bytes))),
    );
    await this.#announce();
    this.#timers.push(
      timers.every(beatMs, () => this.#beat()),
      timers.every(presenceMs / 3, () => void this.#announce().catch(() => {})),
    );
  }

  /** Ends the load, sends its windows, and leaves the list. */
  async stop(): Promise<void> {
    const { bus, name, timers, log } = this.#parts;
    this.#apply({ kind: "stop" });
    await settlesWithin(timers, lastSendMs, this.#ended);
    if (this.#run !== undefined && this.#run.unsent > 0) {
      log(
        `${this.#run.unsent} messages of the run ${this.#run.run} were not sent: the server is away`,
      );
    }
    for (const timer of this.#timers) timer.cancel();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#unhear?.();
    await this.#run?.close();
    if (bus.isConnected) await settlesWithin(timers, lastSendMs, bus.presence.delete(name));
  }

  async #announce(): Promise<void> {
    const { bus, name, instance, threads } = this.#parts;
    const entry: AgentEntry = {
      version: messageVersion,
      name,
      instance,
      threads,
      isBusy: this.#life.kind !== "free",
    };
    if (bus.isConnected) await bus.presence.put(name, toJson(entry));
  }

  async #prepare(bytes: Uint8Array): Promise<PrepareReply> {
    const request = readMessage(bytes, prepareRequestShape);
    if (request === undefined) return refused("plan-wrong", "the request to prepare is malformed");
    const { run, shares } = request;
    const { clock } = this.#parts;
    const isFree = this.#life.kind === "free" || this.#life.kind === "sending";
    if (!isFree) return refused("agent-busy", "the agent runs the load of another leader");
    // The server would drop the windows of a repeated run: it knows their ids.
    if (this.#run?.run === run) return refused("agent-busy", "the agent has had this run");
    this.#run = new AgentRun({ ...this.#parts, run, agent: this.#parts.name });
    this.#apply({ kind: "prepare", run, nowMs: clock.nowMs() });
    const reply = await this.#run.prepare(shares);
    this.#apply({ kind: reply.kind === "ready" ? "prepared" : "refused", run });
    return reply;
  }

  #clock(): { readonly epochMs: number } {
    return { epochMs: this.#parts.clock.epochMs() };
  }

  /** A start in the past would bring all arrivals so far at once, which its own rule may not allow. */
  #begin(bytes: Uint8Array): DoneReply {
    const request = readMessage(bytes, beginRequestShape);
    if (request === undefined || !this.#hasRun(request.run)) return { kind: "not-mine" };
    const { clock } = this.#parts;
    const isNew = this.#life.kind === "ready";
    if (isNew && Math.abs(request.atEpochMs - clock.epochMs()) > leaderSilenceMs) {
      return { kind: "not-now" };
    }
    this.#apply({ kind: "begin", run: request.run, nowMs: clock.nowMs() });
    if (isNew) this.#run?.begin(request.atEpochMs);
    return { kind: "done" };
  }

  #end(bytes: Uint8Array): DoneReply {
    const request = readMessage(bytes, endRequestShape);
    if (request === undefined || !this.#hasRun(request.run)) return { kind: "not-mine" };
    this.#apply({ kind: "end", run: request.run, how: request.how });
    return { kind: "done" };
  }

  #hasRun(run: string): boolean {
    return this.#life.kind !== "free" && this.#life.run === run;
  }

  #beat(): void {
    const { bus, clock, name } = this.#parts;
    this.#apply({ kind: "tick", nowMs: clock.nowMs() });
    if (this.#life.kind !== "free") {
      bus.publish(beatsSubject(this.#life.run), toJson({ agent: name }));
    }
  }

  #apply(event: AgentEvent): void {
    const before = this.#life;
    const life = nextAgentLife(before, event);
    this.#life = life;
    if (life.kind !== before.kind) this.#changed(before);
    if (life.kind === "ending" && life !== before) this.#ended = this.#endLoad(life);
  }

  #changed(before: AgentLife): void {
    const { bus, clock, log } = this.#parts;
    const life = this.#life;
    if (life.kind !== "free") log(`run ${life.run}: ${life.kind}`);
    if (life.kind === "preparing") {
      const { run } = life;
      this.#unhear?.();
      this.#unhear = bus.subscribe(leaderSubject(run), () =>
        this.#apply({ kind: "heard", run, nowMs: clock.nowMs() }),
      );
    }
    if (hasLeader(before) && !hasLeader(life)) this.#unhear?.();
    if (before.kind === "free" || life.kind === "free") void this.#announce().catch(() => {});
  }

  async #endLoad({ run, reason, how }: EndOfLoad): Promise<void> {
    const { log } = this.#parts;
    const ending = this.#run;
    if (reason !== undefined) log(`run ${run}: ${reason}; the load ends`);
    await ending?.end(reason, how);
    this.#apply({ kind: "ended", run });
    await ending?.sent();
    this.#apply({ kind: "sent", run });
  }
}
