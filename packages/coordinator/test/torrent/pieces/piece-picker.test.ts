import test from "ava";
import { PieceMap } from "@troupe/messages";
import { DataBytes, makeGeometry } from "@troupe/protocol/metainfo";
import { bitsOf } from "@troupe/protocol/testing";
import { seededRandom } from "@troupe/actor-runtime/testing";
import { randomFirstPieces } from "../../../src/torrent/pieces/orders/rarest-first.ts";
import type { PieceOrder } from "../../../src/torrent/pieces/orders/piece-order.ts";
import { Sequential } from "../../../src/torrent/pieces/orders/sequential.ts";
import { PieceLedger } from "../../../src/torrent/pieces/piece-ledger.ts";
import type { PieceRun } from "../../../src/torrent/pieces/runs/run-picker.ts";
import { makePicker, PiecePicker } from "../../../src/torrent/pieces/piece-picker.ts";
import { chosenRandom } from "../../support/chosen-random.ts";
import { loneWorker } from "../../support/lone-worker.ts";
import { counts, ledgerFrom, piece } from "../../support/diagrams.ts";
import { countingLedger } from "../../support/picker-swarm.ts";

interface Swarm {
  /** Pieces in the form of `ledgerFrom`: four pieces had and rarity decides. */
  readonly pieces: string;
  /** One line a worker. */
  readonly availability: readonly string[];
  /** Where the run among equals starts; after that, 0. */
  readonly start?: number;
}

function pickerFrom({ pieces, availability, start = 0 }: Swarm) {
  const ledger = ledgerFrom(pieces);
  const picker = makePicker(ledger, chosenRandom(start));
  const tables = availability.map(counts);
  return {
    ledger,
    pick: (peerHas: string, count: number, nowMs = 0): number[] =>
      picker.pick({ peerHas: bitsOf(peerHas), count, availability: tables, nowMs, ...loneWorker }),
    hasMissing: (peerHas: string) => picker.hasMissing(bitsOf(peerHas)),
    comeBack: (index: number) => {
      ledger.release(piece(index));
      picker.putBack(piece(index));
    },
    forgetOrder: () => picker.forgetOrder(),
    tables,
  };
}

test("EX12: the rarest piece that the peer has is picked first", (t) => {
  const picker = pickerFrom({ pieces: "####....", availability: ["00003213"] });
  t.deepEqual(picker.pick("....##.#", 1), [5]);
  t.deepEqual(picker.pick("########", 4), [6, 5, 4, 7]);
});

test("peers of all workers together make a piece rare or common", (t) => {
  const picker = pickerFrom({ pieces: "####...", availability: ["0000300", "0000012", "0000013"] });
  t.deepEqual(picker.pick("#######", 3), [5, 4, 6]);
});

test("a leased, hashing, writing or had piece is not picked", (t) => {
  const picker = pickerFrom({ pieces: "####Lhw.", availability: ["00001111"] });
  t.deepEqual(picker.pick("########", 8), [7]);
});

test("a piece that the peer does not have is not picked", (t) => {
  const picker = pickerFrom({ pieces: "####....", availability: ["00001111"] });
  t.deepEqual(picker.pick("########", 0), []);
  t.deepEqual(picker.pick("####....", 8), []);
  t.deepEqual(picker.pick("####.#..", 8), [5]);
});

test("equally rare pieces are picked as a run of neighbours from a random start", (t) => {
  const picker = pickerFrom({
    pieces: "####......",
    availability: ["0000111111"],
    start: 7,
  });
  t.deepEqual(picker.pick("##########", 6), [7, 8, 9, 4, 5, 6]);
});

test("two downloaders of one seeder start at different places", (t) => {
  const startOf = (seed: number) => {
    const ledger = ledgerFrom("####" + ".".repeat(1000));
    const picker = makePicker(ledger, seededRandom(seed));
    const all = new Uint8Array(126).fill(0xff);
    return picker.pick({
      peerHas: all,
      count: 1,
      availability: [new Uint16Array(1004).fill(1)],
      nowMs: 0,
      ...loneWorker,
    })[0];
  };
  t.is(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(startOf)).size, 8);
});

test("the first pieces are picked at random, rare or not", (t) => {
  const ledger = ledgerFrom("###.......");
  t.true(ledger.hadCount < randomFirstPieces);
  // The second number is the start of the pick: behind the rarest.
  const picker = makePicker(ledger, chosenRandom(0, 4, 2));
  const pick = () =>
    picker.pick({
      peerHas: bitsOf("##########"),
      count: 1,
      availability: [counts("0001999999")],
      nowMs: 0,
      ...loneWorker,
    });
  t.deepEqual(pick(), [piece(7)]);
  t.deepEqual(pick(), [piece(5)]);
});

