// A torrent's addresses in the order of dialling: untried ones by turns of their origins, then tried ones after a pause
// that doubles with each failure. At 20,000 addresses a new address replaces the failed address that is redialled last, or is
// refused.

import type { Random } from "@troupe/actor-runtime";
import { IpFilter } from "@troupe/messages";
import { addressKey, classifyAddress } from "@troupe/protocol";
import type { AddressBudget } from "./address-budget.ts";
import { OwnAddresses } from "./own-addresses.ts";
import { BanList } from "../smart-ban/ban-list.ts";
import { untriedAddress, vouchFor, type KnownAddress } from "./known-address.ts";
import { failurePauseMs, firstRetryMs, returnPauseMs } from "./retry-pauses.ts";
import { sourceRules, type AddressSource } from "./source-rules.ts";
import { UntriedAddresses } from "./untried-addresses.ts";

/** Most addresses of a torrent. */
export const directoryLimit = 20_000;
const dialTimeoutMs = 15_000;
const crowdedDialTimeoutMs = 2_000;
/** A connection of this length clears the count of quick redials. */
const steadyMs = 10_000;
/** Failed dials before hearsay is forgotten: the address may be a victim's. */
const hearsayTries = 2;
const lookAgainMs = 1_000;
/** Pause after a dial that this machine could not begin. */
const untouchedMs = 5_000;

/**
 * `now`: we closed the connection. `soon`: we need the peer back, within seconds at first. `later`: after half a
 * minute.
 */
export type RedialDelay = "now" | "soon" | "later";

/** The addresses of a torrent. */
export class PeerDirectory {
  /** Origins whose addresses {@link forgetForeign} forgets. */
  foreignOrigins: ReadonlySet<string> = new Set();
  readonly #random: Pick<Random, "next">;
  readonly #budget: AddressBudget;
  readonly #filter: Pick<IpFilter, "has">;
  readonly #known = new Map<string, KnownAddress>();
  readonly #untried = new UntriedAddresses();
  /** Failed addresses make room for new ones. */
  readonly #replaceable = new Set<KnownAddress>();
  /** Some of these, sorted once for many; redialled last is at the end. */
  #leaving: KnownAddress[] = [];
  readonly #bans = new BanList();
  /** Ports that incoming peers named: an address per internet host. */
  readonly #hearsay = new Map<string, KnownAddress>();
  /** No address is due before this, unless we become a seed or stop being a seed. */
  #nothingDueUntilMs = 0;
  readonly #own = new OwnAddresses();
  #wereSeed = false;
  #isClosed = false;

  /** @param filter Default: none. */
  constructor(
    random: Pick<Random, "next">,
    budget: AddressBudget,
    filter: Pick<IpFilter, "has"> = new IpFilter(),
  ) {
    this.#random = random;
    this.#budget = budget;
    this.#filter = filter;
  }

  get size(): number {
    return this.#known.size;
  }

  get untriedCount(): number {
    return this.#untried.size;
  }

  /**
   * Time-out of the next dial in milliseconds. Short while more untried addresses wait than there are places to dial
   * from: n dead addresses hold up the next for n ÷ 200 × 2 s at most.
   *
   * @param freePlaces Dials that may begin now, this dial included.
   */
  dialTimeoutMs(freePlaces: number): number {
    return this.untriedCount > freePlaces ? crowdedDialTimeoutMs : dialTimeoutMs;
  }

