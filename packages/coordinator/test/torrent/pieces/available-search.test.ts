import test from "ava";
import { AvailableSearch, looksPerSearch } from "../../../src/torrent/pieces/available-search.ts";
import { counts, ledgerFrom, piece } from "../../support/diagrams.ts";

test("a piece of any worker's peers is available until it is leased", (t) => {
  const ledger = ledgerFrom("#...");
  const search = new AvailableSearch(ledger);
  const tables = [counts("9000"), counts("9010")];
  t.true(search.isAnyAvailable(tables));
  ledger.grant(piece(2), 0, 0);
  t.false(search.isAnyAvailable(tables));
  ledger.release(piece(2));
  t.true(search.isAnyAvailable(tables));
});

test("an unwanted piece is not available", (t) => {
  const ledger = ledgerFrom("..");
  ledger.setPriority(piece(1), 0);
  t.false(new AvailableSearch(ledger).isAnyAvailable([counts("01")]));
});

test("several answers show that no peer has any of many pieces", (t) => {
  const ledger = ledgerFrom(".".repeat(3 * looksPerSearch));
  const search = new AvailableSearch(ledger);
  const table = new Uint16Array(3 * looksPerSearch);
  t.true(search.isAnyAvailable([table]));
  t.true(search.isAnyAvailable([table]));
  t.false(search.isAnyAvailable([table]));
  t.false(search.isAnyAvailable([table]));
});

test("a piece that a peer gets after a search in vain is found within a round", (t) => {
  const ledger = ledgerFrom(".".repeat(3 * looksPerSearch));
  const search = new AvailableSearch(ledger);
  const table = new Uint16Array(3 * looksPerSearch);
  const answers = (count: number) =>
    Array.from({ length: count }, () => search.isAnyAvailable([table]));
  t.false(answers(3).at(-1));
  table[200] = 1;
  t.true(answers(3).includes(true));
  t.deepEqual(answers(2), [true, true]);
});

test("after forget a new round decides that no peer has any of many pieces", (t) => {
  const ledger = ledgerFrom(".".repeat(3 * looksPerSearch));
  const search = new AvailableSearch(ledger);
  const table = new Uint16Array(3 * looksPerSearch);
  const answers = () => [1, 2, 3].map(() => search.isAnyAvailable([table]));
  t.deepEqual(answers(), [true, true, false]);
  search.forget();
  t.deepEqual(answers(), [true, true, false]);
});

test("50 answers show that no peer has any of 100,000 pieces", (t) => {
  const pieceCount = 100_000;
  const search = new AvailableSearch(ledgerFrom(".".repeat(pieceCount)));
  const table = new Uint16Array(pieceCount);
  let answers = 1;
  while (search.isAnyAvailable([table])) answers++;
  t.true(answers <= 50, `${answers} answers`);
});