test("after the first pieces, rarity decides", (t) => {
  const picker = pickerFrom({ pieces: "####......", availability: ["0000999919"], start: 5 });
  t.deepEqual(picker.pick("##########", 1), [8]);
});

test("pieces that 255 and more peers have count the same", (t) => {
  const ledger = ledgerFrom("####....");
  const picker = makePicker(ledger, chosenRandom(4));
  const availability = Uint16Array.from([0, 0, 0, 0, 65_535, 300, 255, 254]);
  const picked = picker.pick({
    peerHas: bitsOf("########"),
    count: 4,
    availability: [availability],
    nowMs: 0,
    ...loneWorker,
  });
  t.deepEqual(picked.map(Number), [7, 4, 5, 6]);
});

test("availability counts again after a second, not before", (t) => {
  const { pick, tables } = pickerFrom({ pieces: "####..", availability: ["000012"] });
  t.deepEqual(pick("######", 1, 0), [4]);
  tables[0]?.set(counts("000021"));
  t.deepEqual(pick("######", 1, 999), [4]);
  t.deepEqual(pick("######", 1, 1000), [5]);
});

test("a released piece is picked again at once", (t) => {
  const { ledger, pick, comeBack } = pickerFrom({ pieces: "####..", availability: ["000011"] });
  for (const index of pick("######", 2)) ledger.grant(piece(index), 0, 0);
  t.deepEqual(pick("######", 2, 5), []);
  comeBack(5);
  t.deepEqual(pick("######", 2, 5), [5]);
});

test("a piece that was released twice is picked once", (t) => {
  const { ledger, pick, comeBack } = pickerFrom({ pieces: "####...", availability: ["0000111"] });
  t.deepEqual(pick("#######", 1), [4]);
  for (let round = 0; round < 2; round++) {
    ledger.grant(piece(4), 0, 0);
    comeBack(4);
  }
  t.deepEqual(pick("#######", 3, 1).toSorted(), [4, 5, 6]);
});

test("after forgetOrder all missing pieces are picked by rarity again", (t) => {
  const { ledger, pick, forgetOrder } = pickerFrom({
    pieces: "####...",
    availability: ["0000321"],
  });
  for (const index of pick("#######", 3)) ledger.grant(piece(index), 0, 0);
  ledger.releaseWorker(0);
  forgetOrder();
  t.deepEqual(pick("#######", 3, 1), [6, 5, 4]);
});

test("hasMissing is true for a peer with a missing piece", (t) => {
  const { hasMissing } = pickerFrom({ pieces: "#L.hw.##..", availability: [] });
  t.true(hasMissing("..#......."));
  t.true(hasMissing(".........#"));
  t.false(hasMissing("##.##.##.."));
  t.false(hasMissing(".........."));
});

function torrentOf(pieceCount: number) {
  const looks = { count: 0 };
  const ledger = countingLedger(pieceCount, looks);
  for (let index = 0; index < randomFirstPieces; index++) ledger.toHad(piece(index));
  const random = chosenRandom();
  const picker = makePicker(ledger, random);
  const tables = [new Uint16Array(pieceCount).fill(1)];
  const all = new Uint8Array(pieceCount / 8).fill(0xff);
  return { ledger, looks, picker, random, all, tables };
}

test("a pick looks only at the pieces that it picks, however many were picked before", (t) => {
  const { ledger, looks, picker, random, all, tables } = torrentOf(2000);
  let leased = 0;
  for (let nowMs = 0; nowMs < 1000; nowMs += 10) {
    for (const index of picker.pick({
      peerHas: all,
      count: 8,
      availability: tables,
      nowMs,
      ...loneWorker,
    })) {
      ledger.grant(index, 0, nowMs);
      leased++;
    }
  }
  t.is(leased, 800);
  t.is(random.calls, 1, "sorted once");
  // A leased piece is looked at again by the next walk, which skips it from then on.
  t.true(looks.count < 5 * 800, `${looks.count} looks`);
});

test("pieces are sorted at most once a second, however many are released", (t) => {
  const { ledger, picker, random, all, tables } = torrentOf(2000);
  for (let nowMs = 0; nowMs < 3000; nowMs += 10) {
    for (const index of picker.pick({
      peerHas: all,
      count: 8,
      availability: tables,
      nowMs,
      ...loneWorker,
    })) {
      ledger.grant(index, 0, nowMs);
      ledger.release(index);
      picker.putBack(index);
    }
  }
  t.is(random.calls, 3);
});

