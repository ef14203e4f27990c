// A torrent's addresses in the order of dialling: untried ones by turns of their origins, then tried ones after a pause
// that doubles with each failure. At 20,000 addresses a new address replaces the failed address that is redialled last,
// or an untried address that is held, or an untried unverified address, or is refused.

import type { AddressSource, AgreedVersion, ConnectionKind } from "@troupe/messages";
import { type PeerAddress, addressKey, classifyAddress } from "@troupe/protocol/address";
import type { HashVersion } from "@troupe/protocol/identity";
import { rankedAddresses } from "./address-rank.ts";
import type { DirectoryServices } from "./directory-services.ts";
import { FirstDials } from "./first-dials.ts";
import { BanList } from "../smart-ban/ban-list.ts";
import { UnverifiedAddresses, unverifiedHost, type Naming } from "./unverified-addresses.ts";
import {
  addSource,
  hastenRedial,
  recordConnection,
  recordVersion,
  sourcesOf,
  turnTransport,
  untriedAddress,
  type KnownAddress,
} from "./known-address.ts";
import { crowdedDialTimeoutMs, dialTimeoutMs, lowestUnverifiedPort } from "./dial-rules.ts";
import { KnownAddresses } from "./known-addresses.ts";
import type { DialPermits, NextDial, RedialDelay } from "./next-dial.ts";
import { Redials } from "./redials.ts";
import { failurePauseMs, firstRetryMs, quickPauseMs, returnPauseMs } from "./retry-pauses.ts";
import { isTracker, sourceRules } from "./source-rules.ts";

/** A connection of this length clears the count of quick redials. */
const steadyMs = 10_000;
/** Failed dials before an unverified address is forgotten: the address may be a victim's. */
const unverifiedTries = 2;
const lookAgainMs = 1_000;
/** Pause after a dial that this machine could not begin. */
const untouchedMs = 5_000;

/** The addresses of a torrent. */
export class PeerDirectory {
  /** URLs of the torrent's own trackers: {@link bePrivate} forgets the addresses of all others. Undefined: it forgets none. */
  ownTrackers: ReadonlySet<string> | undefined;
  readonly #services: DirectoryServices;
  readonly #known: KnownAddresses;
  readonly #unverified: UnverifiedAddresses;
  readonly #firstDials: FirstDials;
  readonly #bans = new BanList();
  readonly #redials: Redials;
  /** The torrent is private. */
  #refusesForeign = false;

