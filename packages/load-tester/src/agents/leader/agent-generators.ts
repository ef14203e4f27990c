// The generators of a run at agents: divides it, starts and ends it, collects windows, notices losses.

import {
  messageOf,
  pause,
  settlesWithin,
  type Clock,
  type Random,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { LoadEnd } from "@troupe/load-peers";
import { isLoopbackAddress } from "@troupe/protocol/address";
import { scenarioJson } from "../../scenario/scenario-json.ts";
import { beatMs, planBytes, torrentBytes } from "../limits.ts";
import {
  agentBeatShape,
  messageVersion,
  plannedTorrent,
  streamMessageShape,
  type AgentEntry,
  type SentPlan,
} from "../messages/messages.ts";
import { readMessage, toJson } from "../messages/json.ts";
import { beatsSubject, leaderSubject, planObject, torrentObject } from "../messages/subjects.ts";
import { RemoteAgent } from "./remote-agent.ts";
import { shareThreads } from "./share-threads.ts";
import { WindowBounds } from "./window-bounds.ts";
import type { Bus, Unsubscribe } from "../bus/bus.ts";
import type { GeneratorEvents, GeneratorRun, Generators } from "../../generator/generators.ts";
import type { Share } from "../../plan/plan.ts";
import type { GeneratorFacts } from "../../results/result.ts";

/** After it, and after the drain, a run ends without the windows that are missing. */
const endMs = 2_000;
const lookMs = 20;
const tidyMs = 2_000;

/** Parts of the generators of a leader. */
interface AgentGeneratorsParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly agents: readonly AgentEntry[];
  readonly events: GeneratorEvents;
  /** Takes a sentence for the user. */
  readonly log: (sentence: string) => void;
}

/** Generators on other machines. */
export class AgentGenerators implements Generators {
  readonly #parts: AgentGeneratorsParts;
  readonly #run: string;
  readonly #agents: ReadonlyMap<string, RemoteAgent>;
  readonly #subscriptions: Unsubscribe[] = [];
  readonly #timers: Timer[] = [];
  readonly #objects: string[] = [];
  #drainMs = 0;
  #beatAtMs = Infinity;
  #begun: Promise<unknown> = Promise.resolve();

  constructor(parts: AgentGeneratorsParts) {
    this.#parts = parts;
    const run = Buffer.from(parts.random.bytes(8)).toString("hex");
    this.#run = run;
    const shares = shareThreads(parts.agents.map(({ threads }) => threads));
    this.#agents = new Map(
      parts.agents.flatMap((entry, index) => {
        const own = shares[index];
        return own === undefined
          ? []
          : [[entry.name, new RemoteAgent({ ...parts, run, entry, shares: own })] as const];
      }),
    );
    parts.bus.onConnection((isConnected) => {
      const kind = isConnected ? "connected" : "disconnected";
      for (const agent of this.#all()) agent.apply({ kind, nowMs: parts.clock.nowMs() });
    });
  }

  get facts(): readonly GeneratorFacts[] {
    return this.#all().flatMap(({ facts }) => facts);
  }

