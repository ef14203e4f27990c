// The DHT node of the engine. It starts with the first public torrent and runs until the engine ends.

import { messageOf, pause, settlesWithin, type Context, type Timer } from "@troupe/actor-runtime";
import { dhtPortsOf, Quarantine } from "@troupe/messages";
import type { FilterMemory } from "@troupe/messages";
import type {
  UdpListening,
  DhtOptions,
  DhtSettings,
  DhtPorts,
  DhtQuestAnswer,
  DhtQuestId,
  DhtQuestRound,
  DhtStatus,
  DhtSwarm,
  QuarantinedAddress,
} from "@troupe/messages";
import type { PeerAddress } from "@troupe/protocol/address";
import type { InfoHash } from "@troupe/protocol/units";
import { DhtAnnounces, type DhtAnnounceServices } from "./dht-announces.ts";
import {
  dhtUnneeded,
  nextDhtNode,
  type DhtNodeEvent,
  type DhtNodeState,
} from "./dht-node-state.ts";
import type { DhtTorrent, RoundTimes, DhtQueueStatus } from "./dht-queue.ts";
import { SavedNodes, type SavedNodesServices } from "./saved-nodes.ts";

/** The supervisor restarts a node that crashes, and leaves a first start that fails to its owner. */
const mostStarts = 8;
/** After a start that failed; doubles. */
const startPauseMs = 500;
const listenDeadlineMs = 10_000;
/** Between two looks at the node's counts. */
const lookMs = 5_000;
const lookDeadlineMs = 4_000;
/** For the export at the end of the engine. */
const lastExportMs = 1_000;

/** The services of the engine that its node needs. */
export interface DhtServices extends DhtAnnounceServices, SavedNodesServices {
  readonly context: Pick<Context, "clock" | "fail" | "log" | "timers">;
  /** Starts the actor. @throws rejects when it does not start. */
  readonly startNode: () => Promise<void>;
  readonly settings: DhtSettings;
  /** Where this engine listens for peers, and the ports that its user allows. */
  readonly listening: () => {
    readonly hosts: readonly string[];
    readonly port: number;
    readonly ports: readonly number[];
    /** A peer-worker owns the UDP port of the peers. */
    readonly isPortShared: boolean;
  };
  /** The present IP filter, the TCP port that peers reach, and our version. */
  readonly present: () => Pick<DhtOptions, "ipFilter" | "publicPort" | "version">;
  /** The sockets have come, changed or gone. */
  readonly portsChanged: (ports: DhtPorts) => void;
  /** There is no node until the engine ends. @param reason A sentence. */
  readonly turnedOff: (reason: string) => void;
}

/** Counts of the node, as of the last look. */
interface DhtCounts extends Pick<DhtStatus, "items" | "lookUps" | "peers" | "torrents"> {
  /** In the routing tables. */
  readonly nodes4: number;
  readonly nodes6: number;
  readonly queriesInFlight: number;
  readonly rounds: RoundTimes;
}

/** The DHT node of an engine. */
export class DhtService {
  readonly #services: DhtServices;
  readonly #announces: DhtAnnounces;
  readonly #saved: SavedNodes;
  /** Apart from that of peers: a sender of datagrams can be forged. */
  readonly #quarantine = new Quarantine();
  #state: DhtNodeState = dhtUnneeded;
  /** Ports of the last socket of each family, over all incarnations. */
  #lastPorts: DhtPorts = {};
  #counts: DhtCounts | undefined;
  #nextLook: Timer | undefined;

  constructor(services: DhtServices) {
    this.#services = services;
    this.#announces = new DhtAnnounces(services);
    this.#saved = new SavedNodes(services);
  }

  /** Undefined before the first look at a running node. */
  get counts(): DhtCounts | undefined {
    return this.#counts;
  }

  /** Ports of the sockets; empty without a node that runs. */
  get ports(): DhtPorts {
    return this.#state.kind === "running" ? this.#state.ports : {};
  }

