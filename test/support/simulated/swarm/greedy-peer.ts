// A scripted peer that asks for tens of thousands of blocks at once, as some clients do, and heeds no `reqq`.

import type { Ports } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import {
  MessageId,
  blockHeaderBytes,
  clearBit,
  encodeHandshake,
  requestBytes,
  writeBlockHeader,
  writeRequest,
} from "@troupe/protocol/peer";
import { unchoke, wholeBitfield } from "@troupe/load-peers/misbehaving";
import { PlainSession } from "../sessions/plain-session.ts";
import type { SimulatedTorrent } from "./torrent.ts";
import { engineHost } from "../runs/scenario.ts";
import { enginePort } from "../engine/engine.ts";

const redialMs = 1_000;
const dialTimeoutMs = 10_000;

/** The peer requests the first `requests` stretches of `stretchBytes` of the torrent. */
export interface GreedyPlan {
  readonly requests: number;
  readonly stretchBytes: number;
  /** It has the rest of the torrent, and serves what it is asked. */
  readonly serves: boolean;
}

/** Dials the engine, and again a second after each end. */
export class SimulatedGreedyPeer {
  readonly torrent: SimulatedTorrent;
  readonly plan: GreedyPlan;
  readonly ports: Ports;
  readonly peerId: Uint8Array;
  /** One byte a stretch: it has come. */
  readonly got: Uint8Array;
  gotCount = 0;
  connections = 0;
  /** Times that it was choked with requests unanswered. */
  chokes = 0;

  constructor(machine: SimulatedMachine, torrent: SimulatedTorrent, plan: GreedyPlan) {
    this.torrent = torrent;
    this.plan = plan;
    this.ports = machine.ports("greedy peer");
    this.peerId = Buffer.from(`-GR0001-${Buffer.from(this.ports.random.bytes(6)).toString("hex")}`);
    this.got = new Uint8Array(plan.requests);
  }

  get isSatisfied(): boolean {
    return this.gotCount === this.plan.requests;
  }

  start(): void {
    this.connections += 1;
    const session = new GreedySession(this);
    const to = { host: engineHost, port: enginePort };
    session.stream = this.ports.sockets.dial(to, session, { timeoutMs: dialTimeoutMs });
  }

  ended(): void {
    if (!this.isSatisfied) this.ports.timers.after(redialMs, () => this.start());
  }
}

class GreedySession extends PlainSession {
  readonly #peer: SimulatedGreedyPeer;
  #isChoked = true;

  constructor(peer: SimulatedGreedyPeer) {
    super(peer.torrent.metainfo.geometry);
    this.#peer = peer;
  }

  override opened(): void {
    const { torrent, peerId, plan } = this.#peer;
    const { infoHash, geometry } = torrent.metainfo;
    this.write(encodeHandshake({ infoHash, peerId }));
    if (plan.serves) {
      const bits = wholeBitfield(geometry.pieceCount);
      const wantedPieces = (plan.requests * plan.stretchBytes) / geometry.pieceLengthBytes;
      for (let piece = 0; piece < wantedPieces; piece++) clearBit(bits.subarray(5), piece);
      this.write(bits);
      this.write(unchoke);
    }
    this.write(Uint8Array.of(0, 0, 0, 1, MessageId.interested));
  }

  override closed(): void {
    this.#peer.ended();
  }

  override choke(): void {
    if (!this.#isChoked && !this.#peer.isSatisfied) this.#peer.chokes += 1;
    this.#isChoked = true;
  }

  /** Asks for all that has not come, in one go. */
  override unchoke(): void {
    if (!this.#isChoked) return;
    this.#isChoked = false;
    const { got, plan, torrent } = this.#peer;
    const bytes = new Uint8Array(requestBytes * plan.requests);
    let at = 0;
    for (let stretch = 0; stretch < plan.requests; stretch++) {
      if (got[stretch] === 1) continue;
      const from = stretch * plan.stretchBytes;
      const { pieceLengthBytes } = torrent.metainfo.geometry;
      const piece = Math.floor(from / pieceLengthBytes);
      at = writeRequest(bytes, at, piece, from % pieceLengthBytes, plan.stretchBytes);
    }
    this.write(bytes.subarray(0, at));
  }

  override request(piece: number, begin: number, lengthBytes: number): void {
    const { torrent } = this.#peer;
    const bytes = new Uint8Array(blockHeaderBytes + lengthBytes);
    writeBlockHeader(bytes, 0, piece, begin, lengthBytes);
    const from = piece * torrent.metainfo.geometry.pieceLengthBytes + begin;
    bytes.set(torrent.content.subarray(from, from + lengthBytes), blockHeaderBytes);
    this.write(bytes);
  }

  override blockEnds(piece: number, begin: number, lengthBytes: number): void {
    const { torrent, plan, got } = this.#peer;
    const from = piece * torrent.metainfo.geometry.pieceLengthBytes + begin;
    const right = torrent.content.subarray(from, from + lengthBytes);
    if (Buffer.compare(this.blockMemory.subarray(0, lengthBytes), right) !== 0) {
      throw new Error(`was served wrong bytes at ${begin} of piece ${piece}`);
    }
    const stretch = from / plan.stretchBytes;
    if (got[stretch] === 0) this.#peer.gotCount += 1;
    got[stretch] = 1;
  }
}
