// The run of one generator: its part of the plan, at the plan's times.

import { type Clock, pause, settlesWithin, type Timer, type Timers } from "@troupe/actor-runtime";
import type { LoadEnd } from "@troupe/load-peers";
import type { RunMeasures } from "../measures/run-measures.ts";
import type { Plan, RateIntents, Visit } from "../plan/plan.ts";
import type { RunningLoad } from "./load.ts";
import { RunSchedule } from "./run-schedule.ts";
import { ReadWatch } from "./read-watch.ts";
import type { WindowSender } from "./window-sender.ts";

/**
 * Visits and intents within a turn: sockets are read in between, also after a stall, and a target with a small receive
 * buffer loses no datagrams.
 */
const mostInTurn = 64;
/** After one read: the turn may have a thousand of them. */
const mostAfterRead = 2;
/** Actions that are due for less than this wait for more, and go out together: each single send may wake the target. */
const gatherMs = 0.25;
/** Slower loads are kept by timers, which are up to 2 ms late; faster ones busy a good part of a core anyway. */
const leastPolledPerSecond = 1_000;
/** Within this time of what is due the event loop polls. */
const pollMs = 2;
/** For loads to close their connections. */
const closeLimitMs = 1_000;
const secondMs = 1_000;
/** While the run drains, loads are asked so often whether they still wait. */
const lookMs = 10;

/** Parts of a run. */
interface ShareRunParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly plan: Plan;
  /** Fast open loads poll the event loop instead of waiting for timers. */
  readonly isPrecise: boolean;
  readonly measures: RunMeasures;
  /** In the order of the scenario's groups. */
  readonly loads: readonly RunningLoad[];
  /** Limits of the drain, of each load. */
  readonly drainsMs: readonly number[];
  readonly sender: WindowSender;
}

/** One generator's share of a run. */
export class ShareRun {
  readonly #parts: ShareRunParts;
  /** Empty after the end. */
  #schedule: RunSchedule;
  #startMs = 0;
  /** From the start of the run: a sample at or after this time makes the generator catch up. */
  #dueMs = Infinity;
  /** The window that is open. */
  #second = 0;
  #timer: Timer | undefined;
  readonly #reads: ReadWatch;
  #isEnded = false;
  readonly #over: () => void;

