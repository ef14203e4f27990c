// Nodes that ask a DHT node: their queries, and what becomes of each.

import type { Ports, Timer } from "@troupe/actor-runtime";
import { isOwnFault, type LoadEnd } from "@troupe/load-peers";
import { writeUint32 } from "@troupe/protocol/bytes";
import { nodeIdBytes } from "@troupe/protocol/dht";
import { cleanText } from "@troupe/protocol/text";
import type { KrpcAnswer, KrpcErrorMessage, KrpcQuery, NodeId } from "@troupe/protocol/dht";
import { type PendingRequest, PendingRequests } from "../requests/pending-requests.ts";
import { mixBits } from "../requests/mix-bits.ts";
import { OpenVisits } from "../requests/open-visits.ts";
import { ReasonLabels } from "../requests/reason-labels.ts";
import type { SocketPool } from "../requests/socket-pool.ts";
import type { RunningLoad } from "../generator/load.ts";
import type { MeasureName, Recorder } from "../measures/measures.ts";
import type { RateIntents, Visit } from "../plan/plan.ts";
import type { DhtLoadSpec } from "../scenario/scenario.ts";
import type { ClientPorts } from "../trackers/clients/tracker-swarms.ts";
import type { QueryNode, NodeAnswers } from "./query-node.ts";
import { DhtMembers } from "./dht-members.ts";
import { QueryDraw, QueryKind } from "./query-draw.ts";

const tickMs = 100;
const maxReasonLength = 80;

/** The wrong answers of a node that breaks the rule of tokens (BEP 5). */
type TokenRule = "gives no token" | "refuses its own token" | "accepts a wrong token";

const measures: Readonly<Record<QueryKind, MeasureName | undefined>> = {
  [QueryKind.ping]: "dht_ping",
  [QueryKind.findNode]: "dht_find_node",
  [QueryKind.getPeers]: "dht_get_peers",
  [QueryKind.announcePeer]: "dht_announce_peer",
  [QueryKind.askToken]: "dht_get_peers",
  // A refusal takes another way than an announce.
  [QueryKind.wrongToken]: undefined,
};

/** Parts of the load. */
interface DhtLoadParts {
  readonly ports: Pick<Ports, "clock" | "timers">;
  readonly spec: DhtLoadSpec;
  readonly seed: number;
  readonly count: number;
  /** For an answer. */
  readonly timeoutMs: number;
  readonly recorder: Recorder;
  readonly sockets: SocketPool;
  readonly clientPorts: ClientPorts;
  /** Torrents of `get_peers`. */
  readonly infoHashes: readonly NodeId[];
}

/** A query that has its answer. */
interface AnsweredQuery {
  readonly kind: QueryKind;
  readonly member: number;
  readonly beganMs: number;
  readonly sentMs: number;
  readonly mark: number;
}

/** The load of one group. */
export class DhtLoad implements RunningLoad, NodeAnswers {
  readonly #parts: DhtLoadParts;
  readonly #pending: PendingRequests;
  readonly #ask: PendingRequest = { kind: 0, member: 0, beganMs: 0, mark: 0 };
  readonly #draw: QueryDraw;
  readonly #members: DhtMembers;
  /** Visits of a closed load. */
  readonly #visits: OpenVisits | undefined;
  readonly #labels = new ReasonLabels();
  readonly #target = new Uint8Array(nodeIdBytes) as NodeId;
  readonly #timers = new Set<Timer>();
  #nodes: readonly QueryNode[] = [];
  #ticker: Timer | undefined;
  #phase: "running" | "draining" | "ended" = "running";

  constructor(parts: DhtLoadParts) {
    this.#parts = parts;
    this.#pending = new PendingRequests(parts.seed, parts.timeoutMs);
    this.#draw = new QueryDraw(parts.spec.queries);
    this.#members = new DhtMembers(parts.count, parts.recorder);
    if (!this.#isOpenLoad) this.#visits = new OpenVisits(parts.count, parts.recorder);
  }

  /** Called once, before anything else. */
  attach(nodes: readonly QueryNode[]): void {
    this.#nodes = nodes;
    this.#ticker = this.#parts.ports.timers.every(tickMs, () => this.#expire());
  }

  get outstanding(): number {
    return this.#pending.openCount;
  }

  get isWaiting(): boolean {
    return this.outstanding > 0;
  }

  arrive({ member, visit, stayMs }: Visit, plannedMs: number): void {
    const { pace } = this.#parts.spec;
    this.#visits?.begin(member, plannedMs);
    this.#members.arrive(member, visit);
    if (Number.isFinite(stayMs)) {
      this.#after(stayMs, () => {
        if (this.#members.leave(member, visit)) this.#visits?.end(member);
      });
    }
    if (pace.kind !== "depth") return;
    for (let each = 0; each < pace.depth; each++) this.#sendNext(member);
  }