function prioritized(pieces: string, priorities: readonly number[], availability: string) {
  const ledger = ledgerFrom(pieces);
  for (const [index, priority] of priorities.entries()) ledger.setPriority(piece(index), priority);
  const picker = makePicker(ledger, chosenRandom(0));
  return (count: number, peerHas = "#".repeat(pieces.length)): number[] =>
    picker.pick({
      peerHas: bitsOf(peerHas),
      count,
      availability: [counts(availability)],
      nowMs: 0,
      ...loneWorker,
    });
}

test("AE21, AE24: a higher priority goes before rarity, and of one priority the rarest is first", (t) => {
  const pick = prioritized("####.....", [1, 1, 1, 1, 1, 1000, 1, 1000, 2], "000013291");
  t.deepEqual(pick(9), [5, 7, 8, 4, 6]);
});

test("AE21: with 1000 beside 1 a peer with both gets pieces of the first until none is missing", (t) => {
  const pick = prioritized("####......", [1, 1, 1, 1, 1, 1, 1, 1000, 1000, 1000], "1111111111");
  t.deepEqual(pick(3), [7, 8, 9]);
  t.deepEqual(pick(2, "#####.###."), [7, 8]);
});

test("AE21: priority 0 is never picked, not even after a release", (t) => {
  const ledger = ledgerFrom("####L...");
  ledger.setPriority(piece(4), 0);
  ledger.setPriority(piece(6), 0);
  const picker = makePicker(ledger, chosenRandom(0));
  const pick = () =>
    picker.pick({
      peerHas: bitsOf("########"),
      count: 8,
      availability: [counts("11111111")],
      nowMs: 0,
      ...loneWorker,
    });
  pick();
  ledger.release(piece(4));
  picker.putBack(piece(4));
  t.deepEqual(pick().map(Number), [5, 7]);
  t.false(picker.hasMissing(bitsOf("....#.#.")));
  t.true(picker.hasMissing(bitsOf("....##..")));
});

test("the first pieces are random ones of the highest priority", (t) => {
  const ledger = ledgerFrom("........");
  for (const index of [2, 3, 5]) ledger.setPriority(piece(index), 9);
  for (let seed = 1; seed < 20; seed++) {
    const picker = makePicker(ledger, seededRandom(seed));
    const picked = picker
      .pick({
        peerHas: bitsOf("########"),
        count: 4,
        availability: [counts("11111111")],
        nowMs: 0,
        ...loneWorker,
      })
      .map(Number);
    t.deepEqual(picked.slice(0, 3).toSorted(), [2, 3, 5]);
    t.is(picked.length, 4);
  }
});

test("sequential pieces are picked by their index, regardless of rarity", (t) => {
  const ledger = ledgerFrom("..#.....");
  ledger.setPriority(piece(6), 2);
  ledger.setPriority(piece(1), 0);
  const picker = makePicker(ledger, seededRandom(3), { isSequential: true });
  t.deepEqual(
    picker
      .pick({
        peerHas: bitsOf("########"),
        count: 8,
        availability: [counts("95110111")],
        nowMs: 0,
        ...loneWorker,
      })
      .map(Number),
    [6, 0, 3, 4, 5, 7],
  );
});

test("after forgetOrder an endgame waits until all pieces were looked at again", (t) => {
  const ledger = ledgerFrom(".".repeat(5000));
  const picker = makePicker(ledger, seededRandom(1));
  const table = new Uint16Array(5000);
  while (picker.isAnyAvailable([table]));
  table[4000] = 1;
  picker.forgetOrder();
  for (let answer = 0; answer < 5; answer++) t.true(picker.isAnyAvailable([table]));
});

test("a returned piece waits while the peer has a piece of a higher priority", (t) => {
  const { ledger, pick, comeBack } = pickerFrom({ pieces: "####....", availability: ["00001111"] });
  ledger.setPriority(piece(6), 9);
  t.deepEqual(pick("########", 2), [6, 4]);
  ledger.grant(piece(4), 0, 0);
  t.deepEqual(pick("########", 2), [6, 5]);
  comeBack(4);
  t.deepEqual(pick("########", 1, 1), [6]);
  t.deepEqual(pick("####.###", 1, 1), [6]);
  t.deepEqual(pick("######.#", 1, 1), [4]);
});

