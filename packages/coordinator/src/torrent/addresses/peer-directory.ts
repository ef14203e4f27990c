// The addresses known for one torrent and the order in which they are dialled: untried ones first, in the
// order they came; then those that once worked or failed, after a pause that doubles with each failure.
// Bounded: at 20,000 addresses a new one replaces the failed one that is tried last, or is refused.

import type { Random } from "@troupe/actor-runtime";
import { addressKey, classifyAddress } from "@troupe/protocol";
import type { AddressBudget } from "./address-budget.ts";
import { BanList } from "../smart-ban/ban-list.ts";
import { untriedAddress, vouchFor, type KnownAddress } from "./known-address.ts";
import { failurePauseMs, firstRetryMs, returnPauseMs } from "./retry-pauses.ts";

/** Addresses known for one torrent at most. */
export const directoryLimit = 20_000;
const dialTimeoutMs = 15_000;
const crowdedDialTimeoutMs = 2_000;
/** A connection that stood this long was worth it: its address is dialled anew without a grudge. */
const steadyMs = 10_000;
/** Dials that fail before an address that only an incoming peer has named is forgotten: it may be a victim's. */
const hearsayTries = 2;
/** Between two looks at all addresses for one that is due, when none was. */
const lookAgainMs = 1_000;
/** Addresses of our own that are remembered: a machine has a few, and a tracker may name each. */
const ownLimit = 64;
/** After a dial for which this machine lacked something. */
const untouchedMs = 5_000;

/**
 * `user`: typed by hand or by the library's caller; trackers are `local` or `internet` by their own address; `record`:
 * it answered in an earlier run.
 */
export type AddressSource = "user" | "record" | "tracker-local" | "tracker-internet";

/**
 * When the address of a connection that ended is dialled again. `now`: we ended it ourselves. `soon`: it is missed;
 * within seconds at first. `later`: after half a minute.
 */
export type RedialDelay = "now" | "soon" | "later";

/** Addresses of one torrent. */
export class PeerDirectory {
  readonly #random: Pick<Random, "next">;
  readonly #budget: AddressBudget;
  readonly #known = new Map<string, KnownAddress>();
  readonly #untried: KnownAddress[] = [];
  #untriedHead = 0;
  /** Waiting after a failure: these make room for new ones. */
  readonly #replaceable = new Set<KnownAddress>();
  /** Some of them, sorted once for many: the one that is tried last is at the end. */
  #leaving: KnownAddress[] = [];
  readonly #bans = new BanList();
  /** What incoming peers have said of their port: one address a host of the internet. */
  readonly #hearsay = new Map<string, KnownAddress>();
  /** No address that was tried before is due until then; as long as we have everything, or lack something. */
  #nothingDueUntilMs = 0;
  /** Addresses under which we were reached ourselves. */
  readonly #own = new Set<string>();
  #wereSeed = false;
  #isClosed = false;

  /** @param budget Shared with the directories of the engine's other torrents. */
  constructor(random: Pick<Random, "next">, budget: AddressBudget) {
    this.#random = random;
    this.#budget = budget;
  }

  get size(): number {
    return this.#known.size;
  }

  get untriedCount(): number {
    return this.#untried.length - this.#untriedHead;
  }

  /**
   * Time-out of the next dial in milliseconds: short while more untried addresses wait than there are places to dial
   * from, so that n addresses that do not answer hold up the next one for n ÷ 200 × 2 s at most, wherever it stands.
   *
   * @param freePlaces Dials that may be begun now, this one included.
   */
  dialTimeoutMs(freePlaces: number): number {
    return this.untriedCount > freePlaces ? crowdedDialTimeoutMs : dialTimeoutMs;
  }

  /** @returns whether the address was new and is accepted from this source. */
  add(host: string, port: number, source: AddressSource): boolean {
    const scope = classifyAddress(host);
    if (scope === "refused" || (scope === "local" && source === "tracker-internet")) return false;
    const key = addressKey(host, port);
    if (this.#own.has(key)) return false;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#forgetHearsay(known);
      if (source === "user") known.nextTryMs = 0;
      else vouchFor(known);
      this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, known.nextTryMs);
      return false;
    }
    if (!this.#hasRoom && !this.#makeRoom()) return false;
    const entry = untriedAddress(host, port);
    this.#keep(key, entry);
    this.#untried.push(entry);
    return true;
  }

