import { plainTcp, type LeaseId, type PeerRowIndex, type PiecesSealed } from "@troupe/messages";
import { encodeHandshake, metadataBlocks, ownReservedBits } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import {
  advertisedRequestQueue,
  maxFastPieces,
  maxMetadataBlocksOut,
  maxTakenWhileChoked,
} from "../../../packages/peer-worker/src/limits.ts";
import type { FakeStream } from "../../../packages/peer-worker/test/support/fake-stream.ts";
import { ScriptedPeer } from "../../../packages/peer-worker/test/support/scripted-peer.ts";
import {
  sealedPieces,
  type SealedPiece,
} from "../../../packages/peer-worker/test/support/sealed-pieces.ts";
import {
  type BenchTorrent,
  type EarlyTorrent,
  WorkerBench,
} from "../../../packages/peer-worker/test/support/worker-bench.ts";
import {
  checkInvariants,
  same,
} from "../../../packages/peer-worker/test/support/worker-invariants.ts";
import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { drawFrame, frame, frameMutator, words } from "../engine/mutate-frames.ts";
import {
  type ProgramRecord,
  readRecords,
  recordMutator,
  writeRecords,
} from "../engine/mutate-records.ts";
import { hold } from "../engine/oracle.ts";
import { PluginExtensions } from "../support/plugin-extensions.ts";
import type { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";

const shape = { pieceCount: 6, pieceLengthBytes: 40_000 };
const totalBytes = 5 * 40_000 + 20_000;
const mostSteps = 120;
/** Two blocks. */
const metadata = new Uint8Array(20_000).fill(0x61);
/** Bytes of one flood. */
const floodBytes = 150_000;
const mutateFrames = frameMutator(shape);
const mutateNumbers = bytesMutator([]);

/** The action of a step; its payload has the details. */
const Step = {
  bytes: 0,
  cutBytes: 1,
  comePeer: 2,
  comeStranger: 3,
  turnTo: 4,
  wait: 5,
  lease: 6,
  judgePiece: 7,
  unchoke: 8,
  fill: 9,
  hangUp: 10,
  stopReading: 11,
  revoke: 12,
  pause: 13,
  closePeer: 14,
  dial: 15,
  answer: 16,
  takeCopies: 17,
  flood: 18,
  noticeRoom: 19,
  learn: 20,
  askMetadata: 21,
  setExtensions: 22,
} as const;
const stepCount = Object.keys(Step).length;

/** Whole sessions: peers that send what they like, an engine at work, metadata early or late, and time that passes. */
export const peerSession: FuzzTarget = {
  name: "peer-session",
  oracle:
    "the worker never fails; a plugin extension hears of whole connections only; at every step its memory, blocks and requests add up; a piece is sealed in place only; a peer is closed with a known reason; and when all have left nothing is kept",
  sources: ["peer-worker/src/"],
  seeds: () => [
    program(
      [Step.comePeer, "a"],
      [Step.bytes, Buffer.concat([frame(5, Uint8Array.of(0xfc)), frame(1)])],
      [Step.lease, [0, 1]],
      [Step.answer, [9]],
      [Step.judgePiece, [1]],
      [Step.wait, [8]],
    ),
    program(
      [Step.comePeer, "b"],
      [Step.bytes, Buffer.concat([frame(2), frame(4, words(3))])],
      [Step.unchoke, [0]],
      [Step.bytes, frame(6, words(2, 0, 16_384))],
      [Step.fill, [1]],
      [Step.wait, [200]],
    ),
    program(
      [Step.comePeer, "A"],
      [Step.bytes, Buffer.concat([frame(14), frame(17, words(1)), frame(13, words(4))])],
      [Step.lease, [0, 1, 4]],
      [Step.answer, [130]],
      [Step.bytes, frame(1)],
      [Step.answer, [9]],
      [Step.bytes, frame(0)],
      [Step.answer, [140]],
      [Step.wait, [200]],
    ),
    program(
      [Step.comePeer, "B"],
      [Step.bytes, Buffer.concat([frame(15), frame(2), frame(6, words(2, 0, 16_384))])],
      [Step.fill, [1]],
      [Step.unchoke, [0]],
      [Step.bytes, joined(frame(6, words(3, 0, 16_384)), frame(8, words(3, 0, 16_384)))],
      [Step.unchoke, []],
      [Step.fill, [1]],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.bytes, Buffer.concat([frame(5, Uint8Array.of(0xfc)), lostFrame(1), frame(1)])],
      [Step.lease, [0, 1, 4]],
      [Step.bytes, joined(lostFrame(0), lostFrame(0), frame(4, words(0)))],
      [Step.answer, [9]],
    ),
    ...floods().map((message) =>
      program([Step.comePeer, "E"], [Step.wait, [20]], [Step.flood, message], [Step.wait, [1]]),
    ),
    program([Step.comeStranger, "GET / HTTP/1.1"], [Step.wait, [255]]),
    ...floods().map((message) =>
      program([Step.comePeer, "e"], [Step.wait, [20]], [Step.flood, message], [Step.wait, [1]]),
    ),
    program(
      [Step.comePeer, "a"],
      [Step.noticeRoom, [0]],
      [Step.bytes, joined(frame(5, Uint8Array.of(0xfc)), frame(1))],
      [Step.comePeer, "b"],
      [Step.hangUp, []],
      [Step.noticeRoom, [1]],
      [Step.lease, [0]],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.bytes, joined(frame(5, Uint8Array.of(0xfc)), frame(1), frame(4, words(1)))],
      [Step.comePeer, "b"],
      [Step.cutBytes, joined([1], frame(5, Uint8Array.of(0x80)))],
      [Step.learn, []],
      [Step.turnTo, [0]],
      [Step.lease, [0, 1]],
      [Step.answer, [9]],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.flood, frame(4, words(7))],
      [Step.wait, [20]],
      [Step.learn, []],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.bytes, extendedFrame(0, "d1:md11:ut_metadatai3ee13:metadata_sizei20000ee")],
      [Step.askMetadata, [0, 0]],
      [Step.askMetadata, [0, 1]],
      [Step.bytes, extendedFrame(1, "d8:msg_typei1e5:piecei0eexyz")],
      [Step.bytes, extendedFrame(1, "d8:msg_typei2e5:piecei1ee")],
      [Step.learn, []],
      [Step.bytes, extendedFrame(1, "d8:msg_typei0e5:piecei1ee")],
    ),
    program(
      [Step.dial, [1]],
      [Step.bytes, handshakeBytes("c")],
      [Step.bytes, frame(20, Buffer.from("\u0000d4:reqqi9ee"))],
      [Step.hangUp, []],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.bytes, extendedFrame(0, "d1:md4:x_abi9eee")],
      [Step.setExtensions, [1]],
      [Step.bytes, joined(extendedFrame(5, "echo"), extendedFrame(5, "throw"))],
      [Step.comePeer, "b"],
      [Step.bytes, joined(extendedFrame(0, "d1:md4:x_abi9e4:x_cdi8eee"), extendedFrame(5, "1"))],
      [Step.setExtensions, [3]],
      [Step.bytes, extendedFrame(0, "d1:md4:x_abi9e4:x_cdi8eee")],
      [Step.bytes, joined(extendedFrame(6, "close"), extendedFrame(6, "2"))],
      [Step.setExtensions, [0]],
    ),
    program(
      [Step.comePeer, "d"],
      [Step.cutBytes, joined([3], frame(7, joined(words(0, 0), new Uint8Array(16_384))))],
    ),
    program(
      [Step.comePeer, "a"],
      [Step.comePeer, "b"],
      [Step.bytes, Buffer.concat([frame(5, Uint8Array.of(0xfc)), frame(1)])],
      [Step.turnTo, [0]],
      [Step.bytes, Buffer.concat([frame(5, Uint8Array.of(0xfc)), frame(1)])],
      [Step.lease, [0, 1, 2]],
      [Step.wait, [90]],
      [Step.answer, [2]],
      [Step.revoke, [0]],
      [Step.takeCopies, []],
    ),
  ],
  mutate: recordMutator(drawStep, ({ kind }) =>
    kind === Step.bytes || kind === Step.cutBytes || kind === Step.flood
      ? mutateFrames
      : mutateNumbers,
  ),
  maxBytes: 24_000,
  async run(input) {
    const bench = await WorkerBench.start({ downloadBytes: 196_608, uploadBytes: 196_608 });
    const play = new Play(
      bench,
      await bench.openWithoutContent({ maxPeers: 5, exchangesPeers: true, usesDht: true }),
    );
    const steps = readRecords(input).slice(0, mostSteps);
    if (!steps.some(({ kind }) => kind % stepCount === Step.learn)) await play.learn();
    for (const step of steps) await play.take(step);
    await play.end();
  },
};

