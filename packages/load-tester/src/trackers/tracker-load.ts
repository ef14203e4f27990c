// The clients of a tracker: their announces and scrapes, and what becomes of each.

import type { Ports, Timer } from "@troupe/actor-runtime";
import { isOwnFault, type LoadEnd } from "@troupe/load-peers";
import { isWithin, mixBits } from "../requests/mix-bits.ts";
import { type PendingRequest, PendingRequests } from "../requests/pending-requests.ts";
import { OpenVisits } from "../requests/open-visits.ts";
import type { RunningLoad } from "../generator/load.ts";
import type { MeasureName, Recorder } from "../measures/measures.ts";
import type { RateIntents, Visit } from "../plan/plan.ts";
import type { Group, TrackerLoadSpec } from "../scenario/scenario.ts";
import type { NamedPeers } from "./checks/named-peers.ts";
import { Membership, type SwarmCounts } from "./checks/swarm-counts.ts";
import type { TrackerRules } from "./checks/tracker-rules.ts";
import { ClientLife } from "./clients/client-life.ts";
import type { TrackerClients } from "./clients/tracker-clients.ts";
import { tooManyConnections } from "./tracker-transport.ts";
import type { OutgoingAnnounce, TrackerAnswers, TrackerTransport } from "./tracker-transport.ts";

const tickMs = 100;
/** At the end of a run present clients stop, as clients do that end; so many in a step of a millisecond. */
const stopsInStep = 128;
/** The rest of the clients does not stop: a load ends within a second. */
const farewellMs = 700;

const Kind = { announce: 0, stop: 1, scrape: 2 } as const;

/** Parts of the load. */
interface TrackerLoadParts {
  readonly ports: Pick<Ports, "clock" | "timers">;
  readonly group: Group;
  readonly spec: TrackerLoadSpec;
  readonly seed: number;
  readonly recorder: Recorder;
  readonly clients: TrackerClients;
  readonly counts: SwarmCounts;
  readonly rules: TrackerRules;
}

/** The load of one group. */
export class TrackerLoad implements RunningLoad, TrackerAnswers {
  readonly #parts: TrackerLoadParts;
  readonly #pending: PendingRequests;
  readonly #ask: PendingRequest = { kind: Kind.announce, member: 0, beganMs: 0, mark: 0 };
  readonly #announce: OutgoingAnnounce = { member: 0, event: undefined, downloaded: 0, left: 0 };
  readonly #visitTimers = new Set<Timer>();
  /** Visits of a closed load. */
  readonly #visits: OpenVisits | undefined;
  #transport: TrackerTransport | undefined;
  #ticker: Timer | undefined;
  #phase: "running" | "draining" | "ending" | "ended" = "running";

  constructor(parts: TrackerLoadParts) {
    this.#parts = parts;
    const { seed, group, spec, recorder } = parts;
    this.#pending = new PendingRequests(seed, group.timeoutMs);
    if (spec.pace.kind !== "rate") this.#visits = new OpenVisits(group.count, recorder);
  }

  /** Called once, before anything else. */
  attach(transport: TrackerTransport): void {
    this.#transport = transport;
    this.#ticker = this.#parts.ports.timers.every(tickMs, () => this.#tick());
  }

  get outstanding(): number {
    return this.#pending.openCount;
  }

  get isWaiting(): boolean {
    return this.outstanding > 0;
  }

  arrive(visit: Visit, plannedMs: number): void {
    const { clients, spec, group } = this.#parts;
    const { member } = visit;
    this.#visits?.begin(member, plannedMs);
    clients.arrive(member, visit.visit);
    this.#transport?.arrive(member);
    if (group.stay.kind !== "whole" && Number.isFinite(visit.stayMs)) this.#leaveAfter(visit);
    if (spec.pace.kind !== "depth") return;
    const nowMs = this.#nowMs();
    for (let each = 0; each < spec.pace.depth; each++) this.#sendNext(member, nowMs);
  }

  act(intents: RateIntents, index: number, intendedMs: number): void {
    const { recorder, spec } = this.#parts;
    const member = intents.member[index] ?? 0;
    const bits = mixBits(intents.seed[index] ?? 0);
    const nowMs = this.#nowMs();
    const isSent = isWithin(bits, spec.scrapes)
      ? this.#sendScrape(member, intendedMs, nowMs)
      : this.#sendAnnounce(member, intendedMs, nowMs);
    recorder.acted(intendedMs, nowMs);
    if (isSent) recorder.account("sent", intendedMs);
    else recorder.account("not_sent_target", intendedMs, "too many requests wait");
  }

