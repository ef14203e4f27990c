// A production DHT worker on a machine of a simulated world.

import { openRoot, type Supervisor } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import { soleActor } from "@troupe/actor-runtime/testing";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import type {
  DhtEndpoint,
  DhtOptions,
  DhtProtocol,
  DhtQuestAnswer,
  DhtQuestRound,
  DhtQuestSubject,
  DhtStatus,
  SavedDhtNodes,
} from "@troupe/messages";

/** Where all nodes receive. */
export const dhtPort = 6_881;

/** The listeners of one quest. */
interface QuestListeners {
  readonly answered?: (answer: DhtQuestAnswer) => void;
  readonly ended: (round: DhtQuestRound) => void;
}

/** A node that runs until `stop`. */
export class SimulatedDhtNode {
  readonly machine: SimulatedMachine;
  readonly options: DhtOptions;
  readonly #quests = new Map<number, QuestListeners>();
  #questCount = 0;
  #root: Supervisor | undefined;
  #isStopped = false;

  constructor(machine: SimulatedMachine, options: DhtOptions) {
    this.machine = machine;
    this.options = options;
  }

  get host(): string {
    return this.machine.addresses[0] ?? "";
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Opens the socket. A crash of the worker fails the run. */
  async start(): Promise<void> {
    this.#root = await openRoot<{ dht: DhtProtocol }>({
      host: this.machine.host,
      spec: soleActor({
        name: "dht",
        role: "dht",
        entry: dhtWorkerEntry,
        options: () => this.options,
      }),
      noticeHandlers: {
        dht: {
          "quest-answer": (answer) => this.#quests.get(answer.quest)?.answered?.(answer),
          "quest-item": () => {},
          "quest-round": (round) => this.#quests.get(round.quest)?.ended(round),
          "quest-refused": ({ code }) => {
            throw new Error(`${this.host} refused a quest: ${code}`);
          },
        },
      },
      failed: (error) => {
        throw error;
      },
    });
    const listening = await this.#ref.call("listen", { hosts: [this.host], ports: [dhtPort] });
    if (listening.sockets.length === 0) throw new Error(`${this.host} has no socket`);
  }

  status(): Promise<DhtStatus> {
    return this.#ref.call("status", {});
  }

  exportNodes(): Promise<SavedDhtNodes> {
    return this.#ref.call("export-nodes", {});
  }

  /** @returns Cancels the quest. */
  beginQuest(subject: DhtQuestSubject, listeners: QuestListeners, repeatMs?: number): () => void {
    this.#questCount += 1;
    const quest = this.#questCount;
    this.#quests.set(quest, {
      ...listeners,
      ended: (round) => {
        if (round.isLast) this.#quests.delete(quest);
        listeners.ended(round);
      },
    });
    const repeats = repeatMs === undefined ? {} : { repeatMs };
    this.#ref.cast("begin-quest", { quest, subject, ...repeats });
    return () => {
      this.#quests.delete(quest);
      if (!this.#isStopped) this.#ref.cast("cancel-quest", { quest });
    };
  }

  /** Vanishes: UDP has no farewell. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#quests.clear();
    await this.#root?.stop();
  }

  get #ref() {
    if (this.#root === undefined) throw new Error(`${this.host} has not been started`);
    return this.#root.ref<DhtProtocol>("dht");
  }
}

/** @returns The address of a node for others. */
export function endpointOf({ host }: SimulatedDhtNode): DhtEndpoint {
  return { host, port: dhtPort };
}