/** A piece that the peer has lost (BEP 54). */
function lostFrame(piece: number): Uint8Array {
  return frame(20, joined([3], words(piece)));
}

function extendedFrame(id: number, text: string): Uint8Array {
  return frame(20, joined([id], Buffer.from(text)));
}

/** Messages that no peer may send without end. */
function floods(): Uint8Array[] {
  return [
    words(0),
    frame(4, words(1)),
    frame(5, Uint8Array.of(0xfc)),
    frame(6, words(0, 0, 16_384)),
    frame(6, words(2, 0, 16_384)),
    frame(8, words(2, 0, 16_384)),
    frame(7, joined(words(0, 0), new Uint8Array(1_000))),
    frame(20, Buffer.from("\u0000de")),
    frame(99, new Uint8Array(1_000)),
    extendedFrame(1, "d8:msg_typei0e5:piecei0ee"),
    extendedFrame(1, "d8:msg_typei1e5:piecei0eexyz"),
    joined(frame(2), frame(3), frame(0), frame(1)),
    frame(13, words(1)),
    frame(14),
    frame(16, words(0, 0, 16_384)),
    frame(17, words(1)),
    lostFrame(1),
    joined(frame(4, words(1)), lostFrame(1)),
    frame(20, Uint8Array.of(4, 1)),
    extendedFrame(5, "echo"),
  ];
}

