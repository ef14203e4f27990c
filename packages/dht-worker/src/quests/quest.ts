// A quest looks up or stores one subject of its owner, round after round, until it is cancelled.

import type { BeginDhtQuest, DhtQuestSubject } from "@troupe/messages";
import type { Contact, KrpcAnswer, NodeId } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { Search, type SearchSummary } from "../look-up/search.ts";
import { FoundItem } from "./found-item.ts";
import { namedPeers } from "./named-peers.ts";
import { questionOf, storeQueryOf, targetOf } from "./quest-queries.ts";
import { QuestRound } from "./quest-round.ts";
import { nextChangeMs, withoutNodesMs, type QuestState } from "./quest-state.ts";
import type { QuestEnvironment, QuestFamily } from "./quest-environment.ts";

/** One quest. */
export class Quest {
  readonly #id: number;
  readonly #subject: DhtQuestSubject;
  readonly #repeatMs: number | undefined;
  readonly #environment: QuestEnvironment;
  readonly #target: NodeId;
  readonly #found: FoundItem;
  #state: QuestState;

  /** @throws {ProtocolError} `node-id-malformed`. */
  constructor(
    { quest, subject, repeatMs }: BeginDhtQuest,
    environment: QuestEnvironment,
    nowMs: number,
  ) {
    this.#id = quest;
    this.#subject = subject;
    this.#repeatMs = repeatMs;
    this.#environment = environment;
    this.#target = targetOf(subject);
    const salt = subject.kind === "get-item" ? subject.salt : undefined;
    this.#found = new FoundItem(this.#target, salt ?? new Uint8Array(0));
    this.#state = { kind: "due", dueMs: nowMs, without: [] };
  }

  get isEnded(): boolean {
    return this.#state.kind === "ended";
  }

  /** When {@link wake} has something to do; undefined: only after an event. */
  get nextChangeMs(): number | undefined {
    return nextChangeMs(this.#state);
  }

  /** A round that is due begins; a round that has waited too long for a node ends. */
  wake(nowMs: number): void {
    const state = this.#state;
    if (state.kind === "due" && nowMs >= state.dueMs) this.#beginRound(state.dueMs);
    else if (state.kind === "without-nodes" && nowMs >= state.dueMs + withoutNodesMs)
      this.#endRound(new QuestRound(state.dueMs), undefined, nowMs);
  }

  /** Nodes of a family have become known. */
  familyReady(family: QuestFamily, nowMs: number): void {
    const state = this.#state;
    switch (state.kind) {
      case "without-nodes":
        return this.#beginRound(state.dueMs);
      case "running":
        if (!state.round.has(family.family)) this.#beginSearch(state.round, family);
        return;
      case "due":
        if (!state.without.includes(family.family)) return;
        return this.#run(new QuestRound(nowMs), [family], state.dueMs);
      case "ended":
    }
  }

  /** No query and no notice follows. */
  cancel(): void {
    const state = this.#state;
    this.#state = { kind: "ended" };
    if (state.kind !== "running") return;
    for (const search of state.round.searches) {
      search.cancel();
      this.#environment.queue.remove(search);
    }
  }

  #beginRound(dueMs: number): void {
    const ready = this.#environment.families().filter(({ isReady }) => isReady);
    if (ready.length === 0) this.#state = { kind: "without-nodes", dueMs };
    else this.#run(new QuestRound(dueMs), ready, undefined);
  }

  #run(round: QuestRound, families: readonly QuestFamily[], nextMs: number | undefined): void {
    this.#state = { kind: "running", round, nextMs };
    for (const family of families) this.#beginSearch(round, family);
  }

  #beginSearch(round: QuestRound, family: QuestFamily): void {
    const search: Search = new Search({
      family: family.family,
      lookUp: (nowMs) => {
        round.hasTurn(nowMs);
        return family.lookUpOptions(this.#target, nowMs);
      },
      question: () => questionOf(this.#subject, this.#target, this.#found.sequence),
      store: (node) =>
        storeQueryOf(this.#subject, this.#target, node, this.#environment.publicPort()),
      heard: (node, answer) => this.#heard(round, family, node, answer),
      ended: (summary, nowMs) => {
        this.#environment.queue.remove(search);
        family.reached(summary.reached, nowMs);
        this.#searchEnded(round, family.family, summary, nowMs);
      },
    });
    round.begin(family.family, search);
    this.#environment.queue.add(search, { isUrgent: false });
  }

  /** Also between two rounds. */
  #heard(round: QuestRound, family: QuestFamily, node: Contact, answer: KrpcAnswer): void {
    if (this.isEnded) return;
    const { notices } = this.#environment;
    const wantsPeers = this.#subject.kind === "get-peers" || this.#subject.kind === "announce-peer";
    const peers = wantsPeers ? namedPeers(answer, node.host, family.admits) : [];
    round.heardPeers(peers);
    if (this.#subject.kind === "scrape") round.heardScrape(answer);
    notices.answer({ quest: this.#id, node, peers });
    if (this.#subject.kind !== "get-item" || answer.item === undefined) return;
    const item = this.#found.found(answer.item);
    if (item !== undefined) notices.item({ quest: this.#id, item, node });
  }

  #searchEnded(
    round: QuestRound,
    family: AddressFamily,
    summary: SearchSummary,
    nowMs: number,
  ): void {
    round.end(family, summary);
    if (round.isEnded && this.#state.kind === "running")
      this.#endRound(round, this.#state.nextMs, nowMs);
  }

  #endRound(round: QuestRound, nextMs: number | undefined, nowMs: number): void {
    const families = this.#environment.families().map(({ family }) => family);
    const without: readonly AddressFamily[] =
      nextMs === undefined ? families.filter((family) => !round.hasAnswers(family)) : [];
    this.#state =
      this.#repeatMs === undefined
        ? { kind: "ended" }
        : { kind: "due", dueMs: nextMs ?? nowMs + this.#repeatMs, without };
    this.#environment.notices.round({
      quest: this.#id,
      ...round.summary(nowMs),
      isLast: this.isEnded,
    });
  }
}
