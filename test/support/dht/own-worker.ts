// Our DHT worker in a thread, with no engine around it.

import { openRoot, threadHost, type Ref, type Supervisor } from "@troupe/actor-runtime";
import { soleActor } from "@troupe/actor-runtime/testing";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import type {
  DhtListen,
  DhtOptions,
  DhtProtocol,
  DhtQuestAnswer,
  DhtQuestRound,
  DhtQuestSubject,
} from "@troupe/messages";

/** The listeners of a quest. */
export interface QuestListener {
  answered?(answer: DhtQuestAnswer): void;
  /** An item was found. @param value Its bencoded value. */
  found?(value: Uint8Array, sequence: number): void;
  ended?(round: DhtQuestRound): void;
}

/** A worker and its quests. */
export class OwnDhtWorker {
  readonly #root: Supervisor;
  readonly #listeners: Map<number, QuestListener>;

  private constructor(root: Supervisor, listeners: Map<number, QuestListener>) {
    this.#root = root;
    this.#listeners = listeners;
  }

  /** Starts one and opens its sockets. @param failed Called when it crashes. */
  static async start(
    options: DhtOptions,
    where: DhtListen,
    failed: (error: unknown) => void,
  ): Promise<OwnDhtWorker> {
    const listeners = new Map<number, QuestListener>();
    const root = await openRoot<{ dht: DhtProtocol }>({
      host: threadHost(),
      spec: soleActor({ name: "dht", role: "dht", entry: dhtWorkerEntry, options: () => options }),
      noticeHandlers: {
        dht: {
          "quest-answer": (answer) => listeners.get(answer.quest)?.answered?.(answer),
          "quest-item": ({ quest, item }) =>
            listeners
              .get(quest)
              ?.found?.(item.value, item.kind === "mutable" ? Number(item.sequence) : 0),
          "quest-round": (round) => listeners.get(round.quest)?.ended?.(round),
          "quest-refused": ({ message }) => failed(new Error(message)),
        },
      },
      failed,
    });
    const worker = new OwnDhtWorker(root, listeners);
    const { refused } = await worker.ref.call("listen", where);
    for (const { message } of refused) failed(new Error(message));
    return worker;
  }

  get ref(): Ref<DhtProtocol> {
    return this.#root.ref<DhtProtocol>("dht");
  }

  /** Begins a quest. @param repeatMs From the end of a round to the next; a single round by default. */
  begin(subject: DhtQuestSubject, listener: QuestListener = {}, repeatMs?: number): void {
    const quest = this.#listeners.size + 1;
    this.#listeners.set(quest, listener);
    const repeats = repeatMs === undefined ? {} : { repeatMs };
    this.ref.cast("begin-quest", { quest, subject, ...repeats });
  }

  async stop(): Promise<void> {
    await this.#root.stop();
  }
}
