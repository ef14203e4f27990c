import test from "ava";
import { PieceHashes } from "@troupe/protocol/metainfo";
import { CheckPlan } from "../../src/check/check-plan.ts";

const torrent = {
  files: [
    { path: "/a", lengthBytes: 50 },
    { path: "/pad", lengthBytes: 14, isPadding: true },
    { path: "/b", lengthBytes: 36 },
  ],
  pieceLengthBytes: 16,
  totalBytes: 100,
  hashes: new PieceHashes(
    "sha1",
    Uint8Array.from({ length: 140 }, (_, at) => Math.floor(at / 20)),
  ),
};

test("runs are whole pieces, each with its files and hashes", (t) => {
  const plan = new CheckPlan(torrent, () => 40);
  t.is(plan.pieceCount, 7);
  t.is(plan.runsLeft, 4);
  t.deepEqual(plan.takeRun(), {
    firstPiece: 0,
    run: {
      spans: [{ path: "/a", fileOffset: 0, lengthBytes: 32 }],
      pieceLengthBytes: 16,
      lengthBytes: 32,
      algorithm: "sha1",
      pieceLayer: 0,
      hashes: torrent.hashes.bytes.slice(0, 40),
    },
  });
  t.deepEqual(plan.takeRun()?.run.spans, [
    { path: "/a", fileOffset: 32, lengthBytes: 18 },
    { path: undefined, fileOffset: 0, lengthBytes: 14 },
  ]);
  plan.takeRun();
  t.is(plan.runsLeft, 1);
  const last = plan.takeRun();
  t.is(last?.firstPiece, 6);
  t.is(last?.run.lengthBytes, 4);
  t.is(plan.takeRun(), undefined);
  t.is(plan.runsLeft, 0);
});

test("a run has one piece at least", (t) => {
  t.is(new CheckPlan(torrent, () => 1).takeRun()?.run.lengthBytes, 16);
});

test("each run is a share of the rest, so that the last runs are small", (t) => {
  const plan = new CheckPlan(torrentOf([160]), (leftBytes) => leftBytes / 4);
  const taken: number[] = [];
  for (let next = plan.takeRun(); next !== undefined; next = plan.takeRun()) {
    taken.push(next.run.lengthBytes / 10);
  }
  t.deepEqual(taken, [4, 3, 2, 1, 1, 1, 1, 1, 1, 1]);
});

test("hashes are sent without the memory that they are a view of", (t) => {
  t.is(new CheckPlan(torrent, () => 40).takeRun()?.run.hashes.buffer.byteLength, 40);
});

test("files or hashes that do not fit the torrent are a bug", (t) => {
  t.throws(() => new CheckPlan({ ...torrent, totalBytes: 99 }, () => 40), { message: /^bug: / });
  const hashes = new PieceHashes("sha1", new Uint8Array(120));
  t.throws(() => new CheckPlan({ ...torrent, hashes }, () => 40), { message: /^bug: / });
});

test("only the requested ranges are checked", (t) => {
  const plan = new CheckPlan(
    {
      ...torrentOf([100]),
      ranges: [
        [1, 1],
        [4, 8],
      ],
    },
    () => 20,
  );
  t.is(plan.checkedCount, 6);
  t.is(plan.runsLeft, 4);
  const taken: [number, number][] = [];
  for (let next = plan.takeRun(); next !== undefined; next = plan.takeRun()) {
    taken.push([next.firstPiece, next.run.lengthBytes]);
  }
  t.deepEqual(taken, [
    [1, 10],
    [4, 20],
    [6, 20],
    [8, 10],
  ]);
  t.is(plan.runsLeft, 0);
});

test("bytes of unwanted files are read from the part file, piece by piece", (t) => {
  const partFile = {
    path: "/parts",
    files: new Set([1]),
    entries: new Map([
      [0, 64],
      [2, 200],
    ]),
  };
  const plan = new CheckPlan({ ...torrentOf([5, 20, 5]), partFile }, () => 1000);
  t.deepEqual(plan.takeRun()?.run.spans, [
    { path: "/0", fileOffset: 0, lengthBytes: 5 },
    { path: "/parts", fileOffset: 69, lengthBytes: 5 },
    { path: "/1", fileOffset: 5, lengthBytes: 10 },
    { path: "/parts", fileOffset: 200, lengthBytes: 5 },
    { path: "/2", fileOffset: 0, lengthBytes: 5 },
  ]);
});

/** Files of these lengths, in pieces of 10 bytes. */
function torrentOf(lengths: readonly number[]) {
  const totalBytes = lengths.reduce((sum, lengthBytes) => sum + lengthBytes, 0);
  return {
    files: lengths.map((lengthBytes, index) => ({ path: `/${index}`, lengthBytes })),
    pieceLengthBytes: 10,
    totalBytes,
    hashes: new PieceHashes("sha1", new Uint8Array(Math.ceil(totalBytes / 10) * 20)),
  };
}
