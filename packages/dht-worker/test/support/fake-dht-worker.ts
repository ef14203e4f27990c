// A DHT worker without sockets: it remembers the messages that it gets, and sends the notices that the test asks for.

import type { Actor, ActorEntry, Context } from "@troupe/actor-runtime";
import type {
  BeginDhtQuest,
  DhtListen,
  UdpListening,
  DhtOptions,
  DhtProtocol,
  DhtQuestRound,
  SavedDhtNodes,
} from "@troupe/messages";

/** Plays the worker of a standalone node, over its restarts. */
export class FakeDhtWorker {
  /** Options of each incarnation. */
  readonly options: DhtOptions[] = [];
  readonly listens: DhtListen[] = [];
  readonly begun: BeginDhtQuest[] = [];
  readonly cancelled: number[] = [];
  listening: UdpListening = {
    sockets: [
      { family: 4, host: "0.0.0.0", port: 7_000 },
      { family: 6, host: "::", port: 7_001 },
    ],
    refused: [],
  };
  exported: SavedDhtNodes = { ids: [], nodes: [] };
  /** The present incarnation. */
  context: Context<DhtProtocol> | undefined;
  #listeners: (() => void)[] = [];

  get entry(): ActorEntry<DhtProtocol, DhtOptions> {
    const load = (): Promise<Actor<DhtProtocol, DhtOptions, FakeDhtWorker>> =>
      Promise.resolve(this.#actor());
    return { name: "dht", url: new URL("file:///nowhere"), load };
  }

  /** Resolves once the worker has got messages so that `isTrue`. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => {
        this.#listeners.push(resolve);
      });
    }
  }

  /** The end of a round of a quest. */
  endRound(quest: number, fields: Partial<DhtQuestRound> = {}): void {
    this.context?.emit("quest-round", { ...emptyRound, quest, ...fields });
  }

  #heard(): void {
    for (const resolve of this.#listeners.splice(0)) resolve();
  }

  #actor(): Actor<DhtProtocol, DhtOptions, FakeDhtWorker> {
    const traffic = { families: [], quests: 0, lookUps: 0, waitingLookUps: 0 };
    return {
      name: "dht",
      start: (context, options) => {
        this.context = context;
        this.options.push(options);
        return this;
      },
      stop: () => {},
      handlers: {
        listen: (_, where) => {
          this.listens.push(where);
          this.#heard();
          return this.listening;
        },
        status: () => ({ ...traffic, torrents: 0, peers: 0, items: 0 }),
        "read-table": () => ({}),
        "describe-table": (_, { family }) => (family === 4 ? { lines: ["a", "b"] } : {}),
        "export-nodes": () => this.exported,
        ping: (_, { host, port }) =>
          port === 1
            ? { refused: "no-answer", message: "it does not answer" }
            : { id: new Uint8Array(20).fill(0xab), host, port, tookMs: 3 },
        "begin-quest": (_, quest) => {
          this.begun.push(quest);
          this.#heard();
        },
        "cancel-quest": (_, { quest }) => {
          this.cancelled.push(quest);
          this.#heard();
        },
        "add-nodes": () => {},
        "port-opened": () => {},
        "datagrams-received": () => {},
        "set-ip-filter": () => {},
        "quarantine-address": () => {},
        "set-public-port": () => {},
        "network-changed": () => {},
      },
    };
  }
}

const emptyRound: DhtQuestRound = {
  quest: 0,
  tookMs: 1,
  waitedMs: 0,
  asked: 1,
  answered: 1,
  peers: 0,
  stored: 0,
  nearest: [],
  isLast: false,
};