  /** Why there is no node until the engine ends, as a sentence. */
  get offReason(): string | undefined {
    return this.#state.kind === "off" ? this.#state.reason : undefined;
  }

  /** Options of an incarnation that starts. */
  get nodeOptions(): DhtOptions {
    const { context, present, settings } = this.#services;
    const quarantined = this.#quarantine.list(context.clock.nowMs());
    return { ...settings, ...present(), saved: this.#saved.last, quarantined };
  }

  /** Looks up a public torrent, now and every 15 minutes, until it leaves. */
  join(torrent: DhtTorrent): void {
    if (this.#state.kind === "unneeded") {
      this.#enter({ event: "needed" });
      this.#run(this.#start());
    }
    this.#announces.join(torrent);
    this.#addNodes("torrent", torrent.nodes);
  }

  /** No datagram names the torrent from now on. */
  leave(torrent: Pick<DhtTorrent, "infoHash">): void {
    this.#announces.leave(torrent);
  }

  /** Undefined for a torrent that is not announced. */
  statusOf(torrent: Pick<DhtTorrent, "infoHash">): DhtQueueStatus | undefined {
    return this.#announces.statusOf(torrent);
  }

  /** @returns The estimated size of a swarm; undefined without a node, or when none tells it within 20 s. */
  scrape(infoHash: InfoHash): Promise<DhtSwarm | undefined> {
    return this.#announces.scrape(infoHash);
  }

  /** The actor is linked, the first time or after a crash. */
  nodeStarted(): void {
    if (this.#state.kind === "starting") this.#run(this.#listen());
  }

  nodeCrashed(): void {
    this.#enter({ event: "crashed" });
  }

  /** The restarts of the actor are used up. */
  nodeGaveUp(error: unknown): void {
    this.#turnOff(messageOf(error));
  }

  /** A peer has named the port of its node (BEP 5). */
  portNamed(host: string, port: number): void {
    this.#addNodes("port", [{ host, port }]);
  }

  questAnswered(answer: DhtQuestAnswer): void {
    this.#announces.answered(answer);
  }

  questEnded(round: DhtQuestRound): void {
    this.#announces.ended(round);
  }

  /** The torrent waits as after look-ups that no node answered. */
  questRefused(quest: DhtQuestId): void {
    this.#announces.ended({ quest, answered: 0, peers: 0 });
  }

  setIpFilter(memory: FilterMemory): void {
    this.#services.node.cast("set-ip-filter", memory);
  }

  /** The TCP port that is announced. */
  setPublicPort(port: number): void {
    this.#services.node.cast("set-public-port", { port });
  }

  /** Our address has changed, or the network is back. */
  networkChanged(): void {
    this.#services.node.cast("network-changed", {});
  }

  /** The actor crashed twice while handling a packet of this address. */
  quarantine(address: QuarantinedAddress): void {
    this.#quarantine.add(address, this.#services.context.clock.nowMs());
    this.#services.node.cast("quarantine-address", address);
  }

  /** Saves the nodes; settles within a second. */
  async close(): Promise<void> {
    const isRunning = this.#state.kind === "running";
    this.#enter({ event: "closed" });
    if (!isRunning) return;
    const { timers } = this.#services.context;
    await settlesWithin(timers, lastExportMs, this.#saved.export());
  }

  #enter(event: DhtNodeEvent): void {
    const before = this.#state;
    const after = nextDhtNode(before, event);
    this.#state = after;
    if (before.kind === "running" && after.kind !== "running") this.#leaveService();
    if (after.kind !== before.kind && after.kind !== "closed")
      this.#services.portsChanged(this.ports);
  }

  #leaveService(): void {
    this.#announces.close();
    this.#saved.end();
    this.#nextLook?.cancel();
    this.#counts = undefined;
  }

  #turnOff(reason: string): void {
    if (this.#state.kind === "off" || this.#state.kind === "closed") return;
    this.#enter({ event: "failed", reason });
    this.#services.context.log("error", "dht-off", { reason });
    this.#services.turnedOff(reason);
  }

  async #start(): Promise<void> {
    await this.#saved.load();
    const { context, startNode } = this.#services;
    for (let tries = 1; this.#state.kind === "starting"; tries++) {
      try {
        return await startNode();
      } catch (error) {
        if (tries === mostStarts) return this.#turnOff(messageOf(error));
      }
      await pause(context.timers, startPauseMs * 2 ** (tries - 1));
    }
  }

