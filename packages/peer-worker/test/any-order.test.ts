// For any actions of peers and the engine in any order, memory is accounted for, and sealed pieces are right.

import test from "ava";
import fc from "fast-check";
import type { LeaseId, PeerRowIndex, PiecesSealed, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import type { TorrentContent } from "../src/torrent.ts";
import { type ScriptedPeer, content } from "./support/scripted-peer.ts";
import { sealedPieces, type SealedPiece } from "./support/sealed-pieces.ts";
import { type BenchTorrent, WorkerBench } from "./support/worker-bench.ts";
import { checkInvariants, same } from "./support/worker-invariants.ts";

const pieces = 6;
const usualPieceLengthBytes = 40_000;
/** Each needs eight units of memory; the others' four. */
const largePieceLengthBytes = 100_000;

/** One thing that happens; numbers choose among what is there. */
interface Step {
  readonly kind:
    | "come"
    | "leave"
    | "choke"
    | "unchoke"
    | "answer"
    | "cut"
    | "lease"
    | "nothing"
    | "revoke"
    | "settle-piece"
    | "take-transfers"
    | "wait"
    | "pause";
  readonly torrent: number;
  readonly a: number;
  readonly b: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    "come",
    "leave",
    "choke",
    "unchoke",
    "answer",
    "answer",
    "answer",
    "cut",
    "lease",
    "lease",
    "nothing",
    "revoke",
    "settle-piece",
    "take-transfers",
    "wait",
    "pause",
  ),
  torrent: fc.nat(1),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
});

interface Letter {
  readonly name: string;
  readonly message: { readonly torrent: TorrentId };
}

/** Notices of the worker, by the torrent that they are about. */
class Letters {
  readonly #bench: WorkerBench;
  #kept: Letter[] = [];

  constructor(bench: WorkerBench) {
    this.#bench = bench;
  }

  /** @returns Notices of a torrent and a name since the last time. */
  take({ id }: BenchTorrent, name: string): unknown[] {
    this.#kept.push(...(this.#bench.takeNotices() as Letter[]));
    const taken = this.#kept.filter((each) => each.message.torrent === id && each.name === name);
    this.#kept = this.#kept.filter((each) => !taken.includes(each));
    return taken.map(({ message }) => message);
  }
}

/** The peers, the engine's book-keeping, and what to do at each step. */
class Play {
  readonly #bench: WorkerBench;
  readonly #torrent: BenchTorrent;
  readonly #peers = new Map<ScriptedPeer, string[]>();
  readonly #leases = new Map<PieceIndex, LeaseId>();
  readonly #sealed: SealedPiece[] = [];
  readonly #rests = new Map<ScriptedPeer, Uint8Array>();
  readonly #inside: TorrentContent;
  readonly #letters: Letters;
  #transfers: LeaseId[] = [];
  #names = 0;

  constructor(bench: WorkerBench, torrent: BenchTorrent, inside: TorrentContent, letters: Letters) {
    this.#bench = bench;
    this.#letters = letters;
    this.#torrent = torrent;
    this.#inside = inside;
  }

  async take({ kind, a, b }: Step): Promise<void> {
    const bench = this.#bench;
    const torrent = this.#torrent;
    const peer = [...this.#peers.keys()][a % Math.max(1, this.#peers.size)];
    const owed = peer === undefined ? [] : (this.#peers.get(peer) ?? []);
    const piece = (b % pieces) as PieceIndex;
    if (kind === "come" && this.#peers.size < 5) await this.#come(a);
    else if (kind === "leave") peer?.stream.hangUp();
    else if ((kind === "choke" || kind === "unchoke") && peer !== undefined) {
      this.#finishCut(peer);
      peer[kind]();
    } else if (kind === "answer" && peer !== undefined) {
      this.#finishCut(peer);
      peer.answer(owed.splice(b % 4, 1 + (a % 3)));
    } else if (kind === "cut" && peer !== undefined) this.#cut(peer, owed, b);
    else if (kind === "lease" && !this.#leases.has(piece)) await this.#lease(piece);
    else if (kind === "nothing") {
      await bench.lease(torrent, [], { nothingFor: [0, 1, 2, 3, 4] as PeerRowIndex[] });
    } else if (kind === "revoke") await this.#revoke(piece);
    else if (kind === "settle-piece") await this.#settlePiece(b % 2 === 0);
    else if (kind === "take-transfers") await this.#takeTransfers();
    else if (kind === "wait") await bench.advance(a * 40);
    else if (kind === "pause") {
      await bench.send("set-paused", { torrent: torrent.id, isPaused: a % 2 === 0 });
    }
    await bench.settle();
    this.#listen();
  }

  /** All peers leave, the engine settles sealed pieces, and the torrent is closed. */
  async end(): Promise<void> {
    for (const peer of this.#peers.keys()) peer.stream.hangUp();
    await this.#bench.settle();
    this.#listen();
    while (this.#sealed.length > 0) await this.#settlePiece(true);
    await this.#bench.send("close-torrent", { torrent: this.#torrent.id });
  }

  async #come(a: number): Promise<void> {
    const picture = a % 3 === 0 ? "#.#.#." : "######";
    const peer = await this.#bench.meet(
      this.#torrent,
      String.fromCharCode(1 + (this.#names++ % 80)),
      picture,
    );
    peer.unchoke();
    this.#peers.set(peer, []);
  }

  /** A block that breaks off, and with it the connection or not. */
  #cut(peer: ScriptedPeer, owed: string[], b: number): void {
    this.#finishCut(peer);
    const [request] = owed.splice(0, 1);
    if (request === undefined) return;
    const [, piece, begin, lengthBytes] = request.split(" ").map(Number);
    const bytes = b % 2_000;
    peer.block(piece ?? 0, begin ?? 0, lengthBytes, 13 + bytes);
    if (b % 2 === 0) peer.stream.hangUp();
    else {
      const position = (piece ?? 0) * this.#torrent.pieceLengthBytes + (begin ?? 0);
      this.#rests.set(peer, content(position + bytes, (lengthBytes ?? 0) - bytes));
    }
  }

  /** The rest of a block that broke off; poison, if the worker does not wait for it any more. */
  #finishCut(peer: ScriptedPeer): void {
    const rest = this.#rests.get(peer);
    if (rest === undefined) return;
    this.#rests.delete(peer);
    const session = [...this.#inside.torrent.sessions].find(({ wire }) =>
      Object.is(wire.connection, peer.stream.handlers),
    );
    if (session?.downloadIfAny?.receivingIn === undefined) rest.fill(0xee);
    peer.stream.arrive(rest);
  }

  async #lease(piece: PieceIndex): Promise<void> {
    const [lease] = await this.#bench.lease(this.#torrent, [piece]);
    if (lease !== undefined) this.#leases.set(piece, lease);
  }

  async #revoke(piece: PieceIndex): Promise<void> {
    const lease = this.#leases.get(piece);
    if (lease === undefined) return;
    await this.#bench.send("revoke-lease", { torrent: this.#torrent.id, piece, lease });
  }

  async #settlePiece(isGood: boolean): Promise<void> {
    const sealed = this.#sealed.shift();
    if (sealed === undefined) return;
    const { piece } = sealed;
    if (isGood) await this.#bench.had(this.#torrent, piece);
    else await this.#bench.send("piece-failed", { torrent: this.#torrent.id, piece });
    this.#leases.delete(piece);
  }

  async #takeTransfers(): Promise<void> {
    const transfers = this.#transfers;
    this.#transfers = [];
    for (const lease of transfers) {
      await this.#bench.send("transferred-piece-taken", { torrent: this.#torrent.id, lease });
    }
  }