  act(intents: RateIntents, index: number, intendedMs: number): void {
    const member = intents.member[index] ?? 0;
    const seed = intents.seed[index] ?? 0;
    const { recorder } = this.#parts;
    const isSent = this.#sendDrawn(member, seed, intendedMs);
    recorder.acted(intendedMs, this.#nowMs());
    if (isSent) recorder.account("sent", intendedMs);
    else recorder.account("not_sent_target", intendedMs, "too many queries wait");
  }

  drain(): void {
    if (this.#phase === "running") this.#phase = "draining";
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  end(how: LoadEnd): Promise<void> {
    this.drain();
    this.#pending.closeAll((slot) => {
      if (how === "drained") this.#unanswered(slot, "end of the drain");
      else this.#parts.recorder.account("abandoned", this.#pending.beganMs(slot));
    });
    this.#visits?.endAll();
    this.#phase = "ended";
    this.#ticker?.cancel();
    for (const node of this.#nodes) node.close();
    return Promise.resolve();
  }

  answered(node: QueryNode, ask: number, answer: KrpcAnswer): void {
    const slot = this.#take(ask);
    if (slot === undefined) return;
    const { kind, member, mark } = slot;
    if (kind === QueryKind.wrongToken) this.#broken("accepts a wrong token");
    this.#counted(slot);
    if (kind === QueryKind.getPeers || kind === QueryKind.askToken) this.#checkToken(answer);
    if (kind === QueryKind.askToken) this.#announce(node, member, mark, answer.token);
    else this.#goOn(member);
  }

  refused(node: QueryNode, ask: number, error: KrpcErrorMessage): void {
    const slot = this.#take(ask);
    if (slot === undefined) return;
    const { kind, member } = slot;
    if (kind === QueryKind.wrongToken) {
      this.#counted(slot);
      return this.#goOn(member);
    }
    if (kind === QueryKind.announcePeer) {
      node.dropToken();
      this.#broken("refuses its own token");
    }
    this.#parts.recorder.account("answered_wrong", slot.beganMs);
    this.#visits?.heeded(member);
    const reason = cleanText(error.message, maxReasonLength);
    this.wrong(this.#labels.label(reason === "" ? `error ${error.code}` : reason));
    this.#tryLater(member);
  }

  wrong(label: string): void {
    if (this.#phase !== "ended") this.#parts.recorder.count("wrong_answers", 1, label);
  }

  notSent(reason: string): void {
    if (this.#phase === "ended") return;
    this.#parts.recorder.count(isOwnFault(reason) ? "own_failures" : "refused", 1, reason);
  }

  #checkToken({ token }: KrpcAnswer): void {
    if (token === undefined) this.#broken("gives no token");
  }

  #broken(rule: TokenRule): void {
    this.#parts.recorder.count("broken_rules", 1, rule);
  }

  #counted({ kind, member, beganMs, sentMs }: AnsweredQuery): void {
    const { recorder } = this.#parts;
    recorder.count("queries");
    recorder.account("answered", beganMs);
    const measure = measures[kind];
    const ofOpenLoad = this.#isOpenLoad ? sentMs : undefined;
    if (measure !== undefined) recorder.sample(measure, beganMs, this.#nowMs(), ofOpenLoad);
    this.#members.answered(member);
    this.#visits?.heeded(member);
  }

  get #isOpenLoad(): boolean {
    return this.#parts.spec.pace.kind === "rate";
  }

  #goOn(member: number): void {
    if (this.#parts.spec.pace.kind === "depth" && this.#members.isHere(member))
      this.#sendNext(member);
  }

  #sendNext(member: number): void {
    const seed = mixBits(this.#parts.seed + this.#pending.nextOrder);
    this.#sendDrawn(member, seed, this.#nowMs());
  }

  #sendDrawn(member: number, seed: number, beganMs: number): boolean {
    const node = this.#nodeOf(member);
    const kind = this.#draw.kindOf(seed);
    if (kind !== QueryKind.announcePeer) {
      const ask = this.#describe(kind, member, beganMs);
      return this.#send(node, ask, this.#queryOf(kind, node, member, seed));
    }
    const { token, infoHash } = node;
    if (token !== undefined) return this.#sendAnnounce(node, member, beganMs, token);
    const query = { method: "get_peers", target: infoHash } as const;
    const ask = this.#describe(QueryKind.askToken, member, this.#nowMs(), beganMs);
    return this.#send(node, ask, query);
  }

  /** The announce that waited for its token; its latency began with the wait. */
  #announce(node: QueryNode, member: number, beganMs: number, token?: Uint8Array): void {
    if (token === undefined) return this.#tryLater(member);
    node.keepToken(token);
    this.#sendAnnounce(node, member, beganMs, token);
  }