  async #listen(): Promise<void> {
    const { node } = this.#services;
    const epoch = node.peer?.epoch;
    const { hosts, port, ports: allowed, isPortShared } = this.#services.listening();
    const own = port === 0 ? [] : [port];
    const ports = [...new Set([...own, ...allowed])];
    const answer = await node
      .call(
        "listen",
        { hosts, ports, last: this.#lastPorts, isPortShared },
        { deadlineMs: listenDeadlineMs },
      )
      .catch((error: unknown) => messageOf(error));
    // After a crash its successor is asked.
    if (node.peer === undefined || node.peer.epoch !== epoch) return;
    if (this.#state.kind !== "starting") return;
    if (typeof answer === "string") this.#turnOff(answer);
    else if (answer.sockets.length === 0) this.#turnOff(refusalOf(answer));
    else this.#opened(answer);
  }

  #opened({ sockets, refused }: UdpListening): void {
    const ports = dhtPortsOf(sockets);
    this.#lastPorts = { ...this.#lastPorts, ...ports };
    this.#services.context.log("info", "dht-listening", { ...ports, refused });
    this.#enter({ event: "listening", ports });
    const { ipFilter, publicPort } = this.#services.present();
    // Casts to a worker that starts are dropped.
    this.setIpFilter(ipFilter ?? {});
    if (publicPort !== undefined) this.setPublicPort(publicPort);
    for (const { nodes } of this.#announces.torrents) this.#addNodes("torrent", nodes);
    this.#announces.open();
    this.#saved.begin();
    this.#lookLater();
  }

  /** Without room the nodes are left out: there are others to ask. */
  #addNodes(source: "port" | "torrent", nodes: readonly PeerAddress[]): void {
    const { node } = this.#services;
    if (this.#state.kind !== "running" || nodes.length === 0 || node.credits === 0) return;
    node.cast("add-nodes", { source, nodes });
  }

  #lookLater(): void {
    this.#nextLook = this.#services.context.timers.after(lookMs, () => this.#run(this.#look()));
  }

  async #look(): Promise<void> {
    const { context, node } = this.#services;
    const epoch = node.peer?.epoch;
    const status = await node
      .call("status", {}, { deadlineMs: lookDeadlineMs })
      .catch((error: unknown) => {
        context.log("info", "dht-status-not-read", { message: messageOf(error) });
      });
    if (this.#state.kind !== "running" || node.peer?.epoch !== epoch) return;
    if (status !== undefined) this.#counts = countsOf(status, this.#announces.roundTimes);
    this.#announces.look();
    this.#lookLater();
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#services.context.fail(error));
  }
}

function refusalOf({ refused }: UdpListening): string {
  const reasons = refused.map(({ code, message }) => `${message} [${code}]`);
  return `it has no socket: ${reasons.join("; ")}`;
}

function countsOf(status: DhtStatus, rounds: RoundTimes): DhtCounts {
  const { families, items, lookUps, peers, torrents } = status;
  const nodesOf = (family: 4 | 6): number =>
    families.find((one) => one.family === family)?.nodes ?? 0;
  const queriesInFlight = families.reduce((sum, { queriesInFlight: own }) => sum + own, 0);
  const [nodes4, nodes6] = [nodesOf(4), nodesOf(6)];
  return { nodes4, nodes6, queriesInFlight, lookUps, torrents, peers, items, rounds };
}
