// The quests of a node, over its restarts.

import { TroupeError } from "@troupe/control";
import type { BeginDhtQuest, DhtItem, DhtNodeAddress, DhtQuestAnswer } from "@troupe/messages";
import type { DhtQuestRound } from "@troupe/messages";
import { QuestProgress, type QuestOwner, type QuestParts } from "./quest-progress.ts";

/** Messages to the worker. */
interface QuestMessages {
  begin(begun: BeginDhtQuest): void;
  cancel(quest: number): void;
}

interface Entry {
  readonly begun: BeginDhtQuest;
  readonly progress: WeakRef<QuestProgress<unknown>>;
}

/** Quests by number. A dropped quest is cancelled after its memory was collected. */
export class QuestList {
  readonly #messages: QuestMessages;
  readonly #entries = new Map<number, Entry>();
  readonly #held = new Set<QuestProgress<unknown>>();
  readonly #dropped: FinalizationRegistry<number>;
  readonly #owner: QuestOwner;
  #lastId = 0;

  constructor(messages: QuestMessages) {
    this.#messages = messages;
    this.#dropped = new FinalizationRegistry((quest) => this.#cancel(quest));
    this.#owner = {
      cancelled: ({ id }) => this.#cancel(id),
      hold: (progress) => this.#held.add(progress),
      release: (progress) => this.#held.delete(progress),
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  begin<Found>(
    subject: BeginDhtQuest["subject"],
    repeatMs: number | undefined,
    parts: Pick<QuestParts<Found>, "target" | "results" | "onNode">,
  ): QuestProgress<Found> {
    const quest = ++this.#lastId;
    const begun = { quest, subject, ...(repeatMs !== undefined && { repeatMs }) };
    const progress = new QuestProgress({ ...parts, begun, owner: this.#owner });
    this.#entries.set(quest, { begun, progress: new WeakRef(progress) });
    this.#dropped.register(progress, quest);
    this.#messages.begin(begun);
    return progress;
  }

  /** A new incarnation runs. */
  beginAll(): void {
    for (const { begun } of this.#entries.values()) this.#messages.begin(begun);
  }

  answered({ quest, node, peers }: DhtQuestAnswer): void {
    this.#find(quest)?.answered({ node, peers });
  }

  item(quest: number, item: DhtItem, node: DhtNodeAddress): void {
    this.#find(quest)?.item(item, node);
  }

  roundEnded(round: DhtQuestRound): void {
    const progress = this.#find(round.quest);
    if (round.isLast) this.#entries.delete(round.quest);
    progress?.roundEnded(round);
  }

  refused(quest: number, code: string, message: string): void {
    const progress = this.#find(quest);
    this.#entries.delete(quest);
    progress?.fail(new TroupeError(code, message));
  }

  /** The node does not run any more. */
  failAll(error: Error): void {
    const all = this.#takeAll();
    for (const progress of all) progress.fail(error);
  }

  /** The node is being closed. */
  cancelAll(): void {
    for (const progress of this.#takeAll()) progress.cancel();
  }

  #takeAll(): readonly QuestProgress<unknown>[] {
    const all = [...this.#entries.keys()].map((quest) => this.#find(quest));
    this.#entries.clear();
    return all.filter((progress) => progress !== undefined);
  }

  #find(quest: number): QuestProgress<unknown> | undefined {
    return this.#entries.get(quest)?.progress.deref();
  }

  #cancel(quest: number): void {
    if (this.#entries.delete(quest)) this.#messages.cancel(quest);
  }
}
