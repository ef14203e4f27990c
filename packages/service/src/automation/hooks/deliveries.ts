// The tries of entries. Entries of a torrent for a hook share a lane, which keeps their order: each turn of a lane tries all of
// them, the oldest first, and those that fail stay for its next turn.
//
//   waiting ──a slot is free──► trying ──all have arrived──► ended
//   trying ──some have failed──► resting ──1 s, 2 s … 1 h, or a new entry──► waiting

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import { spellHook, type HookName, type OutboxEntry } from "./outbox-entry.ts";

/** Programs that run, and requests that are under way, at once. */
const mostAtOnce = 4;
const firstPauseMs = 1_000;
const longestPauseMs = 3_600_000;
/** An entry is tried for so long, then dropped with a warning. */
const longestMs = 24 * 3_600_000;

/** The end of a try: the entry has arrived, or a sentence says why not. */
export type TryEnd = "arrived" | { readonly failed: string };

/** The world of deliveries. */
interface DeliveryPorts {
  readonly clock: Pick<Clock, "epochMs">;
  readonly timers: Pick<Timers, "after">;
  /** Never rejects. @param signal Ends the try. */
  attempt(entry: OutboxEntry, signal: AbortSignal): Promise<TryEnd>;
  /** The entries have arrived, or were dropped. */
  ended(ids: readonly string[]): void;
  warned(code: string, message: string): void;
}

type LaneState =
  | { readonly kind: "waiting" }
  | { readonly kind: "trying" }
  | { readonly kind: "resting"; readonly timer: Timer };

interface Lane {
  readonly key: string;
  readonly hook: HookName;
  readonly entries: Map<string, OutboxEntry>;
  state: LaneState;
  /** Turns in a row in which an entry has failed. */
  failures: number;
}

/** Tries entries until they arrive. */
export class Deliveries {
  readonly #ports: DeliveryPorts;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that wait for a slot, by the kind of hook. */
  readonly #waiting = { hook: new Set<Lane>(), webhook: new Set<Lane>() };
  readonly #trying = { hook: 0, webhook: 0 };
  /** Hooks whose last try has failed. */
  readonly #failing = new Set<string>();
  readonly #end = new AbortController();

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Takes entries; a lane that rests has its turn now. */
  put(entries: readonly OutboxEntry[]): void {
    if (this.#end.signal.aborted) return;
    for (const entry of entries) this.#enter(entry);
    this.#fillSlots();
  }

  /** Ends further tries of entries. A try that is under way continues. */
  drop(entries: readonly OutboxEntry[]): void {
    for (const { hook, id, torrent } of entries)
      this.#lanes.get(laneKey(hook, torrent.infoHash))?.entries.delete(id);
  }

  /** Ends all tries. Their entries stay in the outbox. */
  close(): void {
    this.#end.abort();
    for (const { state } of this.#lanes.values())
      if (state.kind === "resting") state.timer.cancel();
    this.#lanes.clear();
  }

  #enter(entry: OutboxEntry): void {
    const { hook } = entry;
    const key = laneKey(hook, entry.torrent.infoHash);
    const lane = this.#lanes.get(key) ?? newLane(key, hook);
    this.#lanes.set(key, lane);
    lane.entries.set(entry.id, entry);
    if (lane.state.kind !== "trying") this.#wait(lane);
  }

  #wait(lane: Lane): void {
    if (lane.state.kind === "resting") lane.state.timer.cancel();
    lane.state = { kind: "waiting" };
    this.#waiting[lane.hook.kind].add(lane);
  }

  #fillSlots(): void {
    for (const kind of ["hook", "webhook"] as const)
      for (const lane of this.#waiting[kind]) {
        if (this.#trying[kind] >= mostAtOnce) break;
        this.#waiting[kind].delete(lane);
        void this.#turn(lane);
      }
  }

  async #turn(lane: Lane): Promise<void> {
    const { kind } = lane.hook;
    lane.state = { kind: "trying" };
    this.#trying[kind]++;
    let hasFailed = false;
    // A map gives also the entries that come meanwhile.
    for (const entry of lane.entries.values()) {
      const hasEnded = this.#isTooOld(entry) || (await this.#try(entry));
      if (this.#end.signal.aborted) return;
      if (hasEnded) lane.entries.delete(entry.id);
      hasFailed ||= !hasEnded;
    }
    this.#trying[kind]--;
    lane.failures = hasFailed ? lane.failures + 1 : 0;
    this.#afterTurn(lane);
    this.#fillSlots();
  }

  #afterTurn(lane: Lane): void {
    const [first] = lane.entries.values();
    if (first === undefined) {
      this.#lanes.delete(lane.key);
      return;
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** (lane.failures - 1), longestPauseMs);
    const timer = this.#ports.timers.after(pauseMs, () => {
      this.#wait(lane);
      this.#fillSlots();
    });
    lane.state = { kind: "resting", timer };
  }

  #isTooOld({ atMs, event, hook, id, torrent }: OutboxEntry): boolean {
    if (this.#ports.clock.epochMs() - atMs < longestMs) return false;
    const seen = `${event} of ${torrent.infoHash}`;
    const message = `the ${spellHook(hook)} does not hear of the event ${seen}: each try of 24 h has failed`;
    this.#ports.warned("hook-dropped", message);
    this.#ports.ended([id]);
    return true;
  }

  /** @returns Whether the entry has arrived. */
  async #try(entry: OutboxEntry): Promise<boolean> {
    const end = await this.#ports.attempt(entry, this.#end.signal);
    if (this.#end.signal.aborted) return false;
    const hook = spellHook(entry.hook);
    if (end === "arrived") {
      this.#failing.delete(hook);
      this.#ports.ended([entry.id]);
      return true;
    }
    // A hook that fails is named once, until it succeeds.
    if (!this.#failing.has(hook)) {
      const seen = `the event ${entry.event} of ${entry.torrent.infoHash}`;
      const message = `the ${hook} has failed at ${seen}: ${end.failed}; it is tried again for 24 h`;
      this.#ports.warned("hook-failed", message);
    }
    this.#failing.add(hook);
    return false;
  }
}

function newLane(key: string, hook: HookName): Lane {
  return { key, hook, entries: new Map(), state: { kind: "waiting" }, failures: 0 };
}

function laneKey(hook: HookName, infoHash: string): string {
  return `${spellHook(hook)} ${infoHash}`;
}