  drain(): void {
    if (this.#phase !== "running") return;
    this.#phase = "draining";
    for (const timer of this.#visitTimers) timer.cancel();
    this.#visitTimers.clear();
  }

  async end(how: LoadEnd): Promise<void> {
    this.drain();
    if (this.#phase !== "draining") return;
    this.#pending.closeAll((slot) => {
      if (how === "drained") this.#unanswered(slot, "end of the drain");
      else this.#parts.recorder.account("abandoned", this.#pending.beganMs(slot));
    });
    this.#visits?.endAll();
    this.#phase = "ending";
    await this.#stopClients();
    this.#phase = "ended";
    this.#ticker?.cancel();
    this.#transport?.close();
  }

  dialled(beganMs: number): void {
    if (!this.#isMeasuring) return;
    this.#parts.recorder.sample("connect", beganMs, this.#nowMs());
  }

  announced(ask: number, intervalSeconds: number, peers: NamedPeers): void {
    const slot = this.#pending.find(ask);
    if (slot < 0) return this.wrong("another transaction", ask);
    const kind = this.#pending.kind(slot);
    if (kind === Kind.scrape) return this.wrong("another action", ask);
    const nowMs = this.#nowMs();
    const member = this.#close(slot);
    const beganMs = this.#pending.beganMs(slot);
    if (this.#isMeasuring) {
      const { recorder, rules } = this.#parts;
      this.#heeded(member, beganMs);
      recorder.count("announces");
      recorder.sample("announce", beganMs, nowMs, this.#sentMs(slot));
      rules.checkAnnounce(
        { member, rest: this.#pending.mark(slot), intervalSeconds, nowMs },
        peers,
      );
    }
    this.#parts.counts.answered(member, this.#pending.order(slot));
    this.#parts.clients.change(member, kind === Kind.stop ? "stopped" : "answered");
    if (kind === Kind.announce) this.#goOn(member, nowMs);
  }

  scraped(ask: number, count: number): void {
    const slot = this.#pending.find(ask);
    if (slot < 0) return this.wrong("another transaction", ask);
    if (this.#pending.kind(slot) !== Kind.scrape) return this.wrong("another action", ask);
    const nowMs = this.#nowMs();
    const member = this.#close(slot);
    if (!this.#isMeasuring) return;
    const { recorder, rules, counts } = this.#parts;
    this.#heeded(member, this.#pending.beganMs(slot));
    recorder.count("scrapes");
    recorder.sample("scrape", this.#pending.beganMs(slot), nowMs, this.#sentMs(slot));
    rules.checkScrape(counts.swarmOf(member), this.#pending.mark(slot), count, nowMs);
    this.#goOn(member, nowMs);
  }

  wrong(label: string, ask?: number): void {
    const slot = ask === undefined ? -1 : this.#pending.find(ask);
    const isStray = ask !== undefined && slot < 0;
    const { recorder } = this.#parts;
    if (!this.#isMeasuring) {
      // Nothing counts any more.
    } else if (isStray && this.#pending.hasExpired(ask)) recorder.count("late_answers");
    else recorder.count("wrong_answers", 1, isStray ? "another transaction" : label);
    if (slot < 0) return;
    if (this.#isMeasuring) recorder.account("answered_wrong", this.#pending.beganMs(slot));
    this.#visits?.heeded(this.#pending.member(slot));
    this.#endInVain(slot);
  }

  failed(reason: string, ask?: number): void {
    const isOurs = isOwnFault(reason) || reason === tooManyConnections;
    const slot = ask === undefined ? -1 : this.#pending.find(ask);
    if (this.#isMeasuring) {
      const { recorder } = this.#parts;
      if (isOurs) recorder.count("own_failures", 1, reason);
      // A datagram that the system refuses to send: its request is unanswered later.
      else if (ask === undefined) recorder.count("refused", 1, reason);
      if (slot >= 0 && isOurs) recorder.account("abandoned", this.#pending.beganMs(slot));
      else if (slot >= 0) this.#unanswered(slot, reason);
    }
    if (slot >= 0) this.#endInVain(slot);
  }

  repeated(): void {
    if (this.#isMeasuring) this.#parts.recorder.count("repeats");
  }

  /** Farewells to the tracker count nowhere. */
  get #isMeasuring(): boolean {
    return this.#phase === "running" || this.#phase === "draining";
  }

  /** The age of the request is a lower bound of its latency. */
  #unanswered(slot: number, reason: string): void {
    const { recorder } = this.#parts;
    const beganMs = this.#pending.beganMs(slot);
    const measure: MeasureName = this.#pending.kind(slot) === Kind.scrape ? "scrape" : "announce";
    recorder.sample(measure, beganMs, this.#nowMs(), this.#sentMs(slot));
    recorder.account("unanswered", beganMs, reason);
    this.#visits?.unheeded(this.#pending.member(slot));
  }

  /** A closed load sends the client's next request after an answer. */
  #goOn(member: number, nowMs: number): void {
    const { clients, group, spec } = this.#parts;
    if (this.#phase !== "running" || clients.life(member) !== ClientLife.present) return;
    if (group.stay.kind === "whole" && clients.hasCompleted(member)) return this.#leave(member);
    if (spec.pace.kind === "depth") this.#sendNext(member, nowMs);
  }

  #sendNext(member: number, nowMs: number): void {
    const { scrapes } = this.#parts.spec;
    const isPresent = this.#parts.clients.life(member) === ClientLife.present;
    const bits = mixBits(this.#parts.seed + this.#pending.nextOrder);
    if (isPresent && isWithin(bits, scrapes)) this.#sendScrape(member, nowMs, nowMs);
    else this.#sendAnnounce(member, nowMs, nowMs);
  }

  #sendAnnounce(member: number, beganMs: number, nowMs: number): boolean {
    if (!this.#pending.hasRoom()) return false;
    this.#announce.member = member;
    this.#parts.clients.announce(member, this.#announce);
    const membership = this.#announce.left === 0 ? Membership.seed : Membership.leecher;
    return this.#send(Kind.announce, membership, beganMs, nowMs);
  }

  #sendStop(member: number, nowMs: number): void {
    if (!this.#pending.hasRoom()) return;
    this.#announce.member = member;
    this.#parts.clients.stop(member, this.#announce);
    this.#send(Kind.stop, Membership.out, nowMs, nowMs);
  }

  /** Sends the announce that is filled in. */
  #send(kind: number, membership: Membership, beganMs: number, nowMs: number): boolean {
    const { counts } = this.#parts;
    const { member } = this.#announce;
    counts.sent(member, membership, this.#pending.nextOrder, nowMs);
    const ask = this.#openAsk(kind, member, beganMs, nowMs);
    if (ask === undefined) return false;
    this.#transport?.announce(ask, this.#announce);
    return true;
  }

  #sendScrape(member: number, beganMs: number, nowMs: number): boolean {
    const ask = this.#openAsk(Kind.scrape, member, beganMs, nowMs);
    if (ask === undefined) return false;
    this.#transport?.scrape(ask, member);
    return true;
  }

  #openAsk(kind: number, member: number, beganMs: number, nowMs: number): number | undefined {
    const ask = this.#ask;
    ask.kind = kind;
    ask.member = member;
    ask.beganMs = beganMs;
    ask.mark = this.#parts.counts.restOf(this.#parts.counts.swarmOf(member));
    const id = this.#pending.open(ask, nowMs);
    if (id !== undefined && this.#isMeasuring) this.#parts.recorder.account("requests", beganMs);
    return id;
  }

  /** @returns The client. The columns of the slot hold until the next request. */
  #close(slot: number): number {
    this.#pending.close(slot);
    return this.#pending.member(slot);
  }

  /** A request has its answer. */
  #heeded(member: number, beganMs: number): void {
    this.#parts.recorder.account("answered", beganMs);
    this.#visits?.heeded(member);
  }

  /** Sending time of a request in an open load. */
  #sentMs(slot: number): number | undefined {
    return this.#parts.spec.pace.kind === "rate" ? this.#pending.sentMs(slot) : undefined;
  }

  /** A request ends without an answer that counts. */
  #endInVain(slot: number): void {
    const member = this.#close(slot);
    if (this.#pending.kind(slot) === Kind.stop) this.#parts.clients.change(member, "stopped");
    else if (this.#parts.spec.pace.kind === "depth") this.#tryLater(member);
  }

  /** A refused client of a closed load asks again with the next tick, or it would ask as fast as it is refused. */
  #tryLater(member: number): void {
    if (this.#phase !== "running") return;
    const { timers } = this.#parts.ports;
    const timer = timers.after(tickMs, () => {
      this.#visitTimers.delete(timer);
      const life = this.#parts.clients.life(member);
      const isThere = life === ClientLife.present || life === ClientLife.joining;
      if (this.#phase === "running" && isThere) this.#sendNext(member, this.#nowMs());
    });
    this.#visitTimers.add(timer);
  }

  #leaveAfter({ member, visit, stayMs }: Visit): void {
    const { timers } = this.#parts.ports;
    const timer = timers.after(stayMs, () => {
      this.#visitTimers.delete(timer);
      if (this.#parts.clients.visit(member) === visit) this.#leave(member);
    });
    this.#visitTimers.add(timer);
  }

  #leave(member: number): void {
    const { clients } = this.#parts;
    const life = clients.life(member);
    this.#visits?.end(member);
    if (life === ClientLife.waiting) clients.change(member, "vanish");
    if (life === ClientLife.joining || life === ClientLife.present) {
      this.#sendStop(member, this.#nowMs());
    }
  }

  async #stopClients(): Promise<void> {
    const { clients, group, ports } = this.#parts;
    const untilMs = this.#nowMs() + farewellMs;
    let inStep = 0;
    for (let member = 0; member < group.count; member++) {
      const life = clients.life(member);
      if (life !== ClientLife.joining && life !== ClientLife.present) continue;
      const nowMs = this.#nowMs();
      if (nowMs >= untilMs) return;
      this.#sendStop(member, nowMs);
      if (++inStep % stopsInStep === 0) {
        await new Promise<void>((resolve) => ports.timers.after(1, resolve));
      }
    }
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    this.#pending.expire(nowMs, (slot) => {
      if (this.#isMeasuring) this.#unanswered(slot, "timeout");
      this.#transport?.release(this.#pending.id(slot), this.#pending.member(slot));
      this.#endInVain(slot);
    });
    this.#transport?.tick(nowMs);
  }

  #nowMs(): number {
    return this.#parts.ports.clock.nowMs();
  }
}
