import test from "ava";
import { bitsOf } from "@troupe/protocol/testing";
import { Deadlines, mostDueLooks } from "../../../../src/torrent/pieces/orders/deadlines.ts";
import { Sequential } from "../../../../src/torrent/pieces/orders/sequential.ts";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";

/** Piece length of the drawn torrents. */
const pieceBytes = 32_768;

/** @param rates Rates of each peer-worker, in pieces a second. All peer-workers have peers with all pieces. */
function scene(pieces: string, dueAtMs: readonly (readonly [number, number])[], rates = [0]) {
  const ledger = ledgerFrom(pieces);
  const deadlines = new Deadlines(ledger, new Sequential(ledger));
  deadlines.set(dueAtMs.map(([index, atMs]) => ({ piece: piece(index), atMs })));
  const workerRates = {
    rateOf: (worker: number) => (rates[worker] ?? 0) * pieceBytes,
    workersWith: () => [...rates.keys()],
  };
  const pick = (peerHas: string, count: number, worker = 0): number[] =>
    deadlines
      .pick({
        peerHas: bitsOf(peerHas),
        count,
        availability: [],
        nowMs: 0,
        worker,
        rates: workerRates,
      })
      .map(Number);
  const moves = (mayMove = () => true) =>
    deadlines.moves(workerRates, 0, mayMove).map(({ lease, to }) => [Number(lease.piece), to]);
  return { ledger, deadlines, pick, moves };
}

test("due pieces come first, the earliest of them first, whatever their priorities", (t) => {
  const { ledger, pick } = scene("......", [
    [4, 900],
    [2, 300],
  ]);
  ledger.setPriority(piece(0), 9);
  t.deepEqual(pick("######", 4), [2, 4, 0, 1]);
  t.deepEqual(pick("######", 1), [2]);
});

test("a due piece is not picked if the peer lacks it, or if it is unwanted, leased or had", (t) => {
  const due = [0, 1, 2, 3].map((index) => [index, 100] as const);
  const { ledger, pick } = scene("#L..", due);
  ledger.setPriority(piece(2), 0);
  t.deepEqual(pick("####", 4), [3]);
  t.deepEqual(pick("###.", 4), []);
});

test("pieces that are had have no deadline any more", (t) => {
  const { deadlines, ledger } = scene("...", [
    [1, 100],
    [2, 200],
  ]);
  ledger.toHad(piece(1));
  t.deepEqual(deadlines.due, [{ piece: piece(2), atMs: 200 }]);
});

test("`set` replaces all deadlines", (t) => {
  const { deadlines, pick } = scene("....", [[3, 100]]);
  deadlines.set([{ piece: piece(2), atMs: 100 }]);
  t.deepEqual(pick("####", 2), [2, 0]);
});

test("a slow peer-worker leaves pieces that it would have too late to a fast one", (t) => {
  // One piece a second: two pieces take it two seconds.
  const due = [
    [0, 500],
    [1, 1_500],
    [2, 1_900],
    [3, 2_500],
  ] as const;
  const { pick } = scene("....", due, [1, 4]);
  t.deepEqual(pick("####", 2, 0), [1, 3]);
  t.deepEqual(pick("####", 4, 1), [0, 1, 2, 3]);
});

test("due pieces that a peer-worker holds count when it asks for more", (t) => {
  const due = [
    [0, 500],
    [1, 1_500],
  ] as const;
  const { pick } = scene("L...", due, [1, 4]);
  t.deepEqual(pick("####", 1, 0), [2]);
});

test("a late piece is not left to a peer-worker that is hardly faster", (t) => {
  const { pick } = scene("....", [[3, 100]], [1, 2]);
  t.deepEqual(pick("####", 1, 0), [3]);
});

test("a piece that its holder would have too late moves to a faster peer-worker", (t) => {
  const due = [
    [0, 1_100],
    [1, 1_200],
    [2, 3_100],
  ] as const;
  const { moves } = scene("LLL.", due, [1, 4]);
  t.deepEqual(moves(), [[1, 1]], "piece 2 is in time without piece 1");
  t.deepEqual(
    moves(() => false),
    [],
  );
});

test("no piece moves to a peer-worker that would have it later", (t) => {
  const { ledger, moves } = scene(
    ".....",
    [0, 1, 2, 3, 4].map((index) => [index, 100]),
    [1, 4],
  );
  for (const index of [0, 1, 2, 3]) ledger.grant(piece(index), 1, 0);
  ledger.grant(piece(4), 0, 0);
  t.deepEqual(moves(), []);
});

test("eight pieces at most move at a time", (t) => {
  const due = Array.from({ length: 20 }, (_, index) => [index, 0] as const);
  const { moves } = scene("L".repeat(20), due, [1, 100]);
  t.is(moves().length, 8);
});

test("a pick takes as many pieces that are due in time as it may", (t) => {
  const count = 2 * mostDueLooks;
  const due = Array.from({ length: count }, (_, index) => [index, 60_000] as const);
  const { pick } = scene(".".repeat(count + 1), due, [1_000_000, 4]);
  t.is(pick("#".repeat(count + 1), count + 1).filter((index) => index < count).length, count);
});

test("a pick looks at a bounded number of late pieces, and then at pieces without a deadline", (t) => {
  const late = Array.from({ length: mostDueLooks + 1 }, (_, index) => [index, 0] as const);
  const inTime = [mostDueLooks + 1, 60_000] as const;
  const pieces = ".".repeat(mostDueLooks + 3);
  const peerHas = "#".repeat(mostDueLooks + 3);
  const { pick } = scene(pieces, [...late.slice(1), inTime], [1, 4]);
  t.deepEqual(pick(peerHas, 1), [0]);
  t.deepEqual(scene(pieces, [...late.slice(2), inTime], [1, 4]).pick(peerHas, 1), [inTime[0]]);
});
