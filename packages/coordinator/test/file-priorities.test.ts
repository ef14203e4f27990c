import test from "ava";
import { makeGeometry } from "@troupe/protocol/metainfo";
import { FilePriorities, isPriorityList, type PrioritizedFile } from "../src/file-priorities.ts";

/** Files of these lengths in pieces of 10 bytes; `~7` is padding. */
function prioritiesOf(lengths: string, given?: readonly number[]): FilePriorities {
  const files = lengths.split(" ").map((text): PrioritizedFile => {
    const isPadding = text.startsWith("~");
    return { lengthBytes: Number(text.replace("~", "")), isPadding };
  });
  const total = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return new FilePriorities(makeGeometry(total, 10), files, given);
}

const drawn = (priorities: FilePriorities): string => priorities.ofPieces.join(" ");

test("AE21: every file has priority 1 at first", (t) => {
  const priorities = prioritiesOf("15 25");
  t.is(drawn(priorities), "1 1 1 1");
  t.deepEqual(priorities.list(), [1, 1]);
  t.is(priorities.wantedPieces(), undefined);
  t.deepEqual([...priorities.unusual()], []);
});

test("AE18: a piece has the highest priority of its files, whichever comes last", (t) => {
  t.is(drawn(prioritiesOf("15 15", [5, 0])), "5 5 0");
  t.is(drawn(prioritiesOf("15 15", [0, 5])), "0 5 5");
  t.is(drawn(prioritiesOf("12 3 15", [0, 7, 2])), "0 7 2");
  const different = prioritiesOf("12 3 15", [1, 7, 2]);
  t.is(drawn(different), "1 7 2");
  t.deepEqual(
    [...different.unusual()].map(([piece, priority]) => [Number(piece), priority]),
    [
      [1, 7],
      [2, 2],
    ],
  );
});

test("AE18: files of one piece together make it wanted", (t) => {
  const priorities = prioritiesOf("2 2 2 2 2 10", [0, 0, 1, 0, 0, 0]);
  t.is(drawn(priorities), "1 0");
  t.deepEqual(priorities.wantedPieces(), Uint8Array.of(0b1000_0000));
});

test("AE21: a change lists the pieces whose priority changed", (t) => {
  const priorities = prioritiesOf("15 30 5", [1, 1, 1]);
  t.deepEqual(priorities.set(1, 0).map(Number), [2, 3]);
  t.is(drawn(priorities), "1 1 0 0 1");
  t.deepEqual(priorities.set(1, 1000).map(Number), [1, 2, 3, 4]);
  t.deepEqual(priorities.set(1, 1000), []);
  t.deepEqual(priorities.list(), [1, 1000, 1]);
});

test("padding goes with the file before it", (t) => {
  const priorities = prioritiesOf("5 ~5 10", [0, 9, 1]);
  t.is(drawn(priorities), "0 1");
  priorities.set(0, 3);
  t.is(drawn(priorities), "3 1");
  t.deepEqual(priorities.list(), [3, 3, 1]);
});

test("an empty file has a priority and no piece", (t) => {
  const priorities = prioritiesOf("10 0 10", [0, 1, 0]);
  t.is(drawn(priorities), "0 0");
  t.is(priorities.piecesOf(1), undefined);
  t.deepEqual(priorities.set(1, 5), []);
  t.is(priorities.of(1), 5);
});

test("a list of priorities has one whole number from 0 to 65535 for each file", (t) => {
  t.true(isPriorityList([0, 65_535], 2));
  for (const list of [[1], [1, 1, 1], [1, -1], [1, 0.5], [1, 65_536], [1, Number.NaN]]) {
    t.false(isPriorityList(list, 2));
  }
});

test("pieces that readers need are wanted whatever the priorities of their files", (t) => {
  const priorities = prioritiesOf("20 20 20", [5, 0, 1]);
  const wanted = (): string =>
    Array.from({ length: 6 }, (_, piece) => priorities.ofPiece(piece)).join(" ");
  t.deepEqual(
    priorities
      .setRead([
        [1, 2],
        [2, 4],
      ])
      .map(Number),
    [2, 3],
  );
  t.is(wanted(), "5 5 1 1 1 1");
  t.deepEqual(priorities.wantedPieces(), Uint8Array.of(0b1111_1100));
  t.is(drawn(priorities), "5 5 0 0 1 1", "the files keep theirs");
  priorities.set(2, 0);
  t.is(wanted(), "5 5 1 1 1 0");
  t.deepEqual(priorities.setRead([]).map(Number), [2, 3, 4]);
  t.is(wanted(), "5 5 0 0 0 0");
});

test("readers change nothing where every file is wanted", (t) => {
  const priorities = prioritiesOf("20 20");
  t.deepEqual(priorities.setRead([[0, 3]]), []);
  t.is(priorities.wantedPieces(), undefined);
});