  /** @param over The planned time is over: the owner calls `drain`. */
  constructor(parts: ShareRunParts, over: () => void) {
    this.#parts = parts;
    this.#over = over;
    this.#schedule = new RunSchedule(parts.plan);
    const { clock, loads, measures, timers } = parts;
    this.#reads = new ReadWatch({
      clock,
      timers,
      awaitsAnswer: () => measures.isConnecting() || loads.some((load) => load.outstanding > 0),
      waited: (cameMs, readMs) => measures.waited(cameMs, readMs),
    });
  }

  /** @param startMs Start of the run, by the thread's clock. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#parts.measures.begin(startMs, (clockMs) => this.#see(clockMs));
    this.#reads.begin(startMs);
    this.#wait(0);
  }

  /** Sends nothing more. Resolves when every load has its answers, or its limit is over. */
  async drain(): Promise<void> {
    const { clock, drainsMs, loads, measures, plan, sender, timers } = this.#parts;
    this.#countMissed();
    this.#endSchedule();
    sender.add(measures.cut(this.#second, measures.gauges()));
    // Later than all seconds of the run: it counts in totals alone.
    this.#second = Math.ceil(plan.durationMs / secondMs);
    for (const load of loads) load.drain();
    const beganMs = clock.nowMs();
    const isWaiting = (): boolean =>
      loads.some((load, at) => load.isWaiting && clock.nowMs() - beganMs < (drainsMs[at] ?? 0));
    while (isWaiting() && !this.#isEnded) await pause(timers, lookMs);
    // After a stall answers wait in the sockets.
    await new Promise<void>((resolve) => timers.soon(resolve));
  }

  /** Closes every connection, and sends the last window. */
  async end(how: LoadEnd): Promise<void> {
    const { measures, loads, sender, timers } = this.#parts;
    this.#countMissed();
    this.stop();
    const gauges = measures.gauges();
    await settlesWithin(timers, closeLimitMs, Promise.all(loads.map((load) => load.end(how))));
    sender.add(measures.cut(this.#second, gauges));
    await sender.drained();
  }

  /** Nothing more comes; connections stay. */
  stop(): void {
    this.#isEnded = true;
    this.#reads.end();
    this.#endSchedule();
  }

  #endSchedule(): void {
    this.#timer?.cancel();
    this.#schedule = new RunSchedule({ visits: [], rates: [] });
    this.#dueMs = Infinity;
  }

  /** After a stall the leader may call for the end before the generator has caught up. */
  #countMissed(): void {
    const { clock, measures, plan } = this.#parts;
    const untilMs = Math.min(clock.nowMs() - this.#startMs, plan.durationMs);
    this.#schedule.runDue(untilMs, Infinity, {
      arrive: ({ group, arriveMs }) => this.#missVisit(group, this.#startMs + arriveMs),
      act: ({ group }, _index, atMs) => measures.missed(group, this.#startMs + atMs),
    });
  }

  #wait(handedOver: number): void {
    const { clock, measures, plan, timers } = this.#parts;
    const secondEndMs = (this.#second + 1) * secondMs;
    this.#dueMs = this.#schedule.nextMs;
    const nextMs = Math.min(this.#dueMs, secondEndMs, plan.durationMs);
    if (handedOver === mostInTurn) {
      this.#timer = soonTimer(timers, () => this.#wake());
      return;
    }
    const nowMs = clock.nowMs() - this.#startMs;
    const inMs = nextMs - nowMs;
    if (this.#isDense(nowMs + pollMs)) {
      this.#timer =
        inMs > pollMs
          ? timers.after(inMs - pollMs, () => this.#wake())
          : timers.exactly(inMs, (polledMs) => {
              measures.polled(polledMs);
              this.#wake();
            });
      return;
    }
    // Timers fire up to 2 ms late: set a little early, but never twice for nothing.
    this.#timer = timers.after(Math.max(0, handedOver > 0 ? inMs - 1 : inMs), () => this.#wake());
  }

  #isDense(atMs: number): boolean {
    return this.#parts.isPrecise && this.#schedule.perSecondAt(atMs) >= leastPolledPerSecond;
  }

  #wake(): void {
    const { clock, measures, plan, sender } = this.#parts;
    const nowMs = clock.nowMs() - this.#startMs;
    this.#dueMs = Infinity;
    let left = mostInTurn;
    for (;;) {
      const endMs = (this.#second + 1) * secondMs;
      left -= this.#runDue(Math.min(nowMs, endMs), left);
      if (left === 0) break;
      if (nowMs >= plan.durationMs && endMs >= plan.durationMs) return this.#over();
      if (nowMs < endMs) break;
      sender.add(measures.cut(this.#second, measures.gauges()));
      this.#second += 1;
    }
    this.#wait(mostInTurn - left);
  }

  /**
   * One turn of the event loop may read a thousand sockets, and timers wait for its end. Requests that are due
   * meanwhile are sent after the present read.
   */
  #see(clockMs: number): void {
    if (clockMs - this.#startMs < this.#dueMs + gatherMs) return;
    this.#dueMs = Infinity;
    void Promise.resolve().then(() => this.#catchUp());
  }

  #catchUp(): void {
    const nowMs = this.#parts.clock.nowMs() - this.#startMs;
    this.#runDue(Math.min(nowMs, (this.#second + 1) * secondMs), mostAfterRead);
    this.#dueMs = this.#schedule.nextMs;
  }

  /** @returns How much was handed to the loads. */
  #runDue(untilMs: number, most: number): number {
    return this.#schedule.runDue(untilMs, most, {
      arrive: (visit) => this.#arrive(visit),
      act: (intents, index, atMs) => this.#act(intents, index, atMs),
    });
  }

  #arrive(visit: Visit): void {
    const { loads, measures } = this.#parts;
    const { group, arriveMs } = visit;
    const plannedMs = this.#startMs + arriveMs;
    if (!this.#isOpen(group)) measures.planned(group, plannedMs);
    loads[group]?.arrive(visit, plannedMs);
  }

  #act(intents: RateIntents, index: number, atMs: number): void {
    const { loads, measures } = this.#parts;
    measures.planned(intents.group, this.#startMs + atMs);
    loads[intents.group]?.act(intents, index, this.#startMs + atMs);
  }

  #missVisit(group: number, plannedMs: number): void {
    if (!this.#isOpen(group)) this.#parts.measures.missed(group, plannedMs);
  }

  /** The plan of an open load is its actions, of another one its visits. */
  #isOpen(group: number): boolean {
    return this.#parts.plan.rates.some((intents) => intents.group === group);
  }
}

/** After what waits in sockets. */
function soonTimer(timers: Pick<Timers, "soon">, task: () => void): Timer {
  let state: "waiting" | "cancelled" = "waiting";
  timers.soon(() => {
    if (state === "waiting") task();
  });
  return {
    cancel() {
      state = "cancelled";
    },
  };
}
