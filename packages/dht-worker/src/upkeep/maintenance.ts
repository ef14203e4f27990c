import type { Random } from "@troupe/actor-runtime";
import {
  bootstrapStages,
  connectivityAfter,
  connectivityDueMs,
  firstBootstrap,
  stageDue,
} from "./connectivity.ts";
import type { Connectivity, ConnectivityEvent } from "./connectivity.ts";
import type { Contact } from "@troupe/protocol";
import { beginStage, lookUpNodes, type LookUpServices } from "./bootstrap.ts";
import { cutOffAfter, type DhtNode } from "../node/dht-node.ts";
import type { Question } from "../node/question.ts";

/** From one ping of a questionable node to the next. */
const pingPauseMs = 2_000;
/** From one look for questionable nodes, and for buckets to refresh, to the next. */
const restMs = 10_000;
/** From one copy of the table for {@link KnownNodes} to the next. */
const rememberMs = 300_000;
/** Nodes that a look-up of the table begins with. */
const mostStartNodes = 16;

/** The parts of the maintenance of a node. */
export interface MaintenanceServices extends LookUpServices {
  readonly random: Random;
}

/** Keeps a node in the DHT: bootstraps it, refreshes its buckets and pings its questionable nodes. */
export class Maintenance {
  readonly #services: MaintenanceServices;
  readonly #node: DhtNode;
  #state: Connectivity;
  #seenAnswers = 0;
  #isRefreshing = false;
  #nextRefreshMs: number;
  #nextPingMs: number;
  #nextRememberMs: number;

  constructor(services: MaintenanceServices, node: DhtNode, nowMs: number) {
    this.#services = services;
    this.#node = node;
    this.#state = firstBootstrap(nowMs);
    this.#nextRefreshMs = nowMs;
    this.#nextPingMs = nowMs;
    this.#nextRememberMs = nowMs + rememberMs;
  }

  get connectivity(): Connectivity {
    return this.#state;
  }

  /** The moment of the next step of `run`; Infinity: none. */
  get dueMs(): number {
    const refreshes = this.#state.kind === "running" && !this.#isRefreshing;
    return Math.min(connectivityDueMs(this.#state), refreshes ? this.#nextRefreshMs : Infinity);
  }

  /** The moment of the next call of `nextPing`; Infinity: none. */
  get nextPingMs(): number {
    return this.#state.kind === "running" ? this.#nextPingMs : Infinity;
  }

  /** Takes the steps that are due. */
  run(nowMs: number): void {
    this.#seeAnswers(nowMs);
    if (this.#isCutOff) this.#apply({ kind: "cut-off" }, nowMs);
    this.#apply({ kind: "time" }, nowMs);
    this.#beginStages(nowMs);
    this.#node.needsNodes = this.#state.kind === "bootstrapping";
    this.#refresh(nowMs);
    this.#remember(nowMs);
  }

  /** @returns A ping of a questionable node that is due. */
  nextPing(nowMs: number): Question | undefined {
    if (this.#state.kind !== "running" || nowMs < this.#nextPingMs) return undefined;
    const node = this.#node.table.nodeToPing(nowMs);
    this.#nextPingMs = nowMs + (node === undefined ? restMs : pingPauseMs);
    if (node === undefined) return undefined;
    const { id, host, port } = node;
    const calls = { answered: nothing, refused: nothing, silent: nothing, failed: nothing };
    return { family: this.#node.family, host, port, id, query: { method: "ping" }, ...calls };
  }

  get #isCutOff(): boolean {
    return this.#node.table.size === 0 || this.#node.unanswered >= cutOffAfter;
  }

  #seeAnswers(nowMs: number): void {
    if (this.#node.answers > this.#seenAnswers) this.#apply({ kind: "answer" }, nowMs);
    this.#seenAnswers = this.#node.answers;
  }

  #apply(event: ConnectivityEvent, nowMs: number): void {
    this.#state = connectivityAfter(this.#state, event, nowMs);
  }

  #beginStages(nowMs: number): void {
    for (const _ of bootstrapStages) {
      const stage = stageDue(this.#state, nowMs);
      if (stage === undefined) return;
      const tasks = beginStage(this.#services, this.#node, stage, (endedMs) => {
        this.#seeAnswers(endedMs);
        this.#apply({ kind: "task-ended" }, endedMs);
      });
      this.#apply({ kind: "stage-begun", tasks }, nowMs);
    }
  }

  /** No deadline of its own: it happens at the next step. */
  #remember(nowMs: number): void {
    if (nowMs < this.#nextRememberMs) return;
    this.#nextRememberMs = nowMs + rememberMs;
    this.#services.known.remember(this.#node.table.entries());
  }

  /** One look-up at a time. */
  #refresh(nowMs: number): void {
    if (this.#state.kind !== "running" || this.#isRefreshing || nowMs < this.#nextRefreshMs) return;
    const { table } = this.#node;
    const target = table.refreshTarget(nowMs, (length) => this.#services.random.bytes(length));
    this.#nextRefreshMs = nowMs + restMs;
    if (target === undefined) return;
    this.#isRefreshing = true;
    const start = (): readonly Contact[] => table.nearest(target, mostStartNodes);
    lookUpNodes(this.#services, this.#node, { target, start }, (endedMs) => {
      this.#isRefreshing = false;
      this.#nextRefreshMs = endedMs;
    });
  }
}

function nothing(): void {}