  /**
   * @param origin The tracker's URL; of hearsay the teller, such as `pex 1.2.3.4:6881` or `local-discovery 192.168.1.9`.
   *   Origins take turns in dials.
   * @returns whether the address was new and is accepted from this source.
   */
  add(host: string, port: number, source: AddressSource, origin: string = source): boolean {
    const { isForeignToPrivate, isHearsay, mayNameLocal, redial } = sourceRules[source];
    const scope = classifyAddress(host);
    if (scope === "refused" || (scope === "local" && !mayNameLocal)) return false;
    const key = addressKey(host, port);
    if (this.#own.has(host, port) || this.#filter.has(host)) return false;
    const known = this.#known.get(key);
    const isForeign = isForeignToPrivate || this.foreignOrigins.has(origin);
    if (known !== undefined) {
      if (!isHearsay) this.#forgetHearsay(known);
      known.isForeign &&= isForeign;
      if (redial === "at-once") known.nextTryMs = 0;
      else if (redial === "earlier") vouchFor(known, origin);
      if (known.state === "untried") this.#untried.add(origin, known);
      this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, known.nextTryMs);
      return false;
    }
    if (!this.#hasRoom && !this.#makeRoom()) return false;
    const entry = { ...untriedAddress(host, port), isForeign, isHearsay };
    this.#keep(key, entry);
    this.#untried.add(origin, entry);
    return true;
  }

  /**
   * A connected incoming peer names its port. An internet host's latest port is kept, so that no host fills the
   * directory.
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

  /** Frees its share of the budget; the torrent is gone. */
  close(): void {
    this.#isClosed = true;
    this.#budget.removed(this.#known.size);
    this.#known.clear();
    this.#replaceable.clear();
  }

  has(host: string, port: number): boolean {
    return this.#known.has(addressKey(host, port));
  }

  /** The torrent is private. @returns The keys of the addresses that no other origin named. */
  forgetForeign(): ReadonlySet<string> {
    const foreign = [...this.#known].filter(([, { isForeign }]) => isForeign);
    for (const [, known] of foreign) {
      // The queue of untried addresses passes over it.
      this.#enter(known, "waiting");
      this.#forget(known);
    }
    return new Set(foreign.map(([key]) => key));
  }

  /** Whether the address is known to be ours. */
  isOwn(host: string, port: number): boolean {
    return this.#own.has(host, port);
  }

  /** A dial met ourselves: the address is ignored from now on. */
  markOwn(host: string, port: number): void {
    this.#own.met(host, port);
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) this.#forget(known);
  }

  /** A peer sees us at this host. @param port Ours. @param witness The peer's host. */
  noteOwn(host: string, port: number, witness: string): void {
    this.#own.seen(host, port, witness);
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined || known.state === "connected" || !this.#own.has(host, port)) return;
    // The queue of untried addresses passes over it.
    this.#enter(known, "waiting");
    this.#forget(known);
  }

  hasAny(nowMs: number, mayRetry: boolean, weAreSeed: boolean): boolean {
    if (this.untriedCount > 0) return true;
    return mayRetry && this.#bestDue(nowMs, weAreSeed) !== undefined;
  }

  /**
   * The next address to dial, marked as being dialled.
   * @param mayRetry Whether it may be a redial, which are limited per second.
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

  connected(host: string, port: number, nowMs: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    known.failures = 0;
    known.voucher = undefined;
    known.openedAtMs = nowMs;
    this.#forgetHearsay(known);
    this.#enter(known, "connected");
  }

  /**
   * A dial failed, or a peer broke a rule.
   * @param again May be `soon` for a peer that was connected before.
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

  /** Also after a dial that we gave up. */
  closed(host: string, port: number, nowMs: number, again: RedialDelay): void {
    const known = this.#known.get(addressKey(host, port));
    if (known === undefined) return;
    if (known.openedAtMs !== undefined && nowMs - known.openedAtMs >= steadyMs) known.returns = 0;
    if (again === "soon") return this.#wait(known, nowMs + this.#returnPauseMs(known));
    this.#wait(known, nowMs + (again === "now" ? 0 : firstRetryMs));
  }

  /** This machine could not begin the dial. */
  untouched(host: string, port: number, nowMs: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) this.#wait(known, nowMs + untouchedMs);
  }

  markSeed(host: string, port: number): void {
    const known = this.#known.get(addressKey(host, port));
    if (known !== undefined) known.isSeed = true;
  }

  ban(host: string, port: number, nowMs: number): void {
    this.#bans.add(host, port, nowMs);
  }

  isBanned(host: string, port: number, nowMs: number): boolean {
    return this.#bans.endMs(host, port) > nowMs;
  }

  /** The fewest failures go first. */
  #bestDue(nowMs: number, weAreSeed: boolean): KnownAddress | undefined {
    if (nowMs < this.#nothingDueUntilMs && weAreSeed === this.#wereSeed) return undefined;
    let best: KnownAddress | undefined;
    let nextDueMs = nowMs + lookAgainMs;
    for (const known of this.#known.values()) {
      if (known.state !== "waiting") continue;
      if (weAreSeed && known.isSeed) continue;
      const dueMs = Math.max(known.nextTryMs, this.#bans.endMs(known.host, known.port));
      if (dueMs > nowMs) nextDueMs = Math.min(nextDueMs, dueMs);
      else if (best !== undefined && known.failures >= best.failures) continue;
      else if (!this.#dropFiltered(known)) best = known;
    }
    this.#nothingDueUntilMs = best === undefined ? nextDueMs : 0;
    this.#wereSeed = weAreSeed;
    return best;
  }

  #nextUntried(nowMs: number): KnownAddress | undefined {
    while (this.#untried.size > 0) {
      const known = this.#untried.next();
      if (known?.state !== "untried" || this.#dropFiltered(known)) continue;
      const isBanned = this.isBanned(known.host, known.port, nowMs);
      this.#enter(known, isBanned ? "waiting" : "dialling");
      if (!isBanned) return known;
    }
    return undefined;
  }

  /** A newer filter than at `add` may name the address. It is looked at here, because all addresses at once take long. */
  #dropFiltered(known: KnownAddress): boolean {
    if (!this.#filter.has(known.host)) return false;
    this.#enter(known, "waiting");
    this.#forget(known);
    return true;
  }

  #wait(known: KnownAddress, nextTryMs: number): void {
    known.nextTryMs = nextTryMs;
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, nextTryMs);
    this.#enter(known, "waiting");
    const { host, isHearsay } = known;
    // The host has named another port since.
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

  /** Another source names the address, or a dial reached it. */
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
      // A tracker may name thousands of newcomers at once.
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
