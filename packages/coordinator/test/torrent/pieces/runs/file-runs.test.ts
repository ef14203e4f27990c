import test from "ava";
import { FileMap } from "@troupe/protocol/metainfo";
import { bitsOf } from "@troupe/protocol/testing";
import { pickFiles, type FileRun } from "../../../../src/torrent/pieces/runs/file-runs.ts";
import { ledgerFrom, piece } from "../../../support/diagrams.ts";

const pieceBytes = 32_768;

interface Picture {
  /** Pieces in the form of `ledgerFrom`. */
  readonly pieces: string;
  /** Lengths in pieces. */
  readonly files: readonly number[];
  readonly has?: string;
  readonly peersBytesPerSecond?: number;
  readonly otherRuns?: readonly FileRun[];
  readonly due?: readonly number[];
}

/** Leases what is picked, as the engine does. */
function picture({
  pieces,
  files,
  has,
  peersBytesPerSecond = 0,
  otherRuns = [],
  due = [],
}: Picture) {
  const ledger = ledgerFrom(pieces);
  const map = new FileMap(
    files.map((length) => Math.round(length * pieceBytes)),
    pieceBytes,
  );
  let run: FileRun | undefined;
  const pick = (count: number): number[] => {
    const picked = pickFiles({
      ledger,
      files: map,
      has: bitsOf(has ?? "#".repeat(pieces.length)),
      count,
      run,
      otherRuns,
      due: due.map(piece),
      peersBytesPerSecond,
    });
    run = picked.run;
    for (const index of picked.pieces) ledger.grant(index, 0, 0);
    return [...picked.pieces];
  };
  return { ledger, pick };
}

test("the pieces of a file come in their order, then those of the next file", (t) => {
  const { pick } = picture({ pieces: "..#.....", files: [4, 4] });
  t.deepEqual(pick(2), [0, 1]);
  t.deepEqual(pick(3), [3, 4, 5]);
  t.deepEqual(pick(9), [6, 7]);
  t.deepEqual(pick(9), []);
});

test("a piece that is missing again comes after the files behind it", (t) => {
  const { pick, ledger } = picture({ pieces: "......", files: [3, 3] });
  t.deepEqual(pick(2), [0, 1]);
  ledger.release(piece(0));
  t.deepEqual(pick(9), [2, 3, 4, 5]);
  t.deepEqual(pick(9), [0]);
});

test("a piece belongs to the file in which it begins", (t) => {
  // Half of piece 2 is the start of the second file, of which nothing else is needed.
  const { pick } = picture({ pieces: "...###", files: [2.5, 3.5], peersBytesPerSecond: 1e9 });
  t.deepEqual(pick(9), [0, 1, 2]);
});

test("a file of which less than half is needed is left to peers that bring it within a minute", (t) => {
  const pieces = "#####..#....";
  const files = [8, 4];
  t.deepEqual(picture({ pieces, files, peersBytesPerSecond: 2_000 }).pick(9), [8, 9, 10, 11]);
  t.deepEqual(picture({ pieces, files, peersBytesPerSecond: 1_000 }).pick(2), [5, 6]);
  const alone = picture({ pieces: "#######.", files: [8], peersBytesPerSecond: 100_000 });
  t.deepEqual(alone.pick(1), []);
  t.deepEqual(alone.pick(1), []);
});

test("the share of a file counts from its start to its last needed piece", (t) => {
  const picked = (pieces: string) =>
    picture({ pieces, files: [8], peersBytesPerSecond: 1e9 }).pick(9);
  t.deepEqual(picked("#.######"), [1]);
  t.deepEqual(picked("##.#####"), []);
  t.deepEqual(picked("####...."), [4, 5, 6, 7]);
});

test("pieces that the web seed lacks are passed over", (t) => {
  const { pick } = picture({ pieces: "......", files: [3, 3], has: "#.#..#" });
  t.deepEqual(pick(9), [0, 2, 5]);
});

test("a file that another web seed reads is left to it", (t) => {
  const { pick } = picture({ pieces: "......", files: [3, 3], otherRuns: [{ next: 1, end: 3 }] });
  t.deepEqual(pick(9), [3, 4, 5]);
  t.deepEqual(pick(9), []);
});

test("files of the highest priority come first", (t) => {
  const { pick, ledger } = picture({ pieces: "......", files: [2, 2, 2] });
  for (const index of [4, 5]) ledger.setPriority(piece(index), 7);
  t.deepEqual(pick(3), [4, 5]);
  t.deepEqual(pick(9), [0, 1, 2, 3]);
});

test("a due piece begins its file, unless the reading comes to it", (t) => {
  const other = picture({ pieces: "......", files: [3, 3], due: [4] });
  t.deepEqual(other.pick(2), [3, 4]);
  t.deepEqual(other.pick(9), [5]);
  const ahead = picture({ pieces: "......", files: [3, 3], due: [2] });
  t.deepEqual(ahead.pick(1), [0]);
  t.deepEqual(ahead.pick(1), [1]);
});