  /**
   * An incoming peer that is connected says that it listens on `port`: it can be dialled once its connection is gone.
   * Of an internet host the latest such address is kept, so that nobody fills the directory with ports of its own.
   */
  heardOf(host: string, port: number, nowMs: number): void {
    const scope = classifyAddress(host);
    if (scope === "refused") return;
    const key = addressKey(host, port);
    let known = this.#known.get(key);
    if (known === undefined) {
      if (!this.#hasRoom && !this.#makeRoom()) return;
      known = untriedAddress(host, port);
      known.isHearsay = true;
      this.#keep(key, known);
      if (scope === "internet") this.#replaceHearsay(known);
    }
    if (known.state === "connected" || known.state === "dialling") return;
    known.openedAtMs = nowMs;
    this.#enter(known, "connected");
  }

  /** The torrent is gone: its addresses count no more, and none is taken. */
  close(): void {
    this.#isClosed = true;
    this.#budget.removed(this.#known.size);
    this.#known.clear();
    this.#replaceable.clear();
  }

  /** A dial of this address met ourselves: it is no peer, whoever names it again. */
  markOwn(host: string, port: number): void {
    const key = addressKey(host, port);
    const known = this.#known.get(key);
    if (known !== undefined) this.#forget(known);
    if (this.#own.size < ownLimit) this.#own.add(key);
  }

  /** Whether `next` would give an address. */
  hasAny(nowMs: number, mayRetry: boolean, weAreSeed: boolean): boolean {
    if (this.untriedCount > 0) return true;
    return mayRetry && this.#bestDue(nowMs, weAreSeed) !== undefined;
  }

  /**
   * The next address to dial, marked as being dialled.
   * @param mayRetry Whether an address that was tried before may be taken (re-tries are limited per second).
   */
  next(
    nowMs: number,
    mayRetry: boolean,
    weAreSeed: boolean,
  ): { host: string; port: number; isRetry: boolean } | undefined {
    const untried = this.#nextUntried(nowMs);
    if (untried !== undefined) return { host: untried.host, port: untried.port, isRetry: false };
    if (!mayRetry) return undefined;
    const best = this.#bestDue(nowMs, weAreSeed);
    if (best === undefined) return undefined;
    this.#enter(best, "dialling");
    return { host: best.host, port: best.port, isRetry: true };
  }

  /** A dial has become a peer. */
  connected(host: string, port: number, nowMs: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.failures = 0;
    known.openedAtMs = nowMs;
    this.#forgetHearsay(known);
    this.#enter(known, "connected");
  }

  /**
   * A dial that came to nothing, or a peer that broke a rule.
   * @param again A peer that stood before may be wanted back `soon`.
   */
  failed(host: string, port: number, nowMs: number, again: RedialDelay = "later"): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.failures++;
    if (known.isHearsay && known.failures >= hearsayTries) return this.#forget(known);
    const isMissed = again === "soon" && known.openedAtMs !== undefined;
    const pauseMs = failurePauseMs(known.failures);
    this.#wait(known, nowMs + (isMissed ? Math.min(pauseMs, this.#returnPauseMs(known)) : pauseMs));
  }

  /** A connection that stood has ended, or a dial of ours was given up. */
  closed(host: string, port: number, nowMs: number, again: RedialDelay): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    if (known.openedAtMs !== undefined && nowMs - known.openedAtMs >= steadyMs) known.returns = 0;
    if (again === "soon") return this.#wait(known, nowMs + this.#returnPauseMs(known));
    this.#wait(known, nowMs + (again === "now" ? 0 : firstRetryMs));
  }

