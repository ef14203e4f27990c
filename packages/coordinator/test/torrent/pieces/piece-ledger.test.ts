import test from "ava";
import { PieceMap, type LeaseId } from "@troupe/messages";
import { DataBytes, makeGeometry } from "@troupe/protocol/metainfo";
import { PieceLedger } from "../../../src/torrent/pieces/piece-ledger.ts";
import { draw, ledgerFrom, piece } from "../../support/diagrams.ts";

test("a piece goes from missing through leased, hashing and writing to had", (t) => {
  const ledger = ledgerFrom(".");
  const steps = [draw(ledger)];
  for (const step of [
    () => ledger.grant(piece(0), 1, 5),
    () => ledger.toHashing(piece(0)),
    () => ledger.toWriting(piece(0)),
    () => ledger.toHad(piece(0)),
  ]) {
    step();
    steps.push(draw(ledger));
  }
  t.deepEqual(steps, [".", "L", "h", "w", "#"]);
});

test("only a piece that is had is in the shared map and in the bytes had", (t) => {
  const map = new PieceMap(3);
  const ledger = new PieceLedger(new DataBytes(makeGeometry(100_000, 40_000), []), map);
  for (const index of [0, 1, 2]) ledger.grant(piece(index), 0, 0);
  ledger.toHashing(piece(1));
  ledger.toHashing(piece(2));
  ledger.toWriting(piece(2));
  t.deepEqual([...map.snapshot()], [0]);
  t.is(ledger.haveBytes, 0);
  ledger.toHad(piece(2));
  t.deepEqual([...map.snapshot()], [0b0010_0000]);
  t.is(ledger.haveBytes, 20_000, "the last piece is shorter");
});

test("AE16: `left` counts a short last piece by its length", (t) => {
  const ledger = new PieceLedger(new DataBytes(makeGeometry(100_000, 40_000), []), new PieceMap(3));
  ledger.toHad(piece(2));
  t.is(ledger.leftBytes, 80_000);
  ledger.toLost(piece(2));
  t.is(ledger.leftBytes, 100_000);
  ledger.setPriority(piece(2), 0);
  ledger.toHad(piece(2));
  t.is(ledger.leftBytes, 80_000, "not wanted, and had all the same");
  for (const index of [0, 1]) ledger.toHad(piece(index));
  t.is(ledger.leftBytes, 0);
});

test("a piece counts as had once, however often it is reported", (t) => {
  const ledger = ledgerFrom("..");
  ledger.toHad(piece(0));
  ledger.toHad(piece(0));
  t.is(ledger.hadCount, 1);
  t.is(ledger.haveBytes, 32_768);
  t.false(ledger.isComplete);
  ledger.toHad(piece(1));
  t.true(ledger.isComplete);
});

test("the count of missing pieces is right after every way back", (t) => {
  const ledger = ledgerFrom("....");
  ledger.grant(piece(0), 0, 0);
  ledger.grant(piece(1), 0, 0);
  ledger.toHashing(piece(1));
  ledger.toHad(piece(2));
  t.is(ledger.missingCount, 1);
  ledger.release(piece(0));
  ledger.release(piece(1));
  ledger.release(piece(2));
  t.is(draw(ledger), "..#.");
  t.is(ledger.missingCount, 3);
});

test("a lease is found by its number, and an old number finds none", (t) => {
  const ledger = ledgerFrom(".");
  const first = ledger.grant(piece(0), 0, 0);
  ledger.release(piece(0));
  const second = ledger.grant(piece(0), 1, 0);
  t.not(first.lease, second.lease);
  t.is(ledger.leaseOf(piece(0), first.lease), undefined);
  t.is(ledger.leaseOf(piece(0), second.lease)?.worker, 1);
  t.is(ledger.leaseOf(piece(0), 99 as LeaseId), undefined);
});

test("a piece that is not missing is never leased again", (t) => {
  for (const drawing of ["L", "h", "w", "#"]) {
    const ledger = ledgerFrom(drawing);
    t.throws(() => ledger.grant(piece(0), 0, 0), { message: /^bug: / });
    t.is(draw(ledger), drawing);
  }
});

test("releaseWorker releases the leases of that worker, and no others", (t) => {
  const ledger = ledgerFrom("....hw#");
  ledger.grant(piece(0), 0, 0);
  ledger.grant(piece(1), 1, 0);
  ledger.grant(piece(2), 0, 0);
  ledger.releaseWorker(0);
  t.is(draw(ledger), ".L..hw#", "pieces being hashed and written outlive their worker");
  t.deepEqual(
    [...ledger.leases()].map(({ worker }) => worker),
    [1],
  );
});

test("a worker may drop its copy of a piece only when no other worker has that piece", (t) => {
  const ledger = ledgerFrom(".Lhw#");
  const verdicts = [0, 1, 2, 3, 4].map((index) => ledger.isUnleased(piece(index)));
  t.deepEqual(verdicts, [true, false, false, false, true]);
});