  #sendAnnounce(node: QueryNode, member: number, beganMs: number, token: Uint8Array): boolean {
    const query = this.#announceQuery(node, member, token);
    return this.#send(node, this.#describe(QueryKind.announcePeer, member, beganMs), query);
  }

  #queryOf(kind: QueryKind, node: QueryNode, member: number, seed: number): KrpcQuery {
    const bits = mixBits(seed + 2);
    if (kind === QueryKind.ping) return { method: "ping" };
    if (kind === QueryKind.findNode) return { method: "find_node", target: this.#drawTarget(bits) };
    if (kind === QueryKind.getPeers) {
      const { infoHashes } = this.#parts;
      return { method: "get_peers", target: infoHashes[bits % infoHashes.length] ?? node.infoHash };
    }
    return this.#announceQuery(node, member, wrongToken(node.token, bits));
  }

  #announceQuery(node: QueryNode, member: number, token: Uint8Array): KrpcQuery {
    const port = this.#parts.clientPorts.portOf(member);
    const { infoHash: target } = node;
    return { method: "announce_peer", target, port, isPortImplied: false, token };
  }

  #drawTarget(bits: number): NodeId {
    for (let at = 0; at < nodeIdBytes; at += 4) writeUint32(this.#target, at, mixBits(bits + at));
    return this.#target;
  }

  /** @param mark Beginning of the announce of an `askToken`. */
  #describe(kind: QueryKind, member: number, beganMs: number, mark = 0): PendingRequest {
    const ask = this.#ask;
    ask.kind = kind;
    ask.member = member;
    ask.beganMs = beganMs;
    ask.mark = mark;
    return ask;
  }

  #send(node: QueryNode, ask: PendingRequest, query: KrpcQuery): boolean {
    if (this.#phase !== "running") return false;
    const id = this.#pending.open(ask, this.#nowMs());
    if (id === undefined) return false;
    this.#parts.recorder.account("requests", ask.beganMs);
    node.send(id, query);
    return true;
  }

  /** Closes a query that has its answer. */
  #take(id: number): AnsweredQuery | undefined {
    if (this.#phase === "ended") return undefined;
    const pending = this.#pending;
    const slot = pending.find(id);
    if (slot < 0) {
      if (pending.hasExpired(id)) this.#parts.recorder.count("late_answers");
      else this.wrong("another transaction");
      return undefined;
    }
    pending.close(slot);
    return {
      kind: pending.kind(slot) as QueryKind,
      member: pending.member(slot),
      beganMs: pending.beganMs(slot),
      sentMs: pending.sentMs(slot),
      mark: pending.mark(slot),
    };
  }

  #expire(): void {
    this.#pending.expire(this.#nowMs(), (slot) => {
      this.#unanswered(slot, "timeout");
      this.#tryLater(this.#pending.member(slot));
    });
  }

  /** The age of the query is a lower bound of its latency. */
  #unanswered(slot: number, reason: string): void {
    const { recorder } = this.#parts;
    const beganMs = this.#pending.beganMs(slot);
    const measure = measures[this.#pending.kind(slot) as QueryKind];
    const sentMs = this.#isOpenLoad ? this.#pending.sentMs(slot) : undefined;
    if (measure !== undefined) recorder.sample(measure, beganMs, this.#nowMs(), sentMs);
    recorder.account("unanswered", beganMs, reason);
    this.#visits?.unheeded(this.#pending.member(slot));
  }

  /** A refused node of a closed load asks again with the next tick, or it would ask as fast as it is refused. */
  #tryLater(member: number): void {
    const { pace } = this.#parts.spec;
    if (pace.kind === "depth" && this.#phase === "running")
      this.#after(tickMs, () => this.#goOn(member));
  }

  #after(delayMs: number, act: () => void): void {
    const timer = this.#parts.ports.timers.after(delayMs, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }

  #nodeOf(member: number): QueryNode {
    const node = this.#nodes[this.#parts.sockets.socketOf(member)];
    if (node === undefined) throw new Error(`bug: no node asks for member ${member}`);
    return node;
  }

  #nowMs(): number {
    return this.#parts.ports.clock.nowMs();
  }
}

/** A token of the length of a right one, in which a byte differs. */
function wrongToken(right: Uint8Array | undefined, bits: number): Uint8Array {
  const token = right === undefined ? new Uint8Array(8) : Uint8Array.from(right);
  const at = bits % token.length;
  token[at] = (token[at] ?? 0) ^ 0x55;
  return token;
}
