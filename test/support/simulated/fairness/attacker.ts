// A scripted peer that takes as much of other peers' uplinks as they give: it requests any blocks over and over, has
// nothing itself, and comes back as a newcomer whenever it has been choked for a while.

import type { Address, Ports } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import { blockCount, blockLength } from "@troupe/protocol/metainfo";
import { MessageId, encodeHandshake, requestBytes, writeRequest } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
import { PlainSession } from "../sessions/plain-session.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";

/** Connections to each peer that it attacks: as many as an engine accepts of one address. */
const connectionsEach = 4;
const requestsOut = 100;
const chokedPatienceMs = 5_000;
const redialMs = 1_000;
const dialTimeoutMs = 10_000;

/** Attacks from one address, until the world ends. */
export class SimulatedAttacker {
  readonly torrent: SimulatedTorrent;
  readonly ports: Ports;
  /** Payload bytes, by the host that sent them. */
  readonly received: Map<string, number> = new Map<string, number>();

  constructor(machine: SimulatedMachine, torrent: SimulatedTorrent) {
    this.torrent = torrent;
    this.ports = machine.ports("attacker");
  }

  start(targets: readonly Address[]): void {
    for (const to of targets) for (let i = 0; i < connectionsEach; i++) this.#dial(to);
  }

  /** A connection has ended: another one is dialled. */
  ended(to: Address): void {
    this.ports.timers.after(redialMs, () => this.#dial(to));
  }

  #dial(to: Address): void {
    const session = new AttackSession(this, to);
    session.stream = this.ports.sockets.dial(to, session, { timeoutMs: dialTimeoutMs });
  }
}

class AttackSession extends PlainSession {
  readonly #attacker: SimulatedAttacker;
  readonly #to: Address;
  #isChoked = true;
  #chokes = 0;

  constructor(attacker: SimulatedAttacker, to: Address) {
    super(attacker.torrent.metainfo.geometry);
    this.#attacker = attacker;
    this.#to = to;
  }

  override opened(): void {
    const { torrent, ports } = this.#attacker;
    const peerId = Buffer.from(`-AT0001-${Buffer.from(ports.random.bytes(6)).toString("hex")}`);
    this.write(encodeHandshake({ infoHash: torrent.metainfo.infoHash, peerId }));
    this.write(Uint8Array.of(0, 0, 0, 1, MessageId.interested));
    this.#leaveIfChoked();
  }

  override closed(): void {
    this.#isChoked = false;
    this.#attacker.ended(this.#to);
  }

  override choke(): void {
    this.#isChoked = true;
    this.#leaveIfChoked();
  }

  override unchoke(): void {
    if (!this.#isChoked) return;
    this.#isChoked = false;
    this.#request(requestsOut);
  }

  override blockEnds(_piece: number, _begin: number, lengthBytes: number): void {
    const { received } = this.#attacker;
    received.set(this.#to.host, (received.get(this.#to.host) ?? 0) + lengthBytes);
    if (!this.#isChoked) this.#request(1);
  }

  /** A newcomer may be unchoked before a peer that waits. */
  #leaveIfChoked(): void {
    const choke = ++this.#chokes;
    this.#attacker.ports.timers.after(chokedPatienceMs, () => {
      if (this.#isChoked && choke === this.#chokes) this.stream?.destroy();
    });
  }

  /** Any blocks, whether the other side has them or not. */
  #request(count: number): void {
    const { torrent, ports } = this.#attacker;
    const { geometry } = torrent.metainfo;
    const bytes = new Uint8Array(requestBytes * count);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const piece = ports.random.integer(geometry.pieceCount);
      const block = ports.random.integer(blockCount(geometry, piece));
      const begin = block * blockLengthBytes;
      at = writeRequest(bytes, at, piece, begin, blockLength(geometry, piece, block));
    }
    this.write(bytes);
  }
}
