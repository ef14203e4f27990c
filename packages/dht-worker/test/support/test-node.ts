// A DHT worker under a root of its own, on any host.

import { openRoot, type Host, type Ref, type Supervisor } from "@troupe/actor-runtime";
import { soleActor } from "@troupe/actor-runtime/testing";
import type {
  DhtEndpoint,
  DhtItem,
  DhtListen,
  DhtOptions,
  DhtProtocol,
  DhtQuestAnswer,
  DhtQuestRound,
  DhtQuestSubject,
  DhtStatus,
} from "@troupe/messages";
import { dhtWorkerEntry } from "../../src/entry.ts";

/** The notices of a quest so far. */
export interface SeenQuest {
  readonly number: number;
  readonly answers: DhtQuestAnswer[];
  readonly items: DhtItem[];
  readonly rounds: DhtQuestRound[];
}

/** A node that runs until `stop`. */
export class TestNode {
  readonly #root: Supervisor;
  readonly #quests = new Map<number, SeenQuest>();
  #errors: unknown[] = [];

  private constructor(root: Supervisor) {
    this.#root = root;
  }

  static async start(host: Host, options: DhtOptions, listen: DhtListen): Promise<TestNode> {
    let node: TestNode | undefined;
    const errors: unknown[] = [];
    const root = await openRoot<{ dht: DhtProtocol }>({
      host,
      spec: soleActor({ name: "dht", role: "dht", entry: dhtWorkerEntry, options: () => options }),
      noticeHandlers: {
        dht: {
          "quest-answer": (answer) => node?.seen(answer.quest)?.answers.push(answer),
          "quest-item": ({ quest, item }) => node?.seen(quest)?.items.push(item),
          "quest-round": (round) => node?.seen(round.quest)?.rounds.push(round),
          "quest-refused": ({ message }) => errors.push(new Error(message)),
        },
      },
      failed: (error) => errors.push(error),
    });
    node = new TestNode(root);
    node.#errors = errors;
    await node.ref.call("listen", listen);
    return node;
  }

  get ref(): Ref<DhtProtocol> {
    return this.#root.ref<DhtProtocol>("dht");
  }

  /** Errors of the tree, and refused quests. */
  get errors(): readonly unknown[] {
    return this.#errors;
  }

  status(): Promise<DhtStatus> {
    return this.ref.call("status", {});
  }

  /** Endpoint of the first socket. */
  async endpoint(): Promise<DhtEndpoint> {
    const [family] = (await this.status()).families;
    if (family === undefined) throw new Error("the node has no socket");
    return { host: family.host, port: family.port };
  }

  begin(subject: DhtQuestSubject, repeatMs?: number): SeenQuest {
    const number = this.#quests.size + 1;
    const seen: SeenQuest = { number, answers: [], items: [], rounds: [] };
    this.#quests.set(number, seen);
    const repeats = repeatMs !== undefined && { repeatMs };
    this.ref.cast("begin-quest", { quest: number, subject, ...repeats });
    return seen;
  }

  seen(quest: number): SeenQuest | undefined {
    return this.#quests.get(quest);
  }

  stop(): Promise<void> {
    return this.#root.stop();
  }
}

/** The addresses of all peers that a quest found, each once. */
export function peersOf({ answers }: SeenQuest): string[] {
  const peers = answers.flatMap((answer) => answer.peers);
  return [...new Set(peers.map(({ host, port }) => `${host} ${port}`))].toSorted();
}