  constructor(services: DirectoryServices) {
    this.#services = services;
    this.#known = new KnownAddresses(services.budget);
    this.#unverified = new UnverifiedAddresses(services.unverifiedDials);
    this.#firstDials = new FirstDials(this.#unverified, services.dialBounds);
    this.#redials = new Redials({
      bans: this.#bans,
      own: services.own,
      dialBounds: services.dialBounds,
      dropFiltered: (known) => this.#dropFiltered(known),
    });
  }

  get size(): number {
    return this.#known.size;
  }

  /** Addresses that wait for their first dial, without unverified addresses and held ones. */
  get untriedCount(): number {
    return this.#firstDials.untriedCount;
  }

  /** Unverified addresses that wait for their first dial, without held addresses. */
  get unverifiedCount(): number {
    return this.#unverified.untriedCount;
  }

  /**
   * Time-out of a dial in milliseconds. Short while at least as many untried addresses wait as there are places to dial
   * from: n dead addresses hold up the next for n ÷ 200 × 2 s at most. Always short for unverified addresses: their
   * dials, limited a second, leave places for others.
   *
   * @param freePlaces Dials that may begin now, this dial included.
   */
  dialTimeoutMs({ isUnverified }: Pick<NextDial, "isUnverified">, freePlaces: number): number {
    return isUnverified || this.untriedCount >= freePlaces ? crowdedDialTimeoutMs : dialTimeoutMs;
  }

  /** Adds addresses that came together, those first that both ends prefer by BEP 40. */
  addAll(
    peers: readonly PeerAddress[],
    source: AddressSource,
    origin: string = source,
    foundBy: HashVersion = "v1",
  ): void {
    for (const { host, port } of rankedAddresses(peers, this.#services.own))
      this.add(host, port, source, origin, foundBy);
  }

  /**
   * @param origin The tracker's URL; of an unverified address the teller, such as `pex 1.2.3.4:6881` or
   *   `local-discovery 192.168.1.9`. Origins take turns in dials.
   * @param foundBy The version of the hash that it was found under.
   * @returns whether the address was new and is accepted from this source.
   */
  add(
    host: string,
    port: number,
    source: AddressSource,
    origin: string = source,
    foundBy: HashVersion = "v1",
  ): boolean {
    const naming = { host, port, source, origin };
    if (!this.mayBeNamed(naming)) return false;
    const known = this.#known.at(host, port);
    const entry = known ?? this.#addNew(naming);
    if (entry === undefined) return false;
    entry.isForeign = this.#isForeign(naming) && (known === undefined || known.isForeign);
    if (foundBy === "v2") entry.foundBy = foundBy;
    if (known !== undefined) this.#nameAgain(known, naming);
    return known === undefined;
  }

  /** Whether the source may name the address: the gate of {@link add}. */
  mayBeNamed(naming: Pick<Naming, "host" | "port" | "source"> & Partial<Naming>): boolean {
    const { host, port, source } = naming;
    const { isUnverified, mayNameLocal } = sourceRules[source];
    const scope = this.#services.own.classify(host);
    if (scope === "refused" || (scope === "local" && !mayNameLocal)) return false;
    if (isUnverified && scope === "internet" && port < lowestUnverifiedPort) return false;
    if (this.#refusesForeign && this.#isForeign(naming)) return false;
    return !this.isOwn(host, port) && !this.#services.filter.has(host);
  }

  /**
   * A connected incoming peer names its port. An internet host's latest port is kept, so that no host fills the
   * directory.
   */
  heardOf(host: string, port: number, nowMs: number, version: AgreedVersion = "v1"): void {
    const scope = classifyAddress(host);
    if (scope === "refused") return;
    let known = this.#known.at(host, port);
    if (known === undefined) {
      if (scope === "internet" && port < lowestUnverifiedPort) return;
      if (!this.#makeRoom()) return;
      known = untriedAddress(host, port);
      known.namedBy = "itself";
      known.unverifiedHost = unverifiedHost({ host });
      this.#known.add(known);
    }
    known.isForeign = false;
    recordVersion(known, version);
    if (known.namedBy !== undefined) {
      if (known.state === "dialling") this.#unverified.undoDial(known);
      known.namedBy = "itself";
      this.#replaceUnverified(known);
    }
    if (known.state === "connected" || known.state === "dialling") return;
    known.openedAtMs = Math.floor(nowMs);
    this.#enter(known, "connected");
  }

  /** Frees its share of the budget; the torrent is gone. */
  close(): void {
    this.#known.close();
  }

  has(host: string, port: number): boolean {
    return this.#known.at(host, port) !== undefined;
  }

  /** The hash that a dial of the address names first. */
  foundBy(host: string, port: number): HashVersion {
    return this.#known.at(host, port)?.foundBy ?? "v1";
  }

  /** The sources that have named the address; none for an unknown address. */
  sourcesOf(host: string, port: number): AddressSource[] {
    const known = this.#known.at(host, port);
    return known === undefined ? [] : sourcesOf(known);
  }

  /**
   * The torrent is private: foreign origins and sources are refused from now on.
   *
   * @param which Addresses that are forgotten: all, or those that foreign origins alone have named.
   * @returns Their keys.
   */
  bePrivate(which: "all" | "foreign"): ReadonlySet<string> {
    this.#refusesForeign = true;
    const left = [...this.#known.all()].filter(({ isForeign }) => isForeign || which === "all");
    for (const known of left) this.#forget(known);
    return new Set(left.map(({ host, port }) => addressKey(host, port)));
  }

  /** Whether the address is known to be ours. */
  isOwn(host: string, port: number): boolean {
    return this.#services.own.has(host, port);
  }

  /** A dial met ourselves: the address is ignored from now on. */
  markOwn(host: string, port: number): void {
    this.#services.own.met(host, port);
    const known = this.#known.at(host, port);
    if (known !== undefined) this.#forget(known);
  }

  /** The address is believed to be ours. A connection there shows that it is not. */
  forgetOwn(host: string, port: number): void {
    const known = this.#known.at(host, port);
    if (known !== undefined && known.state !== "connected") this.#forget(known);
  }

  hasAny(nowMs: number, permits: DialPermits, weAreSeed: boolean): boolean {
    this.#firstDials.releaseHeld(nowMs, ({ host, port }) => this.#known.at(host, port));
    if (this.#firstDials.hasAny(permits.mayTryUnverified)) return true;
    return permits.mayRetry && this.#redials.best(nowMs, weAreSeed) !== undefined;
  }

  /** The next address to dial, marked as being dialled. */
  next(nowMs: number, permits: DialPermits, weAreSeed: boolean): NextDial | undefined {
    const forget = (known: KnownAddress) => this.#forget(known);
    for (;;) {
      const untried = this.#firstDials.next(permits.mayTryUnverified, nowMs, forget);
      const known =
        untried ?? (permits.mayRetry ? this.#redials.best(nowMs, weAreSeed) : undefined);
      if (known === undefined) return undefined;
      if (this.#dropFiltered(known)) continue;
      const { host, port, kind, foundBy } = known;
      const isBanned = this.isBanned(host, port, nowMs);
      const permit = isBanned ? "banned" : this.#unverified.beginDial(known);
      if (permit === "banned") this.#enter(known, "waiting");
      else if (permit === "later") this.#wait(known, nowMs + lookAgainMs);
      else if (permit === "no") this.#fail(known, nowMs);
      else {
        const isRetry = untried === undefined;
        this.#services.dialBounds.began(known, isRetry ? "again" : "first", nowMs);
        this.#enter(known, "dialling");
        const isUnverified = known.namedBy === "others";
        return { host, port, kind, foundBy, isRetry, isUnverified };
      }
    }
  }

  connected(
    host: string,
    port: number,
    kind: ConnectionKind,
    nowMs: number,
    version: AgreedVersion = "v1",
  ): void {
    const known = this.#known.at(host, port);
    if (known === undefined) return;
    recordVersion(known, version);
    recordConnection(known, kind, nowMs);
    this.#unverified.undoDial(known);
    this.#trust(known);
    this.#enter(known, "connected");
    const bound = this.#services.dialBounds.answered(known, nowMs);
    if (bound !== undefined) this.#firstDials.releaseLine(bound, nowMs);
  }

  /**
   * A dial failed, or a peer broke a rule.
   * @param again `soon` holds for a peer that was connected before. `quickly` does not hold for unverified addresses.
   */
  failed(host: string, port: number, nowMs: number, again: RedialDelay = "later"): void {
    const known = this.#known.at(host, port);
    if (known === undefined) return;
    const isQuick = again === "quickly" && known.namedBy === undefined;
    const quickMs = isQuick ? quickPauseMs(known.returns) : undefined;
    if (quickMs === undefined) return this.#fail(known, nowMs, again);
    known.returns++;
    this.#wait(known, nowMs + quickMs);
  }

  /** No program has answered the dial of an address over the transports that were tried. */
  unanswered(host: string, port: number): void {
    const known = this.#known.at(host, port);
    if (known !== undefined) turnTransport(known);
  }

  /** Also after a dial that we gave up. */
  closed(host: string, port: number, nowMs: number, again: RedialDelay): void {
    const known = this.#known.at(host, port);
    if (known === undefined) return;
    if (known.openedAtMs !== undefined && nowMs - known.openedAtMs >= steadyMs) known.returns = 0;
    if (again === "soon") return this.#wait(known, nowMs + this.#returnPauseMs(known));
    this.#wait(known, nowMs + (again === "now" ? 0 : firstRetryMs));
  }

  /** This machine could not begin the dial. */
  untouched(host: string, port: number, nowMs: number): void {
    const known = this.#known.at(host, port);
    if (known === undefined) return;
    this.#unverified.undoDial(known);
    this.#wait(known, nowMs + untouchedMs);
  }

  /** Facts of a peer for the next dial: a seed is not dialled by a seed, and `foundBy` is the hash that it names. */
  note(host: string, port: number, facts: Partial<Pick<KnownAddress, "isSeed" | "foundBy">>): void {
    const known = this.#known.at(host, port);
    if (known !== undefined) Object.assign(known, facts);
    if (known?.state === "waiting") this.#redials.add(known);
  }

  ban(host: string, port: number, nowMs: number): void {
    this.#bans.add(host, port, nowMs);
  }

  isBanned(host: string, port: number, nowMs: number): boolean {
    return this.#bans.endMs(host, port) > nowMs;
  }

  /** @returns Undefined when the directory is full, or takes no more unverified addresses of the teller or host. */
  #addNew(naming: Naming): KnownAddress | undefined {
    const { host, port, source, origin } = naming;
    const entry = untriedAddress(host, port);
    if (sourceRules[source].isUnverified) {
      const failed = this.#unverified.failedBefore(naming);
      if (failed !== undefined) this.#forget(failed);
      if (!this.#known.hasRoomForUnverified || !this.#unverified.accepts(naming)) return undefined;
      entry.namedBy = "others";
      entry.unverifiedHost = unverifiedHost(naming);
    } else if (!this.#makeRoom()) return undefined;
    addSource(entry, source);
    if (!this.#firstDials.add(origin, entry)) {
      this.#forget(entry);
      return undefined;
    }
    this.#known.add(entry);
    return entry;
  }

  #isForeign({ source, origin = source }: Pick<Naming, "source"> & Partial<Naming>): boolean {
    if (sourceRules[source].isForeignToPrivate) return true;
    return isTracker(source) && this.ownTrackers?.has(origin) === false;
  }

  #nameAgain(known: KnownAddress, { source, origin }: Naming): void {
    const { isUnverified, isUsersChoice } = sourceRules[source];
    addSource(known, source);
    if (!isUnverified) this.#trust(known);
    const isHastened = hastenRedial(known, source, origin);
    if (known.state === "untried") {
      if (known.namedBy !== undefined || !isUnverified) this.#firstDials.addOrigin(origin, known);
      if (isUsersChoice) this.#firstDials.free(known);
    }
    // Strangers name an address as often as they like: an entry for each naming would be a queue without a bound.
    if (known.state === "waiting" && isHastened) this.#redials.add(known);
  }

  #fail(known: KnownAddress, nowMs: number, again: RedialDelay = "later"): void {
    known.failures++;
    const rival = this.#unverified.rivalOf(known);
    if (rival !== undefined || (known.namedBy !== undefined && known.failures >= unverifiedTries)) {
      this.#forget(known);
      if (rival !== undefined) this.add(rival.host, rival.port, rival.source, rival.origin);
      return;
    }
    const isMissed = again === "soon" && known.openedAtMs !== undefined;
    const pauseMs = failurePauseMs(known.failures);
    this.#wait(known, nowMs + (isMissed ? Math.min(pauseMs, this.#returnPauseMs(known)) : pauseMs));
  }

  /** A newer filter than at `add` may name the address. It is looked at here, because all addresses at once take long. */
  #dropFiltered(known: KnownAddress): boolean {
    if (!this.#services.filter.has(known.host)) return false;
    this.#forget(known);
    return true;
  }

  #wait(known: KnownAddress, nextTryMs: number): void {
    known.nextTryMs = Math.ceil(nextTryMs);
    this.#enter(known, "waiting");
    if (known.namedBy !== undefined && this.#unverified.isReplaced(known)) this.#forget(known);
  }

  #returnPauseMs(known: KnownAddress): number {
    return returnPauseMs(known.returns++, this.#services.random.next());
  }

  #replaceUnverified(known: KnownAddress): void {
    const earlier = this.#unverified.replace(known);
    if (earlier?.state === "waiting" || earlier?.state === "untried") this.#forget(earlier);
  }

  /** A source with proof names the address, or a dial reached it. */
  #trust(known: KnownAddress): void {
    if (known.namedBy === undefined) return;
    this.#unverified.remove(known);
    this.#firstDials.remove(known);
    known.namedBy = undefined;
  }

  #forget(known: KnownAddress): void {
    this.#firstDials.remove(known);
    this.#unverified.remove(known);
    this.#redials.remove(known);
    // An entry of it that waits for its time counts as none from now on.
    if (known.state === "waiting") known.nextTryMs = Infinity;
    this.#known.delete(known);
  }

  #enter(known: KnownAddress, state: KnownAddress["state"]): void {
    if (known.state === "untried") {
      this.#firstDials.remove(known);
      this.#unverified.tried(known);
    }
    known.state = state;
    if (state === "waiting") this.#redials.add(known);
    else this.#redials.remove(known);
    this.#known.setReplaceable(known, state === "waiting" && known.failures > 0);
  }

  /** @returns Whether there is room for one more. */
  #makeRoom(): boolean {
    if (this.#known.hasRoom) return true;
    if (this.#known.isClosed) return false;
    const leaving = this.#known.nextLeaving() ?? this.#firstDials.nextLeaving();
    if (leaving !== undefined) this.#forget(leaving);
    return leaving !== undefined;
  }
}
