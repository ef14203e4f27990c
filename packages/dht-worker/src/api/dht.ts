// The standalone node that users see.

import type { ActorStatus } from "@troupe/actor-runtime";
import {
  abortable,
  dialable,
  type Names,
  refuseUnknownOptions,
  type WaitOptions,
} from "@troupe/api-base";
import { outOfRange, spelled, TroupeError, within } from "@troupe/control";
import type { DhtFamily, DhtPinged, DhtPorts, DhtQuestSubject } from "@troupe/messages";

import type { DhtStartOptions } from "./dht-options.ts";
import {
  hexOf,
  idFrom,
  spellBytes,
  type DhtBuckets,
  type DhtNode,
  type DhtNodeStatus,
  type Spelled,
} from "./dht-values.ts";
import {
  getQuest,
  putQuest,
  type DhtValue,
  type ItemName,
  type ItemOptions,
} from "./quests/item-values.ts";
import { questOf, type DhtQuest } from "./quests/quest.ts";
import type { DhtAnswer, DhtRound, QuestResults } from "./quests/quest-progress.ts";
import {
  itemResults,
  nodeResults,
  peerResults,
  roundResults,
  type DhtFoundItem,
  type DhtPeer,
} from "./quests/quest-results.ts";
import { RunningDht } from "./running-dht.ts";

/** Options of every quest. */
export interface QuestOptions {
  /**
   * Rounds follow each other, 5 minutes after the end of the one before (`put`: an hour), until the quest is cancelled. Default
   * true; false: a single round.
   */
  readonly repeat?: boolean;
  /** Called for each answer of a node, until no code refers to the quest any more. */
  readonly onNode?: (answer: DhtAnswer) => void;
  /** Aborted: cancels the quest. */
  readonly signal?: AbortSignal;
}

/** Options of `put`. */
export interface PutOptions extends QuestOptions, ItemOptions {}

/** The answer to a ping. Id and version are hexadecimal digits. */
export type DhtPing = Spelled<DhtPinged>;

const questRepeatMs = 300_000;
const putRepeatMs = 3_600_000;
const pingDeadline = { deadlineMs: 15_000 };

const questOptionNames: Names<keyof QuestOptions> = { repeat: true, onNode: true, signal: true };
const putOptionNames: Names<keyof PutOptions> = {
  ...questOptionNames,
  secretKey: true,
  salt: true,
  sequence: true,
  compareAndSwap: true,
};

/** A node of the DHT without a BitTorrent engine. The nodes of a process share nothing. */
export class Dht implements AsyncDisposable {
  readonly #node: RunningDht;

  private constructor(node: RunningDht) {
    this.#node = node;
  }

  /**
   * Opens a socket for each address family and joins the DHT in the background: quests wait for it.
   *
   * @throws TroupeError `option-unknown`, `option-out-of-range`, `port-in-use`, `port-not-allowed`,
   *   `address-not-available`, `listen-failed`, `worker-file-not-found`, `dht-state-unreadable`, `dht-state-not-saved`, or
   *   the codes of `Coordinator.setIpFilter`.
   */
  static async start(options: DhtStartOptions = {}): Promise<Dht> {
    return new Dht(await RunningDht.start(options));
  }

  /** UDP ports by address family; those of IPv4 and IPv6 may differ. A family without a socket has none. */
  get ports(): DhtPorts {
    return this.#node.ports;
  }

  /**
   * The nodes nearest to an id: 20 bytes, or 40 hexadecimal digits.
   *
   * @throws TroupeError `option-out-of-range`, `dht-closed`, `dht-lost`
   */
  findNode(target: Uint8Array | string, options: QuestOptions = {}): DhtQuest<DhtNode> {
    const id = idFrom("target", target);
    return this.#quest({ kind: "find-node", target: id }, hexOf(id), nodeResults, options);
  }

  /** The peers of a torrent. @throws as {@link Dht.findNode} */
  getPeers(infoHash: Uint8Array | string, options: QuestOptions = {}): DhtQuest<DhtPeer> {
    const target = idFrom("infoHash", infoHash);
    return this.#quest({ kind: "get-peers", target }, hexOf(target), peerResults, options);
  }

  /**
   * Finds the peers of a torrent, and announces us to the nodes nearest to it, with the tokens that they gave.
   *
   * @param port The TCP port as the internet reaches it.
   * @throws as {@link Dht.findNode}
   */
  announcePeer(
    infoHash: Uint8Array | string,
    port: number,
    options: QuestOptions = {},
  ): DhtQuest<DhtPeer> {
    const target = idFrom("infoHash", infoHash);
    const subject = {
      kind: "announce-peer",
      target,
      port: within("port", port, 1, 65_535),
    } as const;
    return this.#quest(subject, hexOf(target), peerResults, options);
  }

  /**
   * Estimates the seeds and leechers of a torrent from the filters of the nodes nearest to it (BEP 33). Yields each round,
   * with `swarm` when a node knows the torrent.
   *
   * @throws as {@link Dht.findNode}
   */
  scrape(infoHash: Uint8Array | string, options: QuestOptions = {}): DhtQuest<DhtRound> {
    const target = idFrom("infoHash", infoHash);
    return this.#quest({ kind: "scrape", target }, hexOf(target), roundResults, options);
  }

