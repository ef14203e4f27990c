import test from "ava";
import type { ExecutionContext } from "ava";
import { legend, pieceLines, usefulPieceLines } from "../../src/display/piece-lines.ts";
import { plainStyle, type Style } from "../../src/display/style.ts";
import { strip, stripOf } from "../support/details.ts";

const unicode: Style = { usesUnicode: true, usesColour: false };

const draws = test.macro(
  (t: ExecutionContext, cells: Uint8Array, columns: number, lines: number, expected: string[]) => {
    t.deepEqual(pieceLines(cells, { columns, lines }, true, unicode), expected);
  },
);

test("each kind of piece has a sign of its own", draws, stripOf("hfim!u"), 6, 1, ["█▓▒░×·"]);
test("a torrent of few pieces is stretched", draws, stripOf("hm"), 8, 1, ["████░░░░"]);
test("adjacent pieces share a cell", draws, stripOf("hhhmmm"), 3, 1, ["█▄░"]);
test("a piece in work shows in a shared cell", draws, stripOf("hhhihhhf"), 2, 1, ["▒▓"]);
test("a piece that no peer has shows beside had pieces", draws, stripOf("h!hmm!"), 3, 1, ["×▄░"]);
test("a had piece shows beside unwanted pieces", draws, stripOf("hummuu"), 3, 1, ["█░·"]);
test("a single cell for many pieces", draws, strip("hhhhm", "hhhhi", "hhhhh"), 3, 1, ["▄▒█"]);
test("the picture continues in the next line", draws, stripOf("hhhhmmmm"), 4, 2, ["████", "░░░░"]);

test("without UTF-8 the signs are ASCII", (t) => {
  t.deepEqual(pieceLines(stripOf("hfim!u"), { columns: 6, lines: 1 }, true, plainStyle), [
    "#=+.x_",
  ]);
  t.regex(legend(79, plainStyle), /^[\u0020-\u007e]+$/);
});

test("without a peer the availability is unknown", (t) => {
  t.deepEqual(pieceLines(stripOf("h!"), { columns: 2, lines: 1 }, false, unicode), ["█░"]);
});

test("adjacent cells of one colour are painted together", (t) => {
  const colours: Style = { usesUnicode: true, usesColour: true };
  const [line = ""] = pieceLines(stripOf("hhhmm"), { columns: 5, lines: 1 }, true, colours);
  t.is(line, "\u001b[36m███\u001b[39m\u001b[2m░░\u001b[22m");
});

test("the picture has no more lines than pieces need", (t) => {
  t.is(usefulPieceLines(stripOf("h".repeat(10)), 40), 1);
  t.is(usefulPieceLines(stripOf("h".repeat(512)), 160), 3);
});

test("the legend has as many signs as fit: all of them on 80 columns", (t) => {
  const all = "█ had  ▓ writing  ▒ on the way  ▄ partly  ░ missing  × nobody has  · unwanted";
  t.is(legend(79, unicode), all);
  t.is(legend(39, unicode), "█ had  ▓ writing  ▒ on the way");
});
