import test from "ava";
import { longestStrip, stripKinds } from "@troupe/messages";
import { pieceStrip } from "../../../src/torrent/report/piece-strip.ts";
import { counts, ledgerFrom, piece } from "../../support/diagrams.ts";

/** A letter for the kind of each cell, or all of them with their shares. */
function drawn(strip: Uint8Array): string[] {
  const cells: string[] = [];
  for (let at = 0; at < strip.length; at += stripKinds) {
    const shares = [...strip.subarray(at, at + stripKinds)];
    const seen = shares.flatMap((share, kind) =>
      share === 0 ? [] : [`${"hfim!u".charAt(kind)}${share === 255 ? "" : share}`],
    );
    cells.push(seen.join(" "));
  }
  return cells;
}

test("with few pieces each piece has a cell", (t) => {
  const ledger = ledgerFrom("#hwL...");
  ledger.setPriority(piece(6), 0);
  t.deepEqual(drawn(pieceStrip(ledger, [counts("0000011"), counts("0000000")])), [
    "h",
    "f",
    "f",
    "i",
    "!",
    "m",
    "u",
  ]);
});

test("with many pieces adjacent pieces share a cell, and a single piece in work shows", (t) => {
  const states = new Uint8Array(1000 * longestStrip);
  states.fill(4);
  states[0] = 1;
  const priorities = new Uint16Array(states.length).fill(1);
  const strip = drawn(pieceStrip({ states, priorities }, []));
  t.is(strip.length, longestStrip);
  t.is(strip[0], "h i1");
  t.true(strip.slice(1).every((cell) => cell === "h"));
});

test("every piece is in exactly one cell", (t) => {
  const strip = pieceStrip(ledgerFrom("#".repeat(1300)), []);
  t.true(drawn(strip).every((cell) => cell === "h"));
});
