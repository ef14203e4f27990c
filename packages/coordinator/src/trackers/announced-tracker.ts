// One tracker of a torrent: its state in each address family, and the announces to it.
//
// A public torrent announces over both families at once. A private torrent announces over one: the family that replied
// last, and the other one when it fails. The second family continues what the first one began, without `started`.

import type { TrackerStatus } from "@troupe/messages";
import type { AddressFamily, AnnounceEvent, AnnounceRequest } from "@troupe/protocol/tracker";
import { readFailure, silent, worstOf } from "./announce-failure.ts";
import type { AnnounceCounters, AnnounceFigures } from "./announce-figures.ts";
import type { AnnounceOptions, Farewell } from "./announce-options.ts";
import {
  dueEvent,
  dueTime,
  initialState,
  nextState,
  type AnnounceChange,
  type AnnounceState,
  wantedAtMs,
} from "./announce-state.ts";
import { withoutUs } from "./without-us.ts";
import type { AnnouncerEnvironment } from "./announcer-environment.ts";
import { mayAsk, statusOf, timeTogether } from "./family-states.ts";
import type { Announced } from "./http-tracker.ts";
import { familiesOf } from "./tracker-transport.ts";

const wantedPeers = 200;
/** Time limit of a private tracker over one family, waits included. */
const oneFamilyMs = 45_000;

/** The torrent of a tracker. */
interface TrackerTorrent {
  readonly environment: AnnouncerEnvironment;
  readonly figures: AnnounceFigures;
  readonly isPrivate: boolean;
}

type Failure = ReturnType<typeof readFailure>;
type Result = "replied" | "given-up" | Failure;

interface Sending {
  readonly event: AnnounceEvent | undefined;
  readonly over: Promise<unknown>;
  /** Once it is sent; undefined for `started`. */
  figures?: AnnounceCounters;
  /** Behind other torrents, at a silent address. */
  isWaiting: boolean;
}

/** A tracker of one torrent. */
export class AnnouncedTracker {
  readonly url: string;
  readonly tier: number;
  /** A change that may bring the next announce forward. */
  changed: () => void = () => {};
  readonly #torrent: TrackerTorrent;
  readonly #states = new Map<AddressFamily, AnnounceState>();
  /** Announces under way. */
  readonly #sendings = new Map<AddressFamily, Sending>();
  /** In the last announce. */
  readonly #announcedPorts = new Map<AddressFamily, number>();
  /** Random. Announces under way together are due together the next time. */
  #chance = 0;
  /** Private torrents: the family that replied last. */
  #family: AddressFamily;

  /**
   * @param before A tracker of the same URL, whose announces this one continues: of a public torrent over each family, of
   *   a private one over the family that works.
   */
  constructor(url: string, tier: number, torrent: TrackerTorrent, before?: AnnouncedTracker) {
    const families = familiesOf(url, torrent.environment.families);
    const known = families.find((family) => before?.stateOf(family).presence === "started");
    this.url = url;
    this.tier = tier;
    this.#torrent = torrent;
    this.#family = known ?? families[0] ?? 4;
    for (const family of families) {
      const isContinued = !torrent.isPrivate || family === this.#family;
      this.#states.set(family, (isContinued ? before : undefined)?.stateOf(family) ?? initialState);
    }
  }

  /** The state in one address family. */
  stateOf(family: AddressFamily): AnnounceState {
    return this.#states.get(family) ?? initialState;
  }

