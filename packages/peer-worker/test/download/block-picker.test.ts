// Pictures: one line a piece, one character a block:
//   .  free      a b c  requested of that peer      A B C  received from that peer      w  waiting to be opened

import test from "ava";
import type { LeaseId, PeerRowIndex, PieceLease, SlabId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { BlockPicker, type BlockTaker } from "../../src/download/block-picker.ts";
import { HeldLeases } from "../../src/download/held-leases.ts";
import { DeadlinePieces } from "../../src/download/deadlines/deadline-pieces.ts";
import { PieceInProgress } from "../../src/download/piece-in-progress.ts";
import { WholePieces } from "../../src/download/whole-pieces.ts";

const place = { slab: 1 as SlabId, memory: new Uint8Array(0), offset: 0, extentBytes: 0 };

class TestPeer implements BlockTaker {
  readonly rowIndex: PeerRowIndex;
  readonly download: { currentPiece: PieceInProgress | undefined } = { currentPiece: undefined };
  readonly taken: string[] = [];
  readonly #pieces: string;

  constructor(name: string, pieces: string) {
    this.rowIndex = (name.charCodeAt(0) - 97) as PeerRowIndex;
    this.#pieces = pieces;
  }

  readonly suggested: ReadonlySet<PieceIndex> | undefined;

  mayAskFor(piece: PieceIndex): boolean {
    return this.#pieces[piece] === "#";
  }

  requestBlock(piece: PieceInProgress, block: number): void {
    this.taken.push(`${piece.piece}:${block}`);
  }
}

function rowOf(mark: string): PeerRowIndex {
  return (mark.toLowerCase().charCodeAt(0) - 97) as PeerRowIndex;
}

/** @param memory How many waiting pieces can be opened. */
function pickerFrom(
  pieces: readonly string[],
  memory = Infinity,
): { picker: BlockPicker; book: HeldLeases; due: DeadlinePieces; attempts: () => number } {
  const due = new DeadlinePieces();
  const leases = new HeldLeases();
  let room = memory;
  let attempts = 0;
  const open = (index: number, blocks: number): PieceInProgress => {
    const piece = new PieceInProgress(
      index as PieceIndex,
      index as LeaseId,
      blocks * 16_384,
      place,
    );
    leases.addOpen(piece);
    return piece;
  };
  pieces.forEach((picture, index) => {
    if (picture.startsWith("w")) {
      leases.addWaiting({ piece: index, lease: index } as PieceLease, picture.length);
    } else if (picture !== "") {
      draw(open(index, picture.length), picture);
    }
  });
  const picker = new BlockPicker(
    leases,
    (held) => {
      attempts++;
      if (room-- <= 0) return undefined;
      leases.removeWaiting(held.lease.piece);
      return open(held.lease.piece, held.blockCount);
    },
    due,
    new WholePieces({
      isWaitingForMemory: false,
      leases,
      torrent: { sessions: { size: 0 }, sessionAt: () => undefined },
    }),
  );
  return { picker, book: leases, due, attempts: () => attempts };
}

function draw(piece: PieceInProgress, picture: string): void {
  Array.from(picture).forEach((mark, block) => {
    if (mark === ".") return;
    piece.request(block, rowOf(mark));
    if (mark === mark.toLowerCase()) return;
    piece.startBlock(block, rowOf(mark));
    piece.finishBlock(block, rowOf(mark));
  });
}

test("free blocks are taken in order", (t) => {
  const { picker } = pickerFrom(["A.b.."]);
  const peer = new TestPeer("a", "#");
  t.is(picker.pick(peer, 2, 0), 2);
  t.deepEqual(peer.taken, ["0:1", "0:3"]);
});

test("the peer's current piece goes before a more complete one", (t) => {
  const { picker, book: leases } = pickerFrom(["....", "BBB."]);
  const peer = new TestPeer("a", "##");
  peer.download.currentPiece = leases.open.get(0 as PieceIndex);
  picker.pick(peer, 5, 0);
  t.deepEqual(peer.taken, ["0:0", "0:1", "0:2", "0:3", "1:3"]);
});

test("the most complete open piece that the peer has comes next", (t) => {
  const { picker } = pickerFrom(["B...", "BBB.", "BB.."]);
  const peer = new TestPeer("a", "#.#");
  picker.pick(peer, 3, 0);
  t.deepEqual(peer.taken, ["2:2", "2:3", "0:1"]);
});

test("of equally complete pieces the one opened first is picked", (t) => {
  const { picker } = pickerFrom(["B.", "B."]);
  const peer = new TestPeer("a", "##");
  picker.pick(peer, 1, 0);
  t.deepEqual(peer.taken, ["0:1"]);
});

test("open pieces are finished before one is opened", (t) => {
  const { picker, book: leases } = pickerFrom(["ww", "B."]);
  const peer = new TestPeer("a", "##");
  t.is(picker.pick(peer, 2, 0), 2);
  t.deepEqual(peer.taken, ["1:1", "0:0"]);
  t.is(leases.waiting.size, 0);
});

test("leases are opened in order, except pieces that the peer lacks", (t) => {
  const { picker, book: leases } = pickerFrom(["ww", "ww", "ww"]);
  const peer = new TestPeer("a", ".##");
  t.is(picker.pick(peer, 3, 0), 3);
  t.deepEqual(peer.taken, ["1:0", "1:1", "2:0"]);
  t.deepEqual(
    [...leases.waiting].map(({ lease }) => lease.piece),
    [0 as PieceIndex],
  );
});

test("without memory a peer gets the free blocks of open pieces", (t) => {
  const { picker } = pickerFrom(["ww", "ww"], 1);
  const peer = new TestPeer("a", "##");
  t.is(picker.pick(peer, 4, 0), 2);
  t.deepEqual(peer.taken, ["0:0", "0:1"]);
});

test("a peer that has none of the pieces gets nothing", (t) => {
  const { picker } = pickerFrom(["..", "ww"]);
  t.is(picker.pick(new TestPeer("a", ".."), 4, 0), 0);
});

test("a peer leaves a piece that is no longer open", (t) => {
  const { picker, book: leases } = pickerFrom(["..", ".."]);
  const peer = new TestPeer("a", "##");
  peer.download.currentPiece = leases.open.get(0 as PieceIndex);
  if (peer.download.currentPiece !== undefined) leases.removeOpen(peer.download.currentPiece);
  picker.pick(peer, 1, 0);
  t.deepEqual(peer.taken, ["1:0"]);
});

test("several peers fill one piece", (t) => {
  const { picker } = pickerFrom(["wwww", "wwww"]);
  const ann = new TestPeer("a", "##");
  const ben = new TestPeer("b", "##");
  picker.pick(ann, 2, 0);
  picker.pick(ben, 2, 0);
  t.deepEqual(ben.taken, ["0:2", "0:3"]);
});

test("in the endgame blocks are doubled from the end of the youngest piece", (t) => {
  const { picker } = pickerFrom(["bbB", "Bbb"]);
  const peer = new TestPeer("a", "##");
  t.is(
    picker.pickDoubles(peer, 3, 0, () => true),
    3,
  );
  t.deepEqual(peer.taken, ["1:2", "1:1", "0:1"]);
});

test("a block is never requested of more than two peers, nor twice of the same peer", (t) => {
  const { picker } = pickerFrom(["bb"]);
  const ann = new TestPeer("a", "#");
  const cid = new TestPeer("c", "#");
  t.is(
    picker.pickDoubles(ann, 9, 0, () => true),
    2,
  );
  t.is(
    picker.pickDoubles(ann, 9, 0, () => true),
    0,
  );
  t.is(
    picker.pickDoubles(cid, 9, 0, () => true),
    0,
  );
  t.is(
    picker.pickDoubles(new TestPeer("b", "#"), 9, 0, () => true),
    0,
  );
});

test("only blocks of peers that the caller accepts are doubled", (t) => {
  const { picker } = pickerFrom(["bcb"]);
  const peer = new TestPeer("a", "#");
  picker.pickDoubles(peer, 9, 0, (owing) => owing === rowOf("c"));
  t.deepEqual(peer.taken, ["0:1"]);
});

test("the count of free blocks includes open pieces and waiting leases", (t) => {
  const { picker, book: leases } = pickerFrom(["A.b.", "www"]);
  t.is(leases.freeBlocks(), 5);
  picker.pick(new TestPeer("a", "##"), 3, 0);
  t.is(leases.freeBlocks(), 2);
});

/** @param dueMs The deadline of each piece; undefined: no deadline. */
function dueScene(
  pieces: readonly string[],
  dueMs: readonly (number | undefined)[],
  memory?: number,
) {
  const scene = pickerFrom(pieces, memory);
  const deadlines = dueMs.flatMap((ms, index) =>
    ms === undefined ? [] : [{ piece: index as PieceIndex, ms }],
  );
  scene.due.set(deadlines, 0);
  return scene;
}

/** Blocks that are requested now arrive after a second. */
function inASecond(peer?: TestPeer, blocks = Infinity) {
  return { arrivesAtMs: 1_000, faster: () => peer && { peer, blocks } };
}

test("due pieces are opened and filled before more complete ones, the earliest first", (t) => {
  const { picker } = dueScene(["BB.", "ww", "w.", "www"], [undefined, 3_000, undefined, 2_000]);
  const peer = new TestPeer("a", "####");
  t.is(picker.pickDue(peer, 9, 0, inASecond()), 5);
  t.deepEqual(peer.taken, ["3:0", "3:1", "3:2", "1:0", "1:1"]);
});

test("without memory for the earliest due piece the blocks of open due pieces are requested", (t) => {
  const { picker, attempts } = dueScene(["ww", "A.", "ww"], [2_000, 3_000, 2_500], 0);
  const peer = new TestPeer("a", "###");
  t.is(picker.pickDue(peer, 9, 0, inASecond()), 1);
  t.deepEqual(peer.taken, ["1:1"]);
  t.is(attempts(), 1, "memory is asked for once");
});

test("a peer leaves late pieces to a faster peer that has them, and takes those in time", (t) => {
  const { picker } = dueScene(["..", "..", ".."], [500, 600, 1_500]);
  const slow = new TestPeer("a", "###");
  const fast = new TestPeer("b", "#.#");
  t.is(picker.pickDue(slow, 9, 0, inASecond(fast)), 4);
  t.deepEqual(slow.taken, ["1:0", "1:1", "2:0", "2:1"]);
});

test("a peer takes late pieces that a faster peer would not send sooner", (t) => {
  const { picker } = dueScene(["..", "...", ".."], [500, 600, 700]);
  const slow = new TestPeer("a", "###");
  const fast = new TestPeer("b", "###");
  t.is(picker.pickDue(slow, 9, 0, inASecond(fast, 4)), 5);
  t.deepEqual(slow.taken, ["1:0", "1:1", "1:2", "2:0", "2:1"]);
});

test("without a faster peer late pieces are requested first", (t) => {
  const { picker } = dueScene(["..", ".."], [1_500, 500]);
  const peer = new TestPeer("a", "##");
  picker.pickDue(peer, 3, 0, inASecond());
  t.deepEqual(peer.taken, ["1:0", "1:1", "0:0"]);
});

test("blocks that are due soon are requested of a second peer", (t) => {
  const { picker } = dueScene(["bb", "bc", "bb"], [900, 500, undefined]);
  const peer = new TestPeer("a", "###");
  const isWorth = (owing: number): boolean => owing === rowOf("b");
  t.is(picker.doubleDue(peer, 9, 0, 800, isWorth), 1);
  t.is(picker.doubleDue(peer, 9, 0, 1_000, isWorth), 2);
  t.deepEqual(peer.taken, ["1:0", "0:1", "0:0"]);
});

test("pieces that are reserved for a web seed are left to it, until the endgame", (t) => {
  const { picker, book: leases } = pickerFrom(["..", "ww", "ww"]);
  const [seed, peer] = [new TestPeer("a", "###"), new TestPeer("b", "###")];
  leases.reserved.addSeed(seed.rowIndex);
  for (const reserved of [0, 1]) leases.reserved.add(reserved as PieceIndex, seed.rowIndex);
  t.is(picker.pick(peer, 9, 0), 2);
  t.deepEqual(peer.taken, ["2:0", "2:1"]);
  t.is(picker.pick(seed, 1, 0), 1);
  leases.reserved.setEndgame(true, 0);
  t.is(picker.pick(peer, 9, 0), 3);
  t.deepEqual(peer.taken.slice(2), ["0:1", "1:0", "1:1"]);
});

test("pieces of a web seed that has left, and pieces with a deadline, are for all peers", (t) => {
  const { picker, book: leases, due } = pickerFrom(["..", "ww"]);
  const [seed, peer] = [new TestPeer("a", "##"), new TestPeer("b", "##")];
  leases.reserved.addSeed(seed.rowIndex);
  for (const reserved of [0, 1]) leases.reserved.add(reserved as PieceIndex, seed.rowIndex);
  due.set([{ piece: 1 as PieceIndex, ms: 1_000 }], 0);
  picker.pickDue(peer, 9, 0, { arrivesAtMs: 0, faster: () => undefined });
  t.deepEqual(peer.taken, ["1:0", "1:1"]);
  t.is(picker.pick(peer, 9, 0), 0);
  leases.reserved.removeSeed(seed.rowIndex);
  t.is(picker.pick(peer, 9, 0), 2);
});
