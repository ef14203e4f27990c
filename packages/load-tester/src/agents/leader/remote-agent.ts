// One agent of a run, as its leader handles it: requests that are repeated, its view, and its messages, each counted once.

import { pause, type Clock, type Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { LoadEnd } from "@troupe/load-peers";
import type { Shape } from "../../json/shape.ts";
import { clockRoundTrips, messageBytes, prepareMs } from "../limits.ts";
import {
  clockReplyShape,
  doneReplyShape,
  prepareReplyShape,
  type AgentEntry,
  type DoneReply,
  type StreamMessage,
} from "../messages/messages.ts";
import { readJson, toJson } from "../messages/json.ts";
import { requestSubject, type AgentRequest } from "../messages/subjects.ts";
import { nextAgentView, type AgentView, type ViewEvent } from "./agent-view.ts";
import { clockOffset, type RoundTrip } from "./clock-offset.ts";
import { RemoteThread } from "./remote-thread.ts";
import type { WindowBounds } from "./window-bounds.ts";
import type { Bus } from "../bus/bus.ts";
import type { GeneratorEvents, ShareRange } from "../../generator/generators.ts";
import type { Share } from "../../plan/plan.ts";
import type { GeneratorFacts } from "../../results/result.ts";

const answerMs = 1_000;
const repeatMs = 250;

/** Parts of a remote agent. */
interface RemoteAgentParts {
  readonly entry: AgentEntry;
  readonly shares: ShareRange;
  readonly run: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after">;
  readonly events: GeneratorEvents;
}

/** An agent of a run. */
export class RemoteAgent {
  readonly name: string;
  readonly #parts: RemoteAgentParts;
  #threads: ReadonlyMap<string, RemoteThread> = new Map();
  #view: AgentView = { kind: "preparing" };
  /** Milliseconds by which its clock is ahead. */
  #offsetMs = 0;
  #next = 0;
  #taken = 0;
  /** Messages that never came, of any of its threads. */
  #missing = 0;

  constructor(parts: RemoteAgentParts) {
    this.#parts = parts;
    this.name = parts.entry.name;
  }

  get view(): AgentView {
    return this.#view;
  }

  /** One entry a thread. */
  get facts(): readonly GeneratorFacts[] {
    return [...this.#threads.values()].map(({ facts }) => facts);
  }

  /** Shares whose windows did not all come, by the name of the thread. */
  get unheard(): readonly (readonly [string, Share])[] {
    const threads = [...this.#threads.values()];
    return threads
      .filter(({ isLost }) => isLost || this.#missing > 0)
      .map(({ name, share }) => [name, share] as const);
  }

  /** Whether the leader waits for its messages. */
  get isThere(): boolean {
    return this.#view.kind === "in-run" || this.#view.kind === "ending";
  }

  /** Has it fetch and prepare its share. @throws TroupeError `agent-refused` or `agent-silent`. */
  async prepare(bounds: WindowBounds): Promise<void> {
    const { bus, clock, run, shares } = this.#parts;
    const reply = await this.#ask("prepare", { run, shares }, prepareReplyShape, prepareMs);
    if (reply.kind === "refused") {
      throw new TroupeError(
        "agent-refused",
        `the agent ${this.name} refuses the run: ${reply.message}`,
        { details: { agent: this.name, code: reply.code } },
      );
    }
    const { length } = reply.generators;
    this.#threads = new Map(
      reply.generators.map(({ name, peers }, index) => {
        const own = length === 1 ? this.name : `${this.name}/${name}`;
        const share = { index: shares.first + index, of: shares.of };
        const { events } = this.#parts;
        return [name, new RemoteThread({ name: own, peers, share, events, bounds })];
      }),
    );
    this.apply({ kind: "prepared", nowMs: clock.nowMs(), isConnected: bus.isConnected });
  }

  /** Compares the clocks; one round trip suffices. @throws TroupeError `agent-silent`. */
  async compareClocks(): Promise<void> {
    const { clock } = this.#parts;
    const trips: RoundTrip[] = [];
    let silence: unknown;
    for (let count = 0; count < clockRoundTrips; count++) {
      const askedMs = clock.epochMs();
      try {
        const { epochMs } = await this.#ask("clock", {}, clockReplyShape, answerMs);
        trips.push({ askedMs, answeredMs: clock.epochMs(), theirMs: epochMs });
      } catch (error) {
        silence = error;
      }
    }
    if (trips.length === 0) throw silence;
    this.#offsetMs = clockOffset(trips);
  }

  /** Starts its load at a time of the leader's clock. */
  async begin(atEpochMs: number): Promise<void> {
    const at = atEpochMs + this.#offsetMs;
    const request = { run: this.#parts.run, atEpochMs: at };
    const reply = await this.#repeat("begin", request, () => this.#view.kind === "in-run");
    if (reply?.kind === "not-mine") {
      this.apply({ kind: "failed", reason: "the agent was started again" });
    }
    if (reply?.kind === "not-now") {
      this.apply({ kind: "failed", reason: "the start is not near the time of its clock" });
    }
  }

  /** Ends its load. */
  async end(how: LoadEnd): Promise<void> {
    this.apply({ kind: "end" });
    await this.#repeat("end", { run: this.#parts.run, how }, () => this.#view.kind === "ending");
  }

  /** Ends what it does for this run, without waiting for it. */
  dismiss(): void {
    void this.#ask("end", { run: this.#parts.run, how: "cut" }, doneReplyShape, answerMs).catch(
      () => {},
    );
  }

  /** Changes the view; a loss is reported once for each thread. */
  apply(event: ViewEvent): void {
    this.#view = nextAgentView(this.#view, event);
    if (this.#view.kind !== "lost" && this.#view.kind !== "rejected") return;
    for (const thread of this.#threads.values()) thread.lose(this.#view.reason);
  }

  /**
   * Takes a message of the stream; a repeated one changes nothing, nor does any of an agent that sent a malformed window.
   *
   * @throws the fault of a window.
   */
  take(message: StreamMessage): void {
    if (message.number < this.#next || this.#view.kind === "rejected") return;
    this.#next = message.number + 1;
    if (message.kind === "ended") {
      const [thread] = this.#threads.values();
      this.#missing = message.number - this.#taken;
      thread?.miss(this.#missing);
      this.apply({ kind: "ended", reason: message.reason });
      return;
    }
    this.#taken += 1;
    const thread = this.#threads.get(message.generator);
    if (message.kind === "lost") thread?.lose(message.reason, message.peers);
    else thread?.take(message.window);
  }

  async #ask<Value>(
    request: AgentRequest,
    value: unknown,
    shape: Shape<Value>,
    limitMs: number,
  ): Promise<Value> {
    const { bus } = this.#parts;
    try {
      const bytes = await bus.request(requestSubject(this.name, request), toJson(value), limitMs);
      return readJson(bytes, messageBytes, shape);
    } catch (error) {
      throw new TroupeError(
        "agent-silent",
        `the agent ${this.name} did not answer the request "${request}" within ${limitMs / 1000} s`,
        { cause: error },
      );
    }
  }

  async #repeat(
    request: AgentRequest,
    value: unknown,
    goesOn: () => boolean,
  ): Promise<DoneReply | undefined> {
    while (goesOn()) {
      try {
        return await this.#ask(request, value, doneReplyShape, answerMs);
      } catch {
        await pause(this.#parts.timers, repeatMs);
      }
    }
    return undefined;
  }
}