  /** Replied to its last announce over a family. */
  get isWorking(): boolean {
    return [...this.#states.values()].some(({ outcome }) => outcome === "working");
  }

  /** The tracker replied to `started`, and `stopped` was not sent. */
  get isKnown(): boolean {
    return [...this.#states.values()].some(({ presence }) => presence === "started");
  }

  /** An announce is under way that does not wait at a silent address. */
  get wasRevoked(): boolean {
    return [...this.#sendings.values()].some(({ isWaiting }) => !isWaiting);
  }

  /** The torrent starts; or our address has changed, or the network is back. */
  begin(change: "begin" | "network" = "begin"): void {
    const nowMs = this.#nowMs;
    for (const family of this.#states.keys()) this.#change(family, { change, nowMs });
  }

  /** `completed` is due wherever `started` was sent. */
  complete(): void {
    for (const family of this.#states.keys()) this.#change(family, { change: "complete" });
    this.changed();
  }

  /** Our port has changed: the next announce comes as early as the tracker permits. */
  portChanged(): void {
    for (const family of this.#states.keys()) this.#announcePort(family);
    this.changed();
  }

  /** The user wants an announce. @returns Milliseconds until the tracker permits one; 0: it is due now, or under way. */
  request(): number {
    const nowMs = this.#nowMs;
    if (this.wasRevoked) return 0;
    for (const family of this.#states.keys())
      if (!this.#sendings.has(family)) this.#change(family, { change: "request", nowMs });
    const found = this.#idle().filter((family) => this.stateOf(family).outcome !== "missing");
    if (found.length === 0) return 0;
    return Math.max(
      0,
      Math.min(...found.map((family) => this.stateOf(family).earliestAtMs)) - nowMs,
    );
  }

  /** Time of the next announce. @param isHungry A download has no peers. */
  dueAtMs(isHungry: boolean): number {
    return timeTogether(this.#idle().map((family) => dueTime(this.stateOf(family), isHungry)));
  }

  /** The tracker wants no announce before it, whichever the family; 0 where it has no wish. */
  get wantedAtMs(): number {
    return Math.max(0, ...this.#failed().map(wantedAtMs));
  }

  /** No round asks the tracker earlier; 0 before the first failure. A family that stays dead does not hold up the other one. */
  get retryAtMs(): number {
    const failed = this.#failed();
    if (failed.length === 0) return 0;
    return Math.max(this.wantedAtMs, Math.min(...failed.map(({ retryAtMs }) => retryAtMs)));
  }

  /** The families to announce over outside of a round: `completed`, or a due announce beside a family that works. */
  dueDirectly(isHungry: boolean): readonly AddressFamily[] {
    const nowMs = this.#nowMs;
    const due = this.#idle().filter((family) => dueTime(this.stateOf(family), isHungry) <= nowMs);
    const completing = due.filter((family) => dueEvent(this.stateOf(family)) === "completed");
    if (completing.length > 0 || this.#torrent.isPrivate) return completing;
    const others = [...this.#states.keys()].filter((family) => !due.includes(family));
    return others.some((family) => this.stateOf(family).outcome === "working") ? due : [];
  }

  /** The families that a round may ask: those that are due, and those that do not work. */
  askable(isHungry: boolean): readonly AddressFamily[] {
    const nowMs = this.#nowMs;
    if (!this.isWorking && this.retryAtMs > nowMs) return [];
    // After a failure over one family a private torrent announces over the other one.
    if (!this.isWorking && this.#torrent.isPrivate) return this.#idle();
    return this.#idle().filter((family) => mayAsk(this.stateOf(family), { isHungry, nowMs }));
  }

  /**
   * @returns Whether the tracker replied over a family, as soon as one did; false once all have failed, or wait at silent
   *   addresses, where they go on waiting.
   */
  async announce(families: readonly AddressFamily[], turn: AnnounceOptions): Promise<boolean> {
    if (families.length === 0) return false;
    if (this.#torrent.isPrivate) return await this.#announceOverOne(turn);
    // The figures of `started` are those of the last announce, which a further family of this turn may send.
    const starts = (family: AddressFamily): number =>
      Number(dueEvent(this.stateOf(family)) === "started");
    const startsLast = families.toSorted((one, other) => starts(one) - starts(other));
    const all = startsLast.map((family) => {
      const waiting = Promise.withResolvers<Result>();
      const over = this.#announceOver(family, turn, { waits: waiting.resolve });
      return Promise.race([over, waiting.promise]);
    });
    void Promise.all(all).then((results) => this.#reportFailure(results));
    const replies = all.map(async (result) => (await result) === "replied" || Promise.reject());
    return await Promise.any(replies).catch(() => false);
  }

  /** Sends `stopped` over each family that `started` was sent over, after a due `completed` over both. */
  async stop(farewell: Farewell): Promise<void> {
    const turn = { ...farewell, signal: farewell.end };
    const informed = [...this.#states.keys()].filter((family) => this.#isInformedOver(family));
    const completing = informed.flatMap((family) => this.#completeOver(family, turn) ?? []);
    for (const family of this.#states.keys()) this.#change(family, { change: "stop" });
    if (completing.length > 0) {
      await Promise.race([Promise.allSettled(completing), farewell.patience]);
    }
    // Not retried: the tracker drops us by its own time-out.
    await Promise.allSettled(informed.map((family) => this.#send(family, "stopped", turn)));
  }

  status(): Omit<TrackerStatus, "nextInSeconds"> {
    return { url: this.url, tier: this.tier, ...statusOf([...this.#states.values()]) };
  }

  get #nowMs(): number {
    return this.#torrent.environment.clock.nowMs();
  }

  /** The states of failed families; of missing ones if none has failed. */
  #failed(): readonly AnnounceState[] {
    const states = [...this.#states.values()];
    const failed = states.filter(({ outcome }) => outcome === "failed");
    return failed.length > 0 ? failed : states.filter(({ outcome }) => outcome === "missing");
  }

  /** Families without an announce under way. A private torrent's tracker has one at most. */
  #idle(): AddressFamily[] {
    if (this.#torrent.isPrivate) return this.#sendings.size > 0 ? [] : [this.#family];
    return [...this.#states.keys()].filter((family) => !this.#sendings.has(family));
  }

  async #announceOverOne(turn: AnnounceOptions): Promise<boolean> {
    const last = this.#family;
    const results: Result[] = [];
    const others = [...this.#states.keys()].filter((family) => family !== last);
    for (const family of [last, ...others]) {
      if (family !== last && this.stateOf(family).earliestAtMs > this.#nowMs) continue;
      this.#continueOver(family);
      const result = await this.#announceByHashes(family, turn);
      if (result === "replied") return true;
      if (result === "given-up") return false;
      results.push(result);
      if (result.isRefusal === true) break;
    }
    this.#continueOver(last);
    this.#reportFailure(results);
    return false;
  }

  /** A tracker may know a hybrid by one of its hashes alone. */
  async #announceByHashes(family: AddressFamily, turn: AnnounceOptions): Promise<Result> {
    const isNew = !this.isKnown;
    const result = await this.#announceInTime(family, turn);
    const isRefused = typeof result === "object" && result.code === "tracker-refused";
    if (!isNew || !isRefused || !this.#torrent.environment.turnHash(this.url)) return result;
    return await this.#announceByHashes(family, turn);
  }

  async #announceInTime(family: AddressFamily, turn: AnnounceOptions): Promise<Result> {
    const { timers } = this.#torrent.environment;
    const limit = new AbortController();
    const timer = timers.after(oneFamilyMs, () => limit.abort(silent()));
    try {
      return await this.#announceOver(family, turn, { limit: limit.signal });
    } finally {
      timer.cancel();
    }
  }

  /** The tracker knows one peer, whichever family it announces over. */
  #continueOver(family: AddressFamily): void {
    if (family === this.#family) return;
    const { presence, completed, trackerId } = this.stateOf(this.#family);
    this.#states.set(family, { ...this.stateOf(family), presence, completed, trackerId });
    this.#change(this.#family, { change: "stop" });
    this.#family = family;
  }

  async #announceOver(
    family: AddressFamily,
    turn: AnnounceOptions,
    { limit, waits }: { limit?: AbortSignal; waits?: (failure: Failure) => void },
  ): Promise<Result> {
    const event = dueEvent(this.stateOf(family));
    const cancelled = event === "completed" ? turn.end : turn.signal;
    const signal = limit === undefined ? cancelled : AbortSignal.any([cancelled, limit]);
    this.#change(family, { change: "send", event });
    const fail = (error: unknown): Failure => {
      const failure = readFailure(error);
      this.#change(family, { change: "failure", failure, ...this.#moment });
      return failure;
    };
    const announced = this.#send(family, event, {
      ...{ ...turn, signal },
      ...(waits !== undefined && { waits: () => waits(fail(silent())) }),
    });
    try {
      const { reply, remoteHost } = await announced;
      if (cancelled.aborted) return "given-up";
      const counted = withoutUs(reply, this.#torrent.environment);
      this.#change(family, { change: "reply", event, reply: counted, ...this.#moment });
      this.#announcePort(family);
      this.#report(() => this.#torrent.environment.answered(this.url, reply, remoteHost));
      return "replied";
    } catch (error) {
      if (cancelled.aborted || turn.signal.aborted) return "given-up";
      return fail(error);
    } finally {
      this.changed();
    }
  }

  async #send(
    family: AddressFamily,
    event: AnnounceEvent | undefined,
    turn: Pick<AnnounceOptions, "urgency" | "deadlineMs" | "signal" | "begun"> & {
      readonly waits?: () => void;
    },
  ): Promise<Announced> {
    const { begun = () => {}, urgency, deadlineMs, signal } = turn;
    const over = Promise.withResolvers<void>();
    const sending: Sending = { event, over: over.promise, isWaiting: false };
    if (!this.wasRevoked) this.#chance = this.#torrent.environment.random.next();
    this.#sendings.set(family, sending);
    try {
      signal.throwIfAborted();
      return await this.#torrent.environment.transport.announce({
        ...{ url: this.url, family, urgency, deadlineMs, signal, begun },
        isLast: event === "stopped",
        request: () => this.#request(family, sending),
        waits: () => {
          sending.isWaiting = true;
          turn.waits?.();
        },
      });
    } finally {
      over.resolve();
      if (this.#sendings.get(family) === sending) this.#sendings.delete(family);
    }
  }

  #request(family: AddressFamily, sending: Sending): AnnounceRequest {
    const { environment } = this.#torrent;
    const event = sending.event ?? (environment.isPartialSeed() ? "paused" : undefined);
    const { trackerId } = this.stateOf(family);
    // A `completed` that waited until now would come after `stopped`.
    if (this.#sendings.get(family) !== sending) throw new DOMException("too late", "AbortError");
    sending.isWaiting = false;
    const others = [...this.#sendings.values()].filter((other) => other !== sending);
    sending.figures = this.#torrent.figures.beside(sending.event, others);
    const identity = environment.identity(this.url);
    this.#announcedPorts.set(family, identity.port);
    return {
      ...identity,
      ...sending.figures,
      numWant: event === "stopped" ? 0 : wantedPeers,
      ...(event !== undefined && { event }),
      ...(trackerId !== undefined && { trackerId }),
    };
  }

  /** Brings the next announce forward if the last one had another port. */
  #announcePort(family: AddressFamily): void {
    const announced = this.#announcedPorts.get(family);
    const { port } = this.#torrent.environment.identity(this.url);
    if (announced !== undefined && announced !== port) this.#change(family, { change: "port" });
  }

  #isInformedOver(family: AddressFamily): boolean {
    const { presence, outcome } = this.stateOf(family);
    const isSent = this.#sendings.get(family)?.isWaiting === false;
    const mayHaveArrived = outcome === "none" || outcome === "working" || isSent;
    return presence === "started" || (presence === "starting" && mayHaveArrived);
  }

  /** @returns Settles with the reply to `completed`; undefined when it is not due. */
  #completeOver(
    family: AddressFamily,
    turn: Omit<AnnounceOptions, "begun">,
  ): Promise<unknown> | undefined {
    const { presence, completed } = this.stateOf(family);
    const sending = this.#sendings.get(family);
    if (sending?.event === "completed") return sending.over;
    const isDue = presence === "started" && completed === "due";
    return isDue ? this.#send(family, "completed", turn) : undefined;
  }

  #change(family: AddressFamily, change: AnnounceChange): void {
    this.#states.set(family, nextState(this.stateOf(family), change));
  }

  get #moment(): { readonly nowMs: number; readonly chance: number } {
    return { nowMs: this.#nowMs, chance: this.#chance };
  }

  #reportFailure(results: readonly Result[]): void {
    if (this.isWorking || this.wasRevoked || results.includes("given-up")) return;
    const isMissing = [...this.#states.values()].every(({ outcome }) => outcome === "missing");
    const worst = worstOf(results, isMissing);
    if (worst === undefined) return;
    this.#report(() => this.#torrent.environment.failed(this.url, worst.code, worst.message));
  }

  /** An error of the owner is no failure of the tracker. */
  #report(report: () => void): void {
    try {
      report();
    } catch (error) {
      this.#torrent.environment.fail(error);
    }
  }
}