  /** A dial that this machine could not even begin: it says nothing of the address. */
  untouched(host: string, port: number, nowMs: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) this.#wait(known, nowMs + untouchedMs);
  }

  markSeed(host: string, port: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) known.isSeed = true;
  }

  /** Sets an address aside for an hour: see {@link BanList}. */
  ban(host: string, port: number, nowMs: number): void {
    this.#bans.add(host, port, nowMs);
  }

  isBanned(host: string, port: number, nowMs: number): boolean {
    return this.#bans.endMs(host, port) > nowMs;
  }

  /** Of those that are due, one that failed least. */
  #bestDue(nowMs: number, weAreSeed: boolean): KnownAddress | undefined {
    if (nowMs < this.#nothingDueUntilMs && weAreSeed === this.#wereSeed) return undefined;
    let best: KnownAddress | undefined;
    let nextDueMs = nowMs + lookAgainMs;
    for (const known of this.#known.values()) {
      if (known.state !== "waiting") continue;
      if (weAreSeed && known.isSeed) continue;
      const dueMs = Math.max(known.nextTryMs, this.#bans.endMs(known.host, known.port));
      if (dueMs > nowMs) nextDueMs = Math.min(nextDueMs, dueMs);
      else if (best === undefined || known.failures < best.failures) best = known;
    }
    this.#nothingDueUntilMs = best === undefined ? nextDueMs : 0;
    this.#wereSeed = weAreSeed;
    return best;
  }

  #nextUntried(nowMs: number): KnownAddress | undefined {
    while (this.#untriedHead < this.#untried.length) {
      const known = this.#untried[this.#untriedHead++];
      this.#dropHead();
      if (known?.state !== "untried") continue;
      const isBanned = this.isBanned(known.host, known.port, nowMs);
      this.#enter(known, isBanned ? "waiting" : "dialling");
      if (!isBanned) return known;
    }
    return undefined;
  }

  /** Gives the front of the queue back once it is longer than what waits. */
  #dropHead(): void {
    if (this.#untriedHead * 2 < this.#untried.length) return;
    this.#untried.splice(0, this.#untriedHead);
    this.#untriedHead = 0;
  }

  #wait(known: KnownAddress, nextTryMs: number): void {
    known.nextTryMs = nextTryMs;
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, nextTryMs);
    this.#enter(known, "waiting");
    const { host, isHearsay } = known;
    // Another address of this host has been heard of since.
    const latest = this.#hearsay.get(host);
    if (isHearsay && latest !== undefined && latest !== known) this.#forget(known);
  }

  #returnPauseMs(known: KnownAddress): number {
    return returnPauseMs(known.returns++, this.#random.next());
  }

  #replaceHearsay(known: KnownAddress): void {
    const earlier = this.#hearsay.get(known.host);
    this.#hearsay.set(known.host, known);
    if (earlier?.state === "waiting") this.#forget(earlier);
  }

  /** Somebody else names it, or it was met there: it counts like any other from now on. */
  #forgetHearsay(known: KnownAddress): void {
    if (!known.isHearsay) return;
    known.isHearsay = false;
    if (this.#hearsay.get(known.host) === known) this.#hearsay.delete(known.host);
  }

  #forget(known: KnownAddress): void {
    this.#forgetHearsay(known);
    this.#replaceable.delete(known);
    if (this.#known.delete(addressKey(known.host, known.port))) this.#budget.removed();
  }

  #enter(known: KnownAddress, state: KnownAddress["state"]): void {
    known.state = state;
    if (state === "waiting" && known.failures > 0) this.#replaceable.add(known);
    else this.#replaceable.delete(known);
  }

  get #hasRoom(): boolean {
    if (this.#isClosed) return false;
    return this.#known.size < directoryLimit && this.#budget.mayAdd(this.#known.size);
  }

  #keep(key: string, known: KnownAddress): void {
    this.#known.set(key, known);
    this.#budget.added();
  }

  #makeRoom(): boolean {
    if (this.#leaving.length === 0) {
      // Sorted for as many newcomers as there are candidates: a tracker may name thousands at once.
      this.#leaving = [...this.#replaceable].sort((a, b) => a.nextTryMs - b.nextTryMs);
    }
    for (let known = this.#leaving.pop(); known !== undefined; known = this.#leaving.pop()) {
      if (!this.#replaceable.has(known)) continue;
      this.#forget(known);
      return true;
    }
    return false;
  }
}
