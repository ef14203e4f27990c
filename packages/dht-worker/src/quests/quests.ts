import type { BeginDhtQuest, DhtQuestRefusal, DhtQuestRound } from "@troupe/messages";
import { ProtocolError } from "@troupe/protocol/errors";
import { Quest } from "./quest.ts";
import type { QuestEnvironment, QuestFamily } from "./quest-environment.ts";

/** Quests at once; a further quest is refused with `too-many-quests`. */
export const mostQuests = 10_000;

/** The quests of an owner. The caller takes their queries from the queue of searches. */
export class Quests {
  readonly #environment: QuestEnvironment;
  readonly #quests = new Map<number, Quest>();
  /** Not later than the next change of any quest. */
  #nextMs = Infinity;

  constructor(environment: QuestEnvironment) {
    const { notices } = environment;
    this.#environment = {
      ...environment,
      notices: {
        answer: (answer) => notices.answer(answer),
        item: (found) => notices.item(found),
        round: (round) => {
          this.#roundEnded(round);
          notices.round(round);
        },
      },
    };
  }

  get size(): number {
    return this.#quests.size;
  }

  /** When to call {@link wake}; undefined: only after an event. */
  get nextChangeMs(): number | undefined {
    return this.#nextMs === Infinity ? undefined : this.#nextMs;
  }

  /**
   * Replaces a quest of the same number.
   *
   * @returns The refusal; undefined if the quest has begun.
   */
  begin(begun: BeginDhtQuest, nowMs: number): DhtQuestRefusal | undefined {
    this.cancel(begun.quest);
    if (this.#quests.size >= mostQuests) {
      const message = `cannot begin quest ${begun.quest}: ${this.#quests.size} quests run`;
      return { code: "too-many-quests", message };
    }
    const quest = this.#questOf(begun, nowMs);
    if (!(quest instanceof Quest)) return quest;
    this.#quests.set(begun.quest, quest);
    quest.wake(nowMs);
    this.#heed(quest);
    return undefined;
  }

  cancel(quest: number): void {
    this.#quests.get(quest)?.cancel();
    this.#quests.delete(quest);
  }

  /** Nodes of a family have become known: searches that wait for nodes begin. */
  familyReady(family: QuestFamily, nowMs: number): void {
    for (const quest of this.#quests.values()) {
      quest.familyReady(family, nowMs);
      this.#heed(quest);
    }
  }

  /** Rounds that are due begin. */
  wake(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = Infinity;
    for (const quest of this.#quests.values()) {
      quest.wake(nowMs);
      this.#heed(quest);
    }
  }

  /** A bad message ends its quest, and not the worker with the quests of all others. */
  #questOf(begun: BeginDhtQuest, nowMs: number): Quest | DhtQuestRefusal {
    try {
      return new Quest(begun, this.#environment, nowMs);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { code: "node-id-malformed", message: error.message };
    }
  }

  #heed({ nextChangeMs }: Quest): void {
    if (nextChangeMs !== undefined) this.#nextMs = Math.min(this.#nextMs, nextChangeMs);
  }

  #roundEnded({ quest: id, isLast }: DhtQuestRound): void {
    const quest = this.#quests.get(id);
    if (isLast) this.#quests.delete(id);
    else if (quest !== undefined) this.#heed(quest);
  }
}
