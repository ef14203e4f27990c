// A tracker of a simulated machine, which can break each rule.

import type { Address, DatagramSocket, Ports } from "@troupe/actor-runtime";
import {
  decodeUdpRequest,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrapeReply,
  type AnnounceQuery,
  type ConnectionId,
  type ScrapeCounts,
} from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";

/** An announce that came. */
export interface SeenAnnounce {
  readonly atMs: number;
  readonly host: string;
  readonly connectionId: ConnectionId;
  readonly query: AnnounceQuery;
}

/** Misbehaviour; the parts that are left out are right. */
export interface TrackerFaults {
  /** Changes the peers of a reply. */
  readonly peers?: (peers: readonly PeerAddress[], query: AnnounceQuery) => readonly PeerAddress[];
  readonly counts?: (counts: ScrapeCounts) => ScrapeCounts;
  /** Changes a reply. Undefined: no reply. */
  readonly reply?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** Another socket answers. */
  readonly fromElsewhere?: boolean;
  readonly error?: string;
}

interface Member extends PeerAddress {
  left: number;
}

/** Keeps a swarm an info-hash. */
export class ScriptedTracker {
  readonly announces: SeenAnnounce[] = [];
  readonly swarms = new Map<string, Map<string, Member>>();
  connects = 0;
  intervalSeconds = 1_800;
  faults: TrackerFaults = {};
  readonly #ports: Ports;
  #socket: DatagramSocket | undefined;
  #other: DatagramSocket | undefined;

  private constructor(ports: Ports) {
    this.#ports = ports;
  }

  static async open(ports: Ports, at: Address): Promise<ScriptedTracker> {
    const tracker = new ScriptedTracker(ports);
    const received = (bytes: Uint8Array, from: Address): void => tracker.#received(bytes, from);
    tracker.#socket = await ports.datagrams.bind(at, { received });
    tracker.#other = await ports.datagrams.bind({ ...at, port: at.port + 1 }, { received });
    return tracker;
  }

  /** Sends a datagram of its own accord. */
  send(bytes: Uint8Array, to: Address): void {
    this.#socket?.send(bytes, to);
  }

  #received(bytes: Uint8Array, from: Address): void {
    const reply = this.#answer(bytes, from);
    const changed = this.faults.reply === undefined ? reply : this.faults.reply(reply);
    const socket = this.faults.fromElsewhere === true ? this.#other : this.#socket;
    if (changed !== undefined) socket?.send(changed, from);
  }

  #answer(bytes: Uint8Array, { host }: Address): Uint8Array {
    const request = decodeUdpRequest(bytes);
    const { transactionId } = request;
    if (request.action === "connect") {
      const id = BigInt(1_000 + this.connects++) as ConnectionId;
      return encodeUdpConnectReply(transactionId, id);
    }
    if (this.faults.error !== undefined) return encodeUdpError(transactionId, this.faults.error);
    if (request.action === "scrape") {
      const counts = request.infoHashes.map((hash) => this.#countsOf(hash));
      return encodeUdpScrapeReply(transactionId, counts);
    }
    const { connectionId, query } = request;
    const atMs = this.#ports.clock.nowMs();
    this.announces.push({ atMs, host, connectionId, query });
    const { intervalSeconds } = this;
    const peers = this.#announce(query, host);
    return encodeUdpAnnounceReply(transactionId, { intervalSeconds, peers }, 4);
  }

  #announce(query: AnnounceQuery, host: string): readonly PeerAddress[] {
    const swarm = this.#swarmOf(query.infoHash);
    const key = `${host}:${query.port}`;
    if (query.event === "stopped") swarm.delete(key);
    else swarm.set(key, { host, port: query.port, left: query.left });
    const others = [...swarm].filter(([other]) => other !== key).map(([, member]) => member);
    return this.faults.peers?.(others, query) ?? others;
  }

  #countsOf(infoHash: string): ScrapeCounts {
    const members = [...this.#swarmOf(infoHash).values()];
    const complete = members.filter(({ left }) => left === 0).length;
    const counts = { complete, downloaded: 0, incomplete: members.length - complete };
    return this.faults.counts?.(counts) ?? counts;
  }

  #swarmOf(infoHash: string): Map<string, Member> {
    const swarm = this.swarms.get(infoHash) ?? new Map<string, Member>();
    this.swarms.set(infoHash, swarm);
    return swarm;
  }
}
