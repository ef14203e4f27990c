import type { Random } from "@troupe/actor-runtime";
import {
  bootstrapStages,
  connectivityAfter,
  connectivityDueMs,
  firstBootstrap,
  stageDue,
} from "./connectivity.ts";
import type { Connectivity, ConnectivityEvent } from "./connectivity.ts";
import type { Contact } from "@troupe/protocol/dht";
import { beginStage, lookUpNodes, type LookUpServices } from "./bootstrap.ts";
import { bucketSize } from "../routing/bucket.ts";
import { cutOffAfter, type DhtNode } from "../node/dht-node.ts";
import type { Question } from "../node/question.ts";
import type { NodeEntry } from "../routing/node-entry.ts";

/** From one ping to the next: a full table of a large network is pinged within 7 min. */
const pingPauseMs = 1_000;
/** Nodes to ping that are chosen at once: a choice looks at all nodes of the table. */
const pingsChosen = 10;
/** From one look for nodes to ping, and for buckets to refresh, to the next. */
const restMs = 10_000;
/** From one copy of the table for {@link KnownNodes} to the next. */
const rememberMs = 300_000;
/** From one stage of the bootstrap to the next, while the table has fewer nodes than a bucket: all stages in 5 min. */
const fewNodesStageMs = 50_000;
/** Nodes that a look-up of the table begins with. */
const mostStartNodes = 16;

/** The parts of the maintenance of a node. */
export interface MaintenanceServices extends LookUpServices {
  readonly random: Random;
}

/** Keeps a node in the DHT: bootstraps it, refreshes its buckets and pings its nodes. */
export class Maintenance {
  readonly #services: MaintenanceServices;
  readonly #node: DhtNode;
  #state: Connectivity;
  #seenAnswers = 0;
  #isRefreshing = false;
  #nextRefreshMs: number;
  #nextPingMs: number;
  #toPing: NodeEntry[] = [];
  #nextRememberMs: number;
  #nextStageMs: number;
  /** Stages that have begun while the table had few nodes. */
  #stages = 0;

  constructor(services: MaintenanceServices, node: DhtNode, nowMs: number) {
    this.#services = services;
    this.#node = node;
    this.#state = firstBootstrap(nowMs);
    this.#nextRefreshMs = nowMs;
    this.#nextPingMs = nowMs;
    this.#nextRememberMs = nowMs + rememberMs;
    this.#nextStageMs = nowMs + fewNodesStageMs;
  }

  get connectivity(): Connectivity {
    return this.#state;
  }

  /** The moment of the next step of `run`; Infinity: none. */
  get dueMs(): number {
    if (this.#state.kind !== "running") return connectivityDueMs(this.#state);
    return Math.min(this.#nextStageMs, this.#isRefreshing ? Infinity : this.#nextRefreshMs);
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
    this.#node.needsNodes = this.#state.kind !== "running";
    this.#beginStageForFew(nowMs);
    this.#refresh(nowMs);
    this.#remember(nowMs);
  }

  /** This machine has another address, or the network is back. */
  networkChanged(nowMs: number): void {
    this.#apply({ kind: "network-changed" }, nowMs);
  }

  /** @returns A ping that is due. */
  nextPing(nowMs: number): Question | undefined {
    if (this.#state.kind !== "running" || nowMs < this.#nextPingMs) return undefined;
    if (this.#toPing.length === 0) this.#toPing = this.#node.table.nodesToPing(pingsChosen, nowMs);
    const node = this.#toPing.shift();
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

  /** A neighbour may be all that outlasted a lost network: it answers, and names no other node. */
  #beginStageForFew(nowMs: number): void {
    if (this.#state.kind !== "running" || nowMs < this.#nextStageMs) return;
    this.#nextStageMs = nowMs + fewNodesStageMs;
    const stage = bootstrapStages[this.#stages % bootstrapStages.length];
    if (stage === undefined || this.#node.table.size >= bucketSize) return;
    this.#stages++;
    beginStage(this.#services, this.#node, stage, nothing);
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