  /**
   * Stores an item at the nodes nearest to its target, which keep it for two hours. Yields each round; `stored` counts
   * the nodes that took it.
   *
   * @throws TroupeError as {@link Dht.findNode}, ProtocolError `bencode-not-encodable`.
   */
  put(value: DhtValue, options: PutOptions = {}): DhtQuest<DhtRound> {
    refuseUnknownOptions(options, putOptionNames);
    const { secretKey, salt, sequence, compareAndSwap, ...others } = options;
    const item = { secretKey, salt, sequence, compareAndSwap } as ItemOptions;
    const { target, subject } = putQuest(value, item, Date.now());
    const repeat = compareAndSwap === undefined && (others.repeat ?? true);
    return this.#quest(subject, target, roundResults, { ...others, repeat }, putRepeatMs);
  }

  /** An item, and each newer one with a higher sequence number. @throws as {@link Dht.findNode} */
  get(name: ItemName, options: QuestOptions = {}): DhtQuest<DhtFoundItem> {
    const { target, subject } = getQuest(name);
    return this.#quest(subject, target, itemResults, options);
  }

  /**
   * Pings a node.
   *
   * @throws rejects with TroupeError `no-answer`, `name-not-found`, `address-refused`, `filtered`, `no-socket`,
   *   `too-many-queries`, `dht-closed`, `dht-lost`, `dht-restarting`.
   */
  async ping(host: string, port: number, { signal }: WaitOptions = {}): Promise<DhtPing> {
    const address = dialable({ host, port });
    const answer = await abortable(signal, () =>
      this.#node.ask((node) => node.call("ping", address, pingDeadline)),
    );
    if ("refused" in answer) throw new TroupeError(answer.refused, answer.message);
    return spellBytes(answer);
  }

  /**
   * Names a node that may be asked; the host may be a name.
   *
   * @throws TroupeError `option-out-of-range`, `dht-closed`, `dht-lost`
   */
  addNode(host: string, port: number): void {
    const address = dialable({ host, port });
    this.#node.addNode(address.host, address.port);
  }

  /** @returns The routing table of an address family; undefined without a socket of it. @throws as {@link Dht.status} */
  async buckets(family: DhtFamily, { signal }: WaitOptions = {}): Promise<DhtBuckets | undefined> {
    checkFamily(family);
    const { table } = await abortable(signal, () =>
      this.#node.ask((node) => node.call("read-table", { family })),
    );
    return table === undefined ? undefined : spellBytes(table);
  }

  /** @returns The table as text: lines, without a final line end. @throws as {@link Dht.status} */
  async bucketsText(family: DhtFamily, { signal }: WaitOptions = {}): Promise<string | undefined> {
    checkFamily(family);
    const { lines } = await abortable(signal, () =>
      this.#node.ask((node) => node.call("describe-table", { family })),
    );
    return lines?.join("\n");
  }

  /**
   * Ids, addresses, nodes and counts of packets.
   *
   * @throws rejects with TroupeError `dht-closed`, `dht-lost`, `dht-restarting`.
   */
  async status({ signal }: WaitOptions = {}): Promise<DhtNodeStatus> {
    return spellBytes(
      await abortable(signal, () => this.#node.ask((node) => node.call("status", {}))),
    );
  }

  /** The supervision tree of the node. */
  async actors({ signal }: WaitOptions = {}): Promise<ActorStatus> {
    return await abortable(signal, () => this.#node.actors());
  }

  /**
   * Cancels all quests, saves the state, and ends the thread. Settles within 5 s. Idempotent.
   *
   * @param options.signal Aborted: the state is not saved.
   * @throws rejects with TroupeError `dht-state-not-saved`, or `dht-state-unreadable` if another program has written
   *   the file, after everything else has ended.
   */
  close(options: WaitOptions = {}): Promise<void> {
    return this.#node.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #quest<Found>(
    subject: DhtQuestSubject,
    target: string,
    results: QuestResults<Found>,
    options: QuestOptions,
    repeatMs: number = questRepeatMs,
  ): DhtQuest<Found> {
    refuseUnknownOptions(options, questOptionNames);
    const { repeat = true, onNode, signal } = options;
    this.#node.refuseEnded();
    signal?.throwIfAborted();
    const parts = { target, results, onNode };
    const progress = this.#node.quests.begin(subject, repeat ? repeatMs : undefined, parts);
    // The signal must not keep the quest.
    const dropped = new WeakRef(progress);
    const abort = (): void => dropped.deref()?.cancel();
    signal?.addEventListener("abort", abort, { once: true });
    progress.onEnd = () => signal?.removeEventListener("abort", abort);
    return questOf(progress);
  }
}

function checkFamily(family: unknown): void {
  if (family !== 4 && family !== 6) throw outOfRange("family", spelled(family), "4 or 6");
}
