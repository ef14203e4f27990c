import { bitsOf } from "@troupe/protocol/testing";
import test from "ava";
import fc from "fast-check";
import { fromBase64 } from "../../src/api/base64.ts";
import { cellPath, pieceMap, type CellState } from "../../src/details/piece-map.ts";

const letters: Readonly<Record<CellState, string>> = {
  had: "#",
  partly: "+",
  missing: ".",
  unwanted: "-",
};

function drawn(had: string, wanted: string, mostCells: number): string {
  const { cells } = pieceMap(had.length, bitsOf(had), bitsOf(wanted), mostCells);
  return cells.map((cell) => letters[cell]).join("");
}

test("G12: a square a piece where there is room", (t) => {
  t.is(drawn("##..#.....", "##.###....", 100), "##-.#.----");
});

test("G12: of a torrent with more pieces a square stands for several", (t) => {
  t.is(drawn("####....#...", "########....", 4), "#++-");
  t.is(drawn("####........", "####........", 4), "#+--");
});

test("G12: counts name each piece once, whatever the map shows", (t) => {
  const pieces = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 400 }), (all, mostCells) => {
      const picture = (index: 0 | 1) => all.map((each) => (each[index] ? "#" : ".")).join("");
      const map = pieceMap(all.length, bitsOf(picture(0)), bitsOf(picture(1)), mostCells);
      const { had, missing, unwanted } = map.counts;
      t.is(had + missing + unwanted, all.length);
      t.is(had, all.filter(([isHad]) => isHad).length);
      t.true(map.cells.length <= mostCells);
      t.is(map.cells.length, Math.ceil(all.length / map.piecesOfCell));
    }),
  );
});

test("G12: the path has a square for each cell of its state, half of one for a cell that is partly here", (t) => {
  const cells: readonly CellState[] = ["had", "partly", "missing", "had"];
  t.is(cellPath(cells, "had", 2), "M0.08 0.08h0.84v0.84h-0.84zM1.08 1.08h0.84v0.84h-0.84z");
  t.is(cellPath(cells, "partly", 2), "M1.08 0.50h0.84v0.42h-0.84z");
  t.is(cellPath(cells, "unwanted", 2), "");
});

test("G12: bytes come as base64", (t) => {
  t.deepEqual(fromBase64("/wAB"), new Uint8Array([255, 0, 1]));
});
