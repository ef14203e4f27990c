// One connection of a scripted peer: the peer protocol, spoken by the rules but for what its script says.

import type { Ports, Stream, StreamHandlers } from "@troupe/actor-runtime";
import { FrameReader, type FrameSink, type HashSink } from "@troupe/protocol/frames";
import { blockCount, blockLength } from "@troupe/protocol/metainfo";
import {
  MessageId,
  bitfieldHeaderBytes,
  blockHeaderBytes,
  encodeHandshake,
  handshakeLengthBytes,
  looksLikeHandshake,
  hasBit,
  haveBytes,
  requestBytes,
  setBit,
  writeBitfield,
  writeBlockHeader,
  writeHave,
  writeRequest,
} from "@troupe/protocol/peer";
import { wireHashes } from "@troupe/protocol/identity";
import { blockLengthBytes } from "@troupe/protocol/units";
import { scriptedHashes } from "./hash-answers.ts";
import { notAgreed } from "../sessions/plain-session.ts";
import type { PeerScript } from "./peer.ts";
import { ScriptedExtensions, type ToldPeers } from "./scripted-extensions.ts";
import type { SimulatedTorrent } from "./torrent.ts";

/** Requests that a downloading peer keeps unanswered. */
const requestsOut = 6;

/** The state that all connections of a scripted peer share. */
export interface SessionPeer {
  readonly torrent: SimulatedTorrent;
  readonly script: PeerScript;
  readonly peerId: Uint8Array;
  readonly ports: Ports;
  /** One flag a piece. */
  readonly has: boolean[];
  /** Blocks with a wrong byte that were sent. */
  lies: number;
  /** Whether it is the moment for a lie. */
  readonly mayLie: () => boolean;
  /** Messages of the other side's peer exchange. */
  readonly toldPeers: ToldPeers[];
  /** The other side says that it has a piece. Throws when that cannot be. */
  saysHave(piece: number): void;
  /** A piece came whole and right from the other side. */
  gained(piece: number): void;
  closed(session: SimulatedSession): void;
}

interface Asked {
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
}

/** Serves blocks, and asks for them when its script says so. Everything that it receives is compared. */
export class SimulatedSession implements StreamHandlers, FrameSink {
  readonly blockMemory: Uint8Array = new Uint8Array(blockLengthBytes);
  readonly hashSink: HashSink | undefined;
  readonly #peer: SessionPeer;
  readonly #reader: FrameReader;
  readonly #theirs: boolean[] = [];
  readonly #gotBlocks = new Map<number, Set<number>>();
  #stream: Stream | undefined;
  #handshake: number[] = [];
  #hasSpoken = false;
  #queue: Asked[] = [];
  #isServing = false;
  #amChoking = true;
  #isChoked = true;
  #amInterested = false;
  #isOver = false;
  readonly #extensions: ScriptedExtensions;
  #asked: Asked[] = [];