  get unheard(): ReadonlyMap<string, Share> {
    return new Map(this.#all().flatMap(({ unheard }) => unheard));
  }

  async prepare(run: GeneratorRun): Promise<void> {
    const { bus, timers } = this.#parts;
    this.#timers.push(timers.every(beatMs, () => this.#beat()));
    this.#subscriptions.push(
      bus.subscribe(beatsSubject(this.#run), (bytes) => this.#takeBeat(bytes)),
      await bus.windows.read(this.#run, (bytes) => this.#takeMessage(bytes)),
    );
    this.#noteLoopback(run);
    this.#drainMs = run.scenario.drainMs;
    await this.#putPlan(run);
    const bounds = new WindowBounds(run.scenario);
    await settleAll(this.#all().map((agent) => agent.prepare(bounds)));
    // After the agents have drawn their shares: nothing else delays a round trip then.
    await settleAll(this.#all().map((agent) => agent.compareClocks()));
  }

  begin(atEpochMs: number): void {
    this.#begun = Promise.all(this.#all().map((agent) => agent.begin(atEpochMs)));
  }

  async end(how: LoadEnd): Promise<void> {
    for (const agent of this.#all()) void agent.end(how);
    // Looks are counted: time in which the leader had no core is none in which it could hear the agents.
    let leftMs = endMs + (how === "drained" ? this.#drainMs : 0);
    for (; leftMs > 0 && this.#all().some(({ isThere }) => isThere); leftMs -= lookMs) {
      await pause(this.#parts.timers, lookMs);
    }
    for (const agent of this.#all()) {
      const reason = "its last windows did not come in time";
      if (agent.view.kind === "ending") agent.apply({ kind: "failed", reason });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { bus, timers } = this.#parts;
    if (this.#all().some(({ view }) => view.kind === "in-run")) await this.end("cut");
    for (const agent of this.#all()) if (agent.view.kind === "preparing") agent.dismiss();
    await this.#begun;
    for (const timer of this.#timers) timer.cancel();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    if (bus.isConnected) await settlesWithin(timers, tidyMs, this.#tidy());
    await bus[Symbol.asyncDispose]();
  }

  #all(): readonly RemoteAgent[] {
    return [...this.#agents.values()];
  }

  /** Agents may run on the machine of the leader: it is no error. */
  #noteLoopback({ targets }: GeneratorRun): void {
    for (const { name, host } of targets) {
      if (!isLoopbackAddress(host)) continue;
      this.#parts.log(`the target ${name} is at ${host}: there each agent reaches its own machine`);
    }
  }

  async #putPlan(run: GeneratorRun): Promise<void> {
    const plan: SentPlan = {
      version: messageVersion,
      scenario: scenarioJson(run.scenario),
      targets: run.targets,
      torrents: run.torrents.map(plannedTorrent),
    };
    await this.#putObject(planObject(this.#run), toJson(plan), planBytes);
    for (const [index, { metainfo }] of run.torrents.entries()) {
      await this.#putObject(torrentObject(this.#run, index), metainfo, torrentBytes);
    }
  }

  async #putObject(name: string, bytes: Uint8Array, most: number): Promise<void> {
    if (bytes.length > most) {
      throw new TroupeError(
        "plan-too-large",
        `cannot send the plan to the agents: a part of it has ${bytes.length} bytes, ${most} are allowed`,
      );
    }
    this.#objects.push(name);
    await this.#parts.bus.objects.put(name, bytes);
  }

  #beat(): void {
    const { bus, clock } = this.#parts;
    bus.publish(leaderSubject(this.#run), toJson({}));
    const nowMs = clock.nowMs();
    // A leader that had no core has not read the beats of its agents: their silence counts from now on.
    const kind = nowMs - this.#beatAtMs > 2 * beatMs ? "heard" : "tick";
    this.#beatAtMs = nowMs;
    for (const agent of this.#all()) agent.apply({ kind, nowMs });
  }

  #takeBeat(bytes: Uint8Array): void {
    const beat = readMessage(bytes, agentBeatShape);
    const agent = beat && this.#agents.get(beat.agent);
    if (agent?.view.kind === "lost" || agent?.view.kind === "rejected") agent.dismiss();
    agent?.apply({ kind: "heard", nowMs: this.#parts.clock.nowMs() });
  }

  #takeMessage(bytes: Uint8Array): void {
    const message = readMessage(bytes, streamMessageShape);
    const agent = message && this.#agents.get(message.agent);
    if (message === undefined || agent === undefined) return;
    try {
      agent.take(message);
    } catch (error) {
      // Nothing of this agent is believed from now on.
      const reason = `the agent sent a window that cannot be read: ${messageOf(error)}`;
      agent.apply({ kind: "malformed", reason });
    }
  }

  async #tidy(): Promise<void> {
    const { bus } = this.#parts;
    const objects = this.#objects.map((name) => bus.objects.delete(name));
    await Promise.allSettled([...objects, bus.windows.purge(this.#run)]);
  }
}

/** Waits for all, so that no request is under way when the first error is thrown. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
