import test from "ava";
import { CheckPlan } from "../src/check-plan.ts";

const torrent = {
  files: [
    { path: "/a", lengthBytes: 50 },
    { path: "/pad", lengthBytes: 14, isPadding: true },
    { path: "/b", lengthBytes: 36 },
  ],
  pieceLengthBytes: 16,
  totalBytes: 100,
  hashes: Uint8Array.from({ length: 140 }, (_, at) => Math.floor(at / 20)),
};

test("runs are whole pieces, each with its files and hashes", (t) => {
  const plan = new CheckPlan(torrent, 40);
  t.is(plan.pieceCount, 7);
  t.is(plan.runsLeft, 4);
  t.deepEqual(plan.takeRun(), {
    firstPiece: 0,
    run: {
      spans: [{ path: "/a", fileOffset: 0, lengthBytes: 32 }],
      pieceLengthBytes: 16,
      lengthBytes: 32,
      hashes: torrent.hashes.slice(0, 40),
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
  t.is(new CheckPlan(torrent, 1).takeRun()?.run.lengthBytes, 16);
});

test("hashes are sent without the memory they were cut from", (t) => {
  t.is(new CheckPlan(torrent, 40).takeRun()?.run.hashes.buffer.byteLength, 40);
});

test("files or hashes that do not fit the torrent are a bug", (t) => {
  t.throws(() => new CheckPlan({ ...torrent, totalBytes: 99 }, 40), { message: /^bug: / });
  const hashes = new Uint8Array(120);
  t.throws(() => new CheckPlan({ ...torrent, hashes }, 40), { message: /^bug: / });
});