function program(...steps: [number, Iterable<number> | string][]): Uint8Array {
  return writeRecords(
    steps.map(([kind, payload]) => ({
      kind,
      payload:
        typeof payload === "string" ? Buffer.from(payload, "latin1") : Uint8Array.from(payload),
    })),
  );
}

/** Peers with an id below `a` offer the fast extension. */
function handshakeBytes(id: string): Uint8Array {
  const infoHash = "1".padStart(40, "0") as BenchTorrent["infoHash"];
  const reserved = ownReservedBits({ hasFast: id < "a" });
  return encodeHandshake({ infoHash, peerId: new Uint8Array(20).fill(id.charCodeAt(0)), reserved });
}

function drawStep(random: Random): ProgramRecord {
  const kind = random.oneIn(3) ? Step.bytes : random.below(stepCount);
  const frames = (): Uint8Array =>
    Buffer.concat(Array.from({ length: 1 + random.below(4) }, () => drawFrame(random, shape)));
  switch (kind) {
    case Step.bytes:
      return { kind, payload: frames() };
    case Step.cutBytes:
      return { kind, payload: Buffer.concat([random.bytes(1), frames()]) };
    case Step.flood:
      return { kind, payload: drawFrame(random, shape) };
    case Step.comeStranger:
      return { kind, payload: handshakeBytes("s").slice(0, random.below(69)) };
    case Step.lease:
      return {
        kind,
        payload: Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(6)),
      };
    default:
      return { kind, payload: random.bytes(1 + random.below(2)) };
  }
}

/** Sends the messages again and again. */
function flood(stream: FakeStream | undefined, payload: Uint8Array): void {
  if (payload.length === 0) return;
  const bytes = new Uint8Array(
    Math.max(1, Math.floor(floodBytes / payload.length)) * payload.length,
  );
  for (let at = 0; at < bytes.length; at += payload.length) bytes.set(payload, at);
  for (let at = 0; at < bytes.length; at += 65_536) stream?.arrive(bytes.subarray(at, at + 65_536));
}

const knownReason = /^[a-z]+(-[a-z]+)*$/u;

