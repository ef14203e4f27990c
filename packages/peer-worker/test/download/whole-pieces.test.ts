import test from "ava";
import fc from "fast-check";
import type { PeerRowIndex, PieceLease, SlabId } from "@troupe/messages";

import { BlockPicker, type BlockTaker } from "../../src/download/block-picker.ts";
import { DeadlinePieces } from "../../src/download/deadlines/deadline-pieces.ts";
import { HeldLeases } from "../../src/download/held-leases.ts";
import { PieceInProgress } from "../../src/download/piece-in-progress.ts";
import { type Keeper, WholePieces } from "../../src/download/whole-pieces.ts";

const blockBytes = 16_384;
const pieceBlocks = 16;
/** A piece of 256 KiB needs 13,108 bytes a second. */
const [fast, slow] = [13_200, 13_000];
const tickMs = 100;
const requestTimeoutMs = 10_000;

class ModelPeer implements BlockTaker, Keeper {
  readonly rowIndex: PeerRowIndex;
  readonly download: {
    currentPiece: PieceInProgress | undefined;
    noLeaseUntilMs: number;
  } = { currentPiece: undefined, noLeaseUntilMs: 0 };
  readonly suggested: undefined;
  readonly queue: { piece: PieceInProgress; block: number; atMs: number }[] = [];
  downBytesPerSecond: number;
  amChokedByPeer = false;
  isSnubbed = false;
  readonly times = { lastBlockAtMs: 0 };
  silentFromMs = Infinity;
  credit = 0;

  constructor(row: number, bytesPerSecond: number) {
    this.rowIndex = row as PeerRowIndex;
    this.downBytesPerSecond = bytesPerSecond;
  }

  get downloadIfAny(): ModelPeer["download"] {
    return this.download;
  }

  mayAskFor(): boolean {
    return !this.amChokedByPeer;
  }

  requestBlock(piece: PieceInProgress, block: number, atMs: number): void {
    this.queue.push({ piece, block, atMs });
  }
}

/** A worker's pieces and peers, in steps of a tenth of a second. */
class Model {
  readonly leases = new HeldLeases();
  readonly peers: readonly ModelPeer[];
  /** The senders of each whole piece that a peer kept, while others could be opened. */
  readonly keptSenders: number[] = [];
  nowMs = 0;
  finished = 0;
  isWaitingForMemory = false;
  readonly #picker: BlockPicker;

  /** @param idlePeers Further peers, which take no blocks. */
  constructor(pieces: number, rates: readonly number[], idlePeers: number = 80) {
    this.peers = rates.map((rate, row) => new ModelPeer(row, rate));
    for (let piece = 0; piece < pieces; piece++)
      this.leases.addWaiting({ piece, lease: piece } as PieceLease, pieceBlocks);
    const torrent = {
      sessions: { size: rates.length + idlePeers },
      sessionAt: (row: PeerRowIndex) => this.peers[row],
    };
    const isWaiting = (): boolean => this.isWaitingForMemory;
    const whole = new WholePieces({
      torrent,
      leases: this.leases,
      get isWaitingForMemory() {
        return isWaiting();
      },
    });
    this.#picker = new BlockPicker(
      this.leases,
      ({ lease, blockCount }) => this.#open(lease, blockCount),
      new DeadlinePieces(),
      whole,
    );
  }

  peer(row: number): ModelPeer {
    const peer = this.peers[row];
    if (peer === undefined) throw new Error("no such peer");
    return peer;
  }

  pick(row: number, blocks: number): string[] {
    const { queue } = this.peer(row);
    const before = queue.length;
    this.#picker.pick(this.peer(row), blocks, this.nowMs);
    return queue.slice(before).map(({ piece, block }) => `${piece.piece}:${block}`);
  }

  /** @returns Whether every piece is whole. */
  tick(): boolean {
    this.nowMs += tickMs;
    for (const peer of this.peers) this.#step(peer);
    return this.leases.open.size === 0 && this.leases.waiting.size === 0;
  }

  #step(peer: ModelPeer): void {
    const isSilent = this.nowMs >= peer.silentFromMs;
    peer.credit = isSilent ? 0 : peer.credit + (peer.downBytesPerSecond * tickMs) / 1_000;
    if (peer.queue.length === 0) peer.credit = Math.min(peer.credit, blockBytes);
    while (peer.credit >= blockBytes && peer.queue.length > 0) this.#receive(peer);
    const first = peer.queue[0];
    if (isSilent && first !== undefined && this.nowMs - first.atMs >= requestTimeoutMs)
      this.#release(peer);
    if (peer.isSnubbed) return;
    const left = 4 - peer.queue.length;
    const taken = this.pick(peer.rowIndex, left).length;
    // The engine has no further piece.
    if (taken < left) peer.download.noLeaseUntilMs = this.nowMs + 2_000;
  }

  #receive(peer: ModelPeer): void {
    const { piece, block } = peer.queue.shift() ?? {};
    if (piece === undefined || block === undefined) return;
    peer.credit -= blockBytes;
    piece.startBlock(block, peer.rowIndex);
    piece.finishBlock(block, peer.rowIndex);
    peer.times.lastBlockAtMs = this.nowMs;
    if (!piece.isWhole) return;
    this.leases.removeOpen(piece);
    this.finished++;
    if (piece.keeper >= 0 && this.leases.waiting.size > 0)
      this.keptSenders.push(piece.contributors.length);
  }

  #release(peer: ModelPeer): void {
    peer.isSnubbed = true;
    for (const { piece, block } of peer.queue.splice(0)) {
      piece.dropRequest(block, peer.rowIndex);
      this.leases.noteFreeBlocks(piece);
    }
  }

  #open({ piece, lease }: PieceLease, blocks: number): PieceInProgress {
    const place = { slab: 1 as SlabId, memory: new Uint8Array(0), offset: 0, extentBytes: 0 };
    const opened = new PieceInProgress(piece, lease, blocks * blockBytes, place);
    this.leases.removeWaiting(piece);
    this.leases.addOpen(opened);
    return opened;
  }
}

