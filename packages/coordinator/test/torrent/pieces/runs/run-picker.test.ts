import test from "ava";
import fc from "fast-check";
import { PieceMap } from "@troupe/messages";
import { DataBytes, makeGeometry } from "@troupe/protocol/metainfo";
import { bitsOf } from "@troupe/protocol/testing";
import { PieceLedger } from "../../../../src/torrent/pieces/piece-ledger.ts";
import { gapsPerSearch } from "../../../../src/torrent/pieces/runs/gap-search.ts";
import { RunPicker, type PieceRun } from "../../../../src/torrent/pieces/runs/run-picker.ts";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";

/** Leases what is picked, as the engine does. */
function runsOf(ledger: PieceLedger, from?: number) {
  const picker = new RunPicker(ledger, from);
  const seed = (has: Uint8Array) => {
    let run: PieceRun | undefined;
    return (count: number): number[] => {
      const picked = picker.pick(has, count, run);
      run = picked.run;
      for (const index of picked.pieces) ledger.grant(index, 0, 0);
      return [...picked.pieces];
    };
  };
  return { ledger, picker, seed };
}

function picture(pieces: string, from?: number) {
  const ledger = ledgerFrom(pieces);
  const made = runsOf(ledger, from);
  return { ...made, all: made.seed(bitsOf("#".repeat(pieces.length))) };
}

test("a run begins in the longest gap, at its first piece", (t) => {
  const { all } = picture("..##....#.");
  t.deepEqual(all(3), [4, 5, 6]);
});

test("the next pick goes on where the last has ended, then in the next longest gap", (t) => {
  const { all } = picture("..##....#.");
  t.deepEqual(all(2), [4, 5]);
  t.deepEqual(all(3), [6, 7, 0]);
  t.deepEqual(all(9), [1, 9]);
  t.deepEqual(all(1), []);
});

test("a run ends before a piece that another peer has been given", (t) => {
  const { all, ledger } = picture("........##..");
  t.deepEqual(all(2), [0, 1]);
  ledger.grant(piece(4), 1, 0);
  t.deepEqual(all(3), [2, 3, 5]);
});

test("two web seeds get runs of their own", (t) => {
  const { seed } = runsOf(longLedger(40));
  const has = new Uint8Array(5).fill(0xff);
  const [one, other] = [seed(has), seed(has)];
  // Runs of 16 pieces of 1 MiB.
  t.deepEqual(
    [one(2), other(2), one(2), other(2)],
    [
      [0, 1],
      [16, 17],
      [2, 3],
      [18, 19],
    ],
  );
});

test("a run has 16 MiB at most", (t) => {
  const { seed } = runsOf(longLedger(64));
  const has = new Uint8Array(8).fill(0xff);
  const [one, other] = [seed(has), seed(has)];
  t.deepEqual(one(15).at(-1), 14);
  t.deepEqual(other(1), [16]);
  t.deepEqual(one(2), [15, 32]);
});

test("a web seed that lacks pieces gets the runs between them", (t) => {
  const { seed } = picture("..........");
  const partly = seed(bitsOf("##...###.."));
  t.deepEqual(partly(9), [0, 1, 5, 6, 7]);
});

test("pieces of the highest priority come first, then those of the next", (t) => {
  const { all, ledger } = picture("..........");
  for (const index of [7, 8]) ledger.setPriority(piece(index), 5);
  for (const index of [0, 1, 2, 3]) ledger.setPriority(piece(index), 0);
  t.deepEqual(all(9), [7, 8]);
  t.deepEqual(all(9), [4, 5, 6, 9]);
});

test("a change of priorities ends the run", (t) => {
  const { all, ledger, picker } = picture("..........");
  t.deepEqual(all(2), [0, 1]);
  ledger.setPriority(piece(8), 9);
  picker.forgetGaps();
  t.deepEqual(all(2), [8]);
  t.deepEqual(all(2), [2, 3]);
});

test("in sequence the first gap comes first", (t) => {
  const { all } = picture("#.##....#.", 0);
  t.deepEqual(all(4), [1, 4, 5, 6]);
});

test("in sequence from a piece on, the pieces before it come last", (t) => {
  const { all } = picture("..##....#.", 6);
  t.deepEqual(all(9), [6, 7, 9, 0, 1, 4, 5]);
});

test("a piece that is missing again is picked again", (t) => {
  const { all, ledger } = picture("...");
  t.deepEqual(all(9), [0, 1, 2]);
  ledger.release(piece(1));
  t.deepEqual(all(9), [1]);
});

test("a search looks at a bounded number of gaps, and the next search at the next gaps", (t) => {
  // Gaps of one piece, and a gap of two at the end.
  const { all } = picture(".#".repeat(gapsPerSearch + 1) + "..#");
  t.deepEqual(all(1), [2 * gapsPerSearch - 2]);
  t.is(all(63).length, 63, "of the kept gaps");
  t.deepEqual(all(1), [2 * gapsPerSearch + 2], "the longest gap of the next search");
});

test("a web seed without a piece of the kept gaps gets its pieces of the highest priority", (t) => {
  const { ledger, seed } = picture("..........");
  for (const index of [0, 1, 2, 3]) ledger.setPriority(piece(index), 3);
  ledger.setPriority(piece(8), 2);
  const only = seed(bitsOf("....######"));
  t.deepEqual(only(2), [8, 4]);
  t.deepEqual(only(9), [5, 6, 7, 9]);
  t.deepEqual(only(9), []);
});

test("a web seed that has only the shortest of many gaps gets its pieces", (t) => {
  const { seed } = picture("..#".repeat(70) + ".");
  const only = seed(bitsOf(".".repeat(210) + "#"));
  t.deepEqual(only(1), [210]);
});

test("a pick names each piece once, whatever other web seeds and peers take and give back", (t) => {
  const pieces = 40;
  const index = fc.nat({ max: pieces - 1 });
  const step = fc.oneof(
    fc.record({ webSeed: fc.nat({ max: 2 }), count: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ taken: index }),
    fc.record({ givenBack: index }),
  );
  const bits = fc.uint8Array({ minLength: pieces / 8, maxLength: pieces / 8 });
  fc.assert(
    fc.property(fc.tuple(bits, bits, bits), fc.array(step, { minLength: 20 }), (has, steps) => {
      const { ledger, seed } = runsOf(longLedger(pieces));
      const webSeeds = has.map((bitfield) => seed(bitfield));
      for (const one of steps) {
        // `grant` throws for a piece that is leased already.
        if ("webSeed" in one) webSeeds[one.webSeed]?.(one.count);
        else if ("taken" in one && ledger.isMissing(piece(one.taken)))
          ledger.grant(piece(one.taken), 1, 0);
        else if ("givenBack" in one && !ledger.isMissing(piece(one.givenBack)))
          ledger.release(piece(one.givenBack));
      }
    }),
    { numRuns: 300 },
  );
  t.pass();
});

function longLedger(mebibytes: number): PieceLedger {
  return new PieceLedger(
    new DataBytes(makeGeometry(mebibytes * 2 ** 20, 2 ** 20), []),
    new PieceMap(mebibytes),
  );
}