/** The bench, the connected peers, and the notices that the engine got. */
class Play {
  readonly #bench: WorkerBench;
  readonly #torrent: EarlyTorrent;
  readonly #extensions: PluginExtensions;
  /** Undefined before the metadata. */
  #whole: BenchTorrent | undefined;
  readonly #streams: FakeStream[] = [];
  readonly #speakers = new Map<FakeStream, ScriptedPeer>();
  readonly #owed = new Map<FakeStream, string[]>();
  readonly #sealed: SealedPiece[] = [];
  readonly #leases = new Map<PieceIndex, LeaseId>();
  readonly #open = new Set<PeerRowIndex>();
  /** Requests for metadata by block, less their answers. */
  readonly #asked = new Map<number, number>();
  #copies: LeaseId[] = [];
  #current = 0;
  /** Whether the engine takes notices. */
  #isHeard = true;

  constructor(bench: WorkerBench, torrent: EarlyTorrent) {
    this.#bench = bench;
    this.#torrent = torrent;
    this.#extensions = new PluginExtensions(bench, torrent);
  }

  /** The metadata comes, if it has not come. */
  async learn(): Promise<void> {
    this.#whole ??= await this.#bench.addContent(this.#torrent, {
      exchangesPeers: true,
      usesDht: true,
      had: "..##..",
      pieceLengthBytes: shape.pieceLengthBytes,
      totalBytes,
      maxPeers: 5,
      metadata,
    });
  }

  async take({ kind, payload }: ProgramRecord): Promise<void> {
    await this.#act(kind % stepCount, payload);
    await this.#bench.settle();
    await this.#giveRoom();
    this.#listen();
    const inside = this.#bench.worker.torrents.get(this.#torrent.id)?.content;
    if (inside !== undefined) checkInvariants(this.#bench, inside);
    this.#extensions.check();
    const kept = this.#bench
      .sessions(this.#torrent)
      .map(({ features }) => features.earlyIfAny?.bytes ?? 0);
    const keptBytes = kept.reduce((sum, bytes) => sum + bytes, 0);
    same("memory for early haves", this.#bench.worker.earlyMemory.usedBytes, keptBytes);
    for (const { features, requestsWaiting } of this.#bench.sessions(this.#torrent)) {
      const { extensions, fast } = features;
      if (fast !== undefined) {
        hold(fast.allowed.size <= maxFastPieces, "allowed pieces");
        hold(fast.suggested.size <= maxFastPieces, "suggested pieces");
        hold(fast.takenWhileChoked <= maxTakenWhileChoked, "requests of a choked peer");
        hold(requestsWaiting <= advertisedRequestQueue + 64, "requests that wait");
      }
      const { blocksOut, waiting } = extensions.metadata;
      hold(blocksOut >= 0 && blocksOut <= maxMetadataBlocksOut, "blocks of metadata queued");
      const waitingCount = waiting?.size ?? 0;
      hold(waitingCount <= metadataBlocks(metadata.length), "requests for metadata that wait");
    }
  }

  /** All peers leave, sealed pieces are judged, reads are answered, and the torrent is closed. */
  async end(): Promise<void> {
    const bench = this.#bench;
    this.#isHeard = true;
    await this.#giveRoom();
    await this.learn();
    const inside = bench.worker.torrents.get(this.#torrent.id)?.content;
    for (const stream of this.#streams) stream.hangUp();
    // A peer that left without a byte is dialled once more, encrypted.
    for (const { stream } of bench.sockets.dials) if (!stream.isClosed) stream.hangUp();
    await bench.settle();
    while (bench.file.waiting > 0) await this.#fill(0);
    this.#listen();
    hold(
      bench.sockets.dials.every(({ stream }) => stream.isClosed),
      "a dial is left",
    );
    while (this.#sealed.length > 0) await this.#judge(true);
    await bench.send("close-torrent", { torrent: this.#torrent.id });
    await bench.advance(30_000);
    this.#listen();
    same("peers that the engine believes in", this.#open.size, 0);
    same("torrents left", bench.worker.torrents.size, 0);
    this.#extensions.checkEnd();
    same("connections left", bench.worker.connections.size, 0);
    same(
      "free download memory",
      bench.worker.downloads.freeBytes,
      bench.worker.downloads.totalBytes,
    );
    same("free upload memory", bench.worker.uploads.freeBytes, bench.worker.uploads.totalBytes);
    same("memory for early haves", bench.worker.earlyMemory.usedBytes, 0);
    same("availability", inside?.table.availability.join(""), "0".repeat(shape.pieceCount));
  }

  async #act(kind: number, payload: Uint8Array): Promise<void> {
    const bench = this.#bench;
    const torrent = this.#torrent.id;
    const first = payload[0] ?? 0;
    const piece = (first % shape.pieceCount) as PieceIndex;
    const stream = this.#streams[this.#current % Math.max(1, this.#streams.length)];
    switch (kind) {
      case Step.bytes:
        return stream?.arrive(payload);
      case Step.cutBytes:
        for (let at = 1; at < payload.length; at += 1 + first * 4) {
          stream?.arrive(payload.subarray(at, at + 1 + first * 4));
        }
        return;
      case Step.comePeer:
        this.#connect(first).arrive(handshakeBytes(String.fromCharCode(first)));
        return;
      case Step.comeStranger:
        return this.#connect(first).arrive(payload);
      case Step.turnTo:
        this.#current = first;
        return;
      case Step.wait:
        return bench.advance(first * 250);
      case Step.lease:
        return this.#lease(payload);
      case Step.judgePiece:
        return this.#judge((first & 1) === 1);
      case Step.unchoke:
        return bench.unchoke(this.#torrent, ...Array.from(payload, (slot) => slot % 5));
      case Step.fill:
        return this.#fill(first);
      case Step.hangUp:
        return stream?.hangUp((first & 1) === 1 ? "ECONNRESET" : undefined);
      case Step.stopReading:
        if (stream === undefined) return;
        stream.isReading = (first & 1) === 1;
        if (stream.isReading) stream.read();
        return;
      case Step.revoke: {
        const lease = this.#leases.get(piece);
        if (lease !== undefined) await bench.send("revoke-lease", { torrent, piece, lease });
        return;
      }
      case Step.pause:
        return bench.send("set-paused", { torrent, isPaused: (first & 1) === 1 });
      case Step.closePeer:
        return bench.send("close-peer", {
          torrent,
          peer: (first % 5) as PeerRowIndex,
          reason: "banned",
        });
      case Step.dial:
        return this.#dial(first);
      case Step.answer:
        return this.#answer(stream, first);
      case Step.flood:
        return flood(stream, payload);
      case Step.noticeRoom:
        this.#isHeard = (first & 1) === 1;
        return;
      case Step.learn:
        return this.learn();
      case Step.askMetadata:
        return this.#askMetadata(first % 5, (payload[1] ?? 0) % 3);
      case Step.setExtensions:
        return this.#extensions.set(first);
      default:
        return this.#takeCopies();
    }
  }

  #connect(host: number): FakeStream {
    const stream = this.#bench.sockets.connect({ host: `198.51.100.${host}`, port: 1 + host });
    this.#streams.push(stream);
    this.#speakers.set(stream, new ScriptedPeer(stream, shape.pieceLengthBytes));
    this.#current = this.#streams.length - 1;
    return stream;
  }

  async #dial(first: number): Promise<void> {
    const { sockets } = this.#bench;
    const before = sockets.dials.length;
    await this.#bench.send("dial", {
      torrent: this.#torrent.id,
      host: "203.0.113.9",
      port: 1 + first,
      kind: plainTcp,
      timeoutMs: 1_000,
    });
    for (const { stream } of sockets.dials.slice(before)) {
      if (first % 3 === 0) {
        stream.hangUp("ECONNREFUSED");
        continue;
      }
      stream.handlers?.opened?.(stream);
      this.#streams.push(stream);
      this.#speakers.set(stream, new ScriptedPeer(stream, shape.pieceLengthBytes));
      this.#current = this.#streams.length - 1;
    }
  }

  async #askMetadata(row: number, block: number): Promise<void> {
    this.#asked.set(block, (this.#asked.get(block) ?? 0) + 1);
    const [torrent, peer] = [this.#torrent.id, row as PeerRowIndex];
    await this.#bench.send("ask-metadata", { torrent, peer, block });
  }

  async #lease(payload: Uint8Array): Promise<void> {
    const torrent = this.#whole;
    if (torrent === undefined) return;
    const wanted = new Set(Array.from(payload, (byte) => (byte % shape.pieceCount) as PieceIndex));
    const pieces = [...wanted].filter(
      (piece) => !this.#leases.has(piece) && !torrent.map.has(piece),
    );
    const nothingFor = pieces.length === 0 ? ([0, 1, 2, 3, 4] as PeerRowIndex[]) : [];
    const leases = await this.#bench.lease(torrent, pieces, { nothingFor });
    for (const [i, lease] of leases.entries()) {
      const piece = pieces[i];
      if (piece !== undefined) this.#leases.set(piece, lease);
    }
  }

  async #judge(isGood: boolean): Promise<void> {
    const sealed = this.#sealed.shift();
    if (sealed === undefined) return;
    const { piece } = sealed;
    if (isGood && this.#whole !== undefined) await this.#bench.had(this.#whole, piece);
    else await this.#bench.send("piece-failed", { torrent: this.#torrent.id, piece });
    this.#leases.delete(piece);
  }

  async #fill(first: number): Promise<void> {
    if (this.#bench.file.waiting === 0) return;
    if (first % 4 !== 3) return void (await this.#bench.fill());
    this.#bench.file.take("read-blocks").fail(new Error("the file-worker has ended"));
    await this.#bench.settle();
    if (this.#bench.file.waiting > 0 && first === 0xff) await this.#bench.fill();
  }

  /** The current peer sends some of the blocks that it was asked for, or rejects them. */
  #answer(stream: FakeStream | undefined, count: number): void {
    const speaker = stream && this.#speakers.get(stream);
    if (stream === undefined || speaker === undefined) return;
    const owed = this.#owed.get(stream) ?? [];
    owed.push(...speaker.takeMessagesOf("request"));
    this.#owed.set(stream, owed);
    const answered = owed.splice(0, 1 + (count % 16));
    if (count < 128) speaker.answer(answered);
    else speaker.rejectAll(answered);
  }

  async #takeCopies(): Promise<void> {
    for (const lease of this.#copies.splice(0)) {
      await this.#bench.send("transferred-piece-taken", { torrent: this.#torrent.id, lease });
    }
  }

  /** Gives the worker room for its notices, or none: then it may not take input either. */
  async #giveRoom(): Promise<void> {
    if (this.#isHeard) await this.#bench.giveNoticeRoom(1_000);
    else this.#bench.noticeCredits = 0;
  }

  #listen(): void {
    for (const { name, message } of this.#bench.takeNotices() as {
      name: string;
      message: unknown;
    }[]) {
      this.#hear(name, message as never);
    }
  }

  #hear(
    name: string,
    message: PiecesSealed & {
      piece: PieceIndex;
      lease: LeaseId;
      peer: PeerRowIndex;
      reason: string;
      block: number;
      transferred?: object;
    },
  ): void {
    if (name.startsWith("metadata-")) hold(this.#open.has(message.peer), `${name} of no peer`);
    if (name === "peer-opened") {
      hold(!this.#open.has(message.peer), "a slot is opened twice");
      this.#open.add(message.peer);
    } else if (name === "peer-closed") {
      hold(this.#open.delete(message.peer), "a peer is closed that was never opened");
      hold(
        knownReason.test(message.reason) || message.reason === "ECONNRESET",
        () => `no reason: ${message.reason}`,
      );
    } else if (name === "metadata-block" || name === "metadata-rejected") {
      const asked = this.#asked.get(message.block) ?? 0;
      hold(asked > 0, `${name} without a request`);
      this.#asked.set(message.block, asked - 1);
    } else if (name === "lease-returned") {
      if (this.#leases.get(message.piece) === message.lease) this.#leases.delete(message.piece);
      if (message.transferred !== undefined) this.#copies.push(message.lease);
    } else if (name === "pieces-sealed") {
      for (const sealed of sealedPieces(message)) this.#hearSealed(sealed);
    }
  }

  #hearSealed(sealed: SealedPiece): void {
    const { lease, lengthBytes, offset, piece } = sealed;
    hold(this.#leases.get(piece) === lease, "a piece is sealed that was not leased");
    hold(offset >= 0 && offset + lengthBytes <= 196_608, "sealed outside of the memory");
    this.#sealed.push(sealed);
  }
}