test("PI3: the picker takes any order of pieces, a module without a clock, sockets or files", (t) => {
  const ledger = ledgerFrom("........");
  const asked: string[] = [];
  const lastFirst: PieceOrder = {
    pick: ({ peerHas, count }) => ledger.pickable.among(peerHas, 8).toReversed().slice(0, count),
    putBack: (index) => asked.push(`putBack ${index}`),
    forget: () => asked.push("forget"),
  };
  const picker = new PiecePicker(ledger, lastFirst);
  const question = { availability: [counts("11111111")], nowMs: 0, ...loneWorker };
  t.deepEqual(picker.pick({ peerHas: bitsOf("#####.##"), count: 3, ...question }), [
    piece(7),
    piece(6),
    piece(4),
  ]);
  picker.putBack(piece(6));
  picker.forgetOrder();
  t.deepEqual(asked, ["putBack 6", "forget"]);
});

test("PI6: pieces are picked rarest first or by index, and pieces with a deadline before both", (t) => {
  const inOrder = (isSequential: boolean, due: readonly { index: number; atMs: number }[]) => {
    const picker = makePicker(ledgerFrom("####...."), chosenRandom(0), { isSequential });
    picker.setDeadlines(due.map(({ index, atMs }) => ({ piece: piece(index), atMs })));
    const availability = [counts("11113214")];
    const question = { peerHas: bitsOf("########"), count: 4, availability, nowMs: 0 };
    return picker.pick({ ...question, ...loneWorker }).map(Number);
  };
  t.deepEqual(inOrder(false, []), [6, 5, 4, 7]);
  t.deepEqual(inOrder(true, []), [4, 5, 6, 7]);
  const due = [
    { index: 5, atMs: 2_000 },
    { index: 7, atMs: 1_000 },
  ];
  t.deepEqual(inOrder(false, due), [7, 5, 6, 4]);
  t.deepEqual(inOrder(true, due), [7, 5, 4, 6]);
});

test("a web seed gets its due pieces, and then goes on with its run", (t) => {
  const ledger = ledgerFrom("........");
  const picker = makePicker(ledger, chosenRandom(0));
  const question = { peerHas: bitsOf("#######."), availability: [], nowMs: 0, ...loneWorker };
  const first = picker.pickRun({ ...question, count: 2 }, undefined);
  t.deepEqual(first.pieces.map(Number), [0, 1]);
  for (const index of first.pieces) ledger.grant(index, 0, 0);
  picker.setDeadlines([5, 7].map((index) => ({ piece: piece(index), atMs: 1_000 })));
  const due = picker.pickRun({ ...question, count: 2 }, first.run);
  t.deepEqual(due.pieces.map(Number), [5]);
  ledger.grant(piece(5), 0, 0);
  t.deepEqual(picker.pickRun({ ...question, count: 2 }, due.run).pieces.map(Number), [2, 3]);
});

test("F03: a web seed gets the ends of files first, and then runs from the piece that its user reads", (t) => {
  const ledger = ledgerFrom("..........");
  const ends = [0, 3, 9].map(piece);
  const picker = makePicker(ledger, chosenRandom(0), { isSequential: true, fromPiece: 5, ends });
  const question = { peerHas: bitsOf("##########"), availability: [], nowMs: 0, ...loneWorker };
  const pick = (count: number, run?: PieceRun) => {
    const picked = picker.pickRun({ ...question, count }, run);
    for (const index of picked.pieces) ledger.grant(index, 0, 0);
    return picked;
  };
  const first = pick(4);
  t.deepEqual(first.pieces.map(Number), [0, 3, 9]);
  t.deepEqual(pick(9, first.run).pieces.map(Number), [5, 6, 7, 8, 1, 2, 4]);
});

test("no pick for a web seed names a piece twice after the order changes in the middle of its run", (t) => {
  const geometry = makeGeometry(40 * 2 ** 20, 2 ** 20);
  const ledger = new PieceLedger(new DataBytes(geometry, []), new PieceMap(40));
  const picker = makePicker(ledger, chosenRandom(0));
  const pickRun = (peerHas: string, count: number, run?: PieceRun) => {
    const question = { peerHas: bitsOf(peerHas), count, availability: [], nowMs: 0, ...loneWorker };
    const picked = picker.pickRun(question, run);
    for (const index of picked.pieces) ledger.grant(index, 0, 0);
    return picked;
  };
  const all = "#".repeat(40);
  const { run } = pickRun(all, 2);
  picker.follow(new Sequential(ledger), { isSequential: true });
  pickRun(`${".".repeat(24)}${"#".repeat(16)}`, 1);
  const { pieces } = pickRun(all, 20, run);
  t.is(new Set(pieces).size, 20);
});