test("F05: a peer that sends a piece within 20 s keeps it, and others open the next piece", (t) => {
  const model = new Model(4, [fast, fast]);
  t.deepEqual(model.pick(0, 2), ["0:0", "0:1"]);
  t.deepEqual(model.pick(1, 2), ["1:0", "1:1"]);
  t.deepEqual(model.pick(0, 1), ["0:2"]);
});

test("F05: slower peers share a piece", (t) => {
  const model = new Model(4, [slow, fast]);
  model.pick(0, 2);
  t.deepEqual(model.pick(1, 2), ["0:2", "0:3"]);
});

const losses: readonly [name: string, lose: (keeper: ModelPeer, model: Model) => void][] = [
  ["chokes us", (keeper) => (keeper.amChokedByPeer = true)],
  ["is snubbed", (keeper) => (keeper.isSnubbed = true)],
  ["gets slower", (keeper) => (keeper.downBytesPerSecond = slow)],
  ["goes to another piece", (keeper) => (keeper.download.currentPiece = undefined)],
  ["sends no block for 5 s", (_, model) => (model.nowMs = 5_000)],
];
for (const [name, lose] of losses) {
  test(`F05: a keeper that ${name} loses its piece to the others`, (t) => {
    const model = new Model(4, [fast, fast, fast]);
    model.pick(0, 2);
    model.nowMs = 4_900;
    t.deepEqual(model.pick(1, 1), ["1:0"]);
    lose(model.peer(0), model);
    t.deepEqual(model.pick(2, 1), ["0:2"]);
  });
}

test("F05: the row of a keeper that left keeps nothing for the next peer in it", (t) => {
  const model = new Model(4, [fast, fast]);
  model.pick(0, 2);
  (model.peers as ModelPeer[])[0] = new ModelPeer(0, fast);
  t.deepEqual(model.pick(1, 1), ["0:2"]);
});

test("F05: a kept piece is joined when the engine has no other piece, or no memory is left", (t) => {
  const model = new Model(1, [fast, fast]);
  model.pick(0, 2);
  t.deepEqual(model.pick(1, 1), []);
  model.isWaitingForMemory = true;
  t.deepEqual(model.pick(1, 1), ["0:2"]);
  model.isWaitingForMemory = false;
  model.peer(1).download.currentPiece = undefined;
  model.peer(1).download.noLeaseUntilMs = 2_000;
  t.deepEqual(model.pick(1, 1), ["0:3"]);
});

const rates = fc.array(fc.integer({ min: fast, max: 400_000 }), { minLength: 2, maxLength: 8 });

test("F05: each kept piece has one sender while further pieces can be opened", (t) => {
  fc.assert(
    fc.property(
      rates,
      fc.array(fc.integer({ min: 2_000, max: slow }), { maxLength: 4 }),
      (quick, lame) => {
        const model = new Model(60, [...quick, ...lame]);
        while (!model.tick()) if (model.nowMs > 3_600_000) return false;
        return model.keptSenders.length > 0 && model.keptSenders.every((senders) => senders === 1);
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

test("F05: pieces with free blocks are at most a quarter of the peers", (t) => {
  const many = fc.array(fc.integer({ min: 10_000, max: 400_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(many, (peerRates) => {
      const model = new Model(100, peerRates, 0);
      let most = 0;
      while (!model.tick()) {
        if (model.nowMs > 3_600_000) return false;
        most = Math.max(most, model.leases.withFreeBlocks.size);
      }
      return most <= Math.ceil(peerRates.length / 4);
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test("F05: no piece waits for keepers that went silent", (t) => {
  const silences = fc.array(fc.integer({ min: 100, max: 60_000 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(rates, silences, (quick, silentFrom) => {
      const model = new Model(40, [...quick, 100_000]);
      silentFrom.forEach((ms, row) => {
        if (row < quick.length) model.peer(row).silentFromMs = ms;
      });
      // The last peer alone needs 105 s; a silent peer holds its requests for 10 s.
      while (!model.tick()) if (model.nowMs > 60_000 + 105_000 + 20_000) return false;
      return model.finished === 40;
    }),
    { numRuns: 100 },
  );
  t.pass();
});