  constructor(peer: SessionPeer) {
    this.#peer = peer;
    const { geometry } = peer.torrent.metainfo;
    this.#extensions = new ScriptedExtensions(peer, (bytes) => this.#write(bytes));
    const { hashAnswers } = peer.torrent;
    const { hashes = "right" } = peer.script;
    this.hashSink =
      hashAnswers && scriptedHashes(hashAnswers, hashes, (bytes) => this.#write(bytes));
    this.#reader = new FrameReader(this, { geometry, maxExtendedBytes: 32_768 });
  }

  /** Takes its stream, dialled or accepted; the accepting side lets the other side speak first. */
  attach(stream: Stream): void {
    this.#stream = stream;
  }

  opened(): void {
    this.#shakeHands();
  }

  destroy(): void {
    this.#end();
    this.#stream?.destroy();
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    if (this.#isOver) return;
    let rest = chunk;
    if (this.#handshake.length < handshakeLengthBytes) {
      const missing = handshakeLengthBytes - this.#handshake.length;
      this.#handshake.push(...chunk.subarray(0, missing));
      // It has no encryption: a peer that dials it encrypted is closed.
      if (looksLikeHandshake(Uint8Array.from(this.#handshake)) === "no") return this.destroy();
      rest = chunk.subarray(missing);
      if (this.#handshake.length < handshakeLengthBytes) return;
      if (!this.#hasSpoken) this.#shakeHands();
      this.#greet();
    }
    if (rest.length > 0) this.#reader.push(rest);
    this.#ask();
  }

  closed(): void {
    this.#end();
    this.#peer.closed(this);
  }

  #end(): void {
    this.#isOver = true;
    this.#extensions.end();
  }

  /** Tells the other side of a piece that this peer has from now on. */
  sayHave(piece: number): void {
    if (!this.#isShaken) return;
    const bytes = new Uint8Array(haveBytes);
    writeHave(bytes, 0, piece);
    this.#write(bytes);
  }

  /** Chokes, or lets the other side ask again. */
  setChoking(amChoking: boolean): void {
    if (!this.#isShaken || this.#amChoking === amChoking) return;
    this.#amChoking = amChoking;
    if (amChoking) this.#queue = [];
    this.#state(amChoking ? MessageId.choke : MessageId.unchoke);
  }

  keepAlive(): void {}

  choke(): void {
    this.#isChoked = true;
    this.#asked = [];
  }

  unchoke(): void {
    this.#isChoked = false;
  }

  interested(): void {
    const { script, ports } = this.#peer;
    ports.timers.after(script.unchokeAfterMs, () => this.setChoking(false));
  }

  notInterested(): void {}

  have(piece: number): void {
    this.#theirs[piece] = true;
    this.#peer.saysHave(piece);
  }

  bitfield(bits: Uint8Array): void {
    for (let piece = 0; piece < this.#peer.has.length; piece++) {
      if (hasBit(bits, piece)) this.have(piece);
    }
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    const { script, ports, has } = this.#peer;
    if (has[piece] !== true) throw new Error(`asked for piece ${piece}, which was never offered`);
    if (this.#amChoking || ports.random.next() < script.ignoreChance) return;
    this.#queue.push({ piece, begin, lengthBytes });
    this.#serve();
  }

  cancel(piece: number, begin: number): void {
    this.#queue = this.#queue.filter((asked) => asked.piece !== piece || asked.begin !== begin);
  }

  port(): void {}

  haveAll = notAgreed;
  haveNone = notAgreed;
  suggest = notAgreed;
  allowedFast = notAgreed;
  reject = notAgreed;

  extended(id: number, payload: Uint8Array): void {
    this.#extensions.receive(id, payload);
  }

  unknown(): void {}

  blockStarts(): number {
    return 0;
  }

  blockEnds(piece: number, begin: number, lengthBytes: number): void {
    const { torrent, has } = this.#peer;
    const at = piece * torrent.metainfo.geometry.pieceLengthBytes + begin;
    const right = torrent.content.subarray(at, at + lengthBytes);
    if (Buffer.compare(this.blockMemory.subarray(0, lengthBytes), right) !== 0) {
      throw new Error(`was served wrong bytes at ${begin} of piece ${piece}`);
    }
    this.#asked = this.#asked.filter((asked) => asked.piece !== piece || asked.begin !== begin);
    const got = this.#gotBlocks.get(piece) ?? new Set();
    this.#gotBlocks.set(piece, got.add(begin));
    if (got.size === blockCount(torrent.metainfo.geometry, piece) && has[piece] !== true) {
      this.#peer.gained(piece);
    }
  }

  get #isShaken(): boolean {
    return this.#handshake.length === handshakeLengthBytes && !this.#isOver;
  }

  #shakeHands(): void {
    this.#hasSpoken = true;
    const { torrent, peerId } = this.#peer;
    const { infoHash, infoHashes } = torrent.metainfo;
    // A dialled peer answers by the name that it was asked for: a hybrid has two.
    const asked = Buffer.from(this.#handshake.slice(28, 48)).toString("hex");
    const name = wireHashes(infoHashes).find((hash) => hash === asked) ?? infoHash;
    this.#write(encodeHandshake({ infoHash: name, peerId }));
  }

  #greet(): void {
    const { has } = this.#peer;
    const bits = new Uint8Array(Math.ceil(has.length / 8));
    for (const [piece, isHad] of has.entries()) if (isHad) setBit(bits, piece);
    const bytes = new Uint8Array(bitfieldHeaderBytes + bits.length);
    writeBitfield(bytes, 0, bits);
    this.#write(bytes);
    this.#extensions.greet();
  }

  /** One block after the other, each after the time that the script says. */
  #serve(): void {
    if (this.#isServing || this.#queue.length === 0 || this.#isOver) return;
    this.#isServing = true;
    const { script, ports } = this.#peer;
    const delayMs = script.leastServeMs + ports.random.next() * script.serveJitterMs;
    ports.timers.after(delayMs, () => {
      this.#isServing = false;
      const asked = this.#queue.shift();
      if (this.#isOver || asked === undefined) return;
      this.#sendBlock(asked);
      if (ports.random.next() < script.dropChance) this.destroy();
      this.#serve();
    });
  }

  #sendBlock({ piece, begin, lengthBytes }: Asked): void {
    const { torrent, script, ports } = this.#peer;
    const bytes = new Uint8Array(blockHeaderBytes + lengthBytes);
    writeBlockHeader(bytes, 0, piece, begin, lengthBytes);
    const at = piece * torrent.metainfo.geometry.pieceLengthBytes + begin;
    bytes.set(torrent.content.subarray(at, at + lengthBytes), blockHeaderBytes);
    const isLie = this.#peer.mayLie() && ports.random.next() < script.lieChance;
    // All liars tell the same lie.
    if (isLie) bytes[blockHeaderBytes] = ~(bytes[blockHeaderBytes] ?? 0);
    this.#write(bytes);
    if (!isLie) return;
    this.#peer.lies += 1;
    if (script.leavesAfterLie === true) this.#stream?.end();
  }

  /** Keeps some requests out for what the other side has and this peer lacks. */
  #ask(): void {
    if (!this.#peer.script.wants || !this.#isShaken) return;
    const wanted = this.#peer.has.findIndex((isHad, piece) => !isHad && this.#theirs[piece]);
    const isInterested = wanted >= 0;
    if (isInterested !== this.#amInterested) {
      this.#amInterested = isInterested;
      this.#state(isInterested ? MessageId.interested : MessageId.notInterested);
    }
    if (!this.#isChoked && isInterested) this.#askFor(wanted);
  }

  #askFor(piece: number): void {
    const { geometry } = this.#peer.torrent.metainfo;
    for (let block = 0; block < blockCount(geometry, piece); block++) {
      const begin = block * blockLengthBytes;
      const isOut = this.#asked.some((asked) => asked.piece === piece && asked.begin === begin);
      if (isOut || this.#gotBlocks.get(piece)?.has(begin) === true) continue;
      if (this.#asked.length >= requestsOut) return;
      const asked = { piece, begin, lengthBytes: blockLength(geometry, piece, block) };
      this.#asked.push(asked);
      const bytes = new Uint8Array(requestBytes);
      writeRequest(bytes, 0, piece, begin, asked.lengthBytes);
      this.#write(bytes);
    }
  }

  #state(id: number): void {
    this.#write(Uint8Array.of(0, 0, 0, 1, id));
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isOver) this.#stream?.write(bytes);
  }
}