  /** Takes in notices and requests, and checks what is sealed. */
  #listen(): void {
    for (const [peer, owed] of this.#peers) {
      if (peer.isClosed) this.#peers.delete(peer);
      else owed.push(...peer.takeMessagesOf("request"));
    }
    for (const returned of this.#letters.take(this.#torrent, "lease-returned") as {
      piece: PieceIndex;
      lease: LeaseId;
      transferred?: object;
    }[]) {
      if (this.#leases.get(returned.piece) === returned.lease) this.#leases.delete(returned.piece);
      if (returned.transferred !== undefined) this.#transfers.push(returned.lease);
    }
    const groups = this.#letters.take(this.#torrent, "pieces-sealed") as PiecesSealed[];
    for (const sealed of groups.flatMap(sealedPieces)) {
      const bytes = Buffer.from(this.#bench.slabBytes(sealed.offset, sealed.lengthBytes));
      const due = content(sealed.piece * this.#torrent.pieceLengthBytes, sealed.lengthBytes);
      if (!bytes.equals(due)) throw new Error(`piece ${sealed.piece} was sealed with wrong bytes`);
      this.#sealed.push(sealed);
    }
    for (const closed of this.#letters.take(this.#torrent, "peer-closed") as {
      isFault: boolean;
      reason: string;
    }[]) {
      if (closed.isFault && closed.reason !== "frame-stalled") {
        throw new Error(`a peer that kept the rules was closed: ${closed.reason}`);
      }
    }
  }
}

/** Opens torrents with these piece lengths and takes each step in one of them; then all is closed. */
async function play(steps: readonly Step[], pieceLengths: readonly number[]): Promise<void> {
  const bench = await WorkerBench.start({ downloadBytes: 196_608 });
  const letters = new Letters(bench);
  const plays: { readonly play: Play; readonly inside: TorrentContent }[] = [];
  for (const pieceLengthBytes of pieceLengths) {
    const totalBytes = (pieces - 0.5) * pieceLengthBytes;
    // oxlint-disable-next-line no-await-in-loop
    const torrent = await bench.openTorrent({
      had: ".".repeat(pieces),
      pieceLengthBytes,
      totalBytes,
    });
    const inside = bench.worker.torrents.get(torrent.id)?.content;
    if (inside === undefined) throw new Error("the torrent is not open");
    plays.push({ play: new Play(bench, torrent, inside, letters), inside });
  }
  for (const step of steps) {
    // oxlint-disable-next-line no-await-in-loop
    await plays[step.torrent % plays.length]?.play.take(step);
    for (const { inside } of plays) checkInvariants(bench, inside);
  }
  for (const each of plays) {
    // oxlint-disable-next-line no-await-in-loop
    await each.play.end();
    const { availability } = each.inside.table;
    same("availability", availability.join(""), "0".repeat(pieces));
  }
  same("torrents left", bench.worker.torrents.size, 0);
  same("free memory", bench.worker.downloads.freeBytes, bench.worker.downloads.totalBytes);
}

test("memory is accounted for and sealed pieces are right, for any events in any order", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) =>
      play(steps, [usualPieceLengthBytes]),
    ),
    { numRuns: 60 },
  );
  t.pass();
});

test("memory is accounted for in any order, also for two torrents that share a memory too small for both", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 200 }), (steps) =>
      play(steps, [usualPieceLengthBytes, largePieceLengthBytes]),
    ),
    { numRuns: 60 },
  );
  t.pass();
});
