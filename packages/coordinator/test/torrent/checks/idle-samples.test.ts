import test from "ava";
import type { CheckPool } from "@troupe/hash-worker";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { draw } from "../../support/diagrams.ts";
import { makeScene, setCheckPool, putIn } from "../../support/engine-scene.ts";

type Request = Parameters<CheckPool["checkPieces"]>[0];

const mebibyte = 1 << 20;
/** How long the pool takes for each question. */
const readMs = 100;

/** A seed of pieces of 1 MiB, of which all are to be looked at as samples; those of `bad` are not as they were. */
function scene(pieces: number, { isBusy = false, bad = [] as readonly number[] } = {}) {
  const made = makeScene();
  const { engine, file, time } = made;
  const job = made.addJob({ pieces, pieceLengthBytes: mebibyte });
  for (let piece = 0; piece < pieces; piece++) {
    job.content.ledger.toHad(piece as PieceIndex);
    job.content.checks.unsampled.add(piece as PieceIndex);
  }
  putIn(job, "active");
  file.answer = () => ({});
  const asked: { readonly atMs: number; readonly ranges: unknown }[] = [];
  const startMs = time.nowMs();
  const checkPieces = ({ ranges = [], onRun }: Request): Promise<Uint8Array> => {
    asked.push({ atMs: time.nowMs() - startMs, ranges });
    time.advance(readMs);
    for (const [first, last] of ranges) {
      const verdicts = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      onRun?.(
        first,
        Uint8Array.from(verdicts, (piece) => Number(!bad.includes(piece))),
      );
    }
    return Promise.resolve(new Uint8Array());
  };
  setCheckPool(engine, { checkPieces });
  // The rates of a job that runs are added up again from its peers each second.
  if (isBusy) {
    const other = made.addJob();
    putIn(other, "stopped");
    other.content.traffic.rates.downBytesPerSecond = 1e6;
  }
  const run = async (ms: number): Promise<void> => {
    for (const endMs = time.nowMs() + ms; time.nowMs() < endMs;) {
      tick(engine);
      await settle();
      time.advance(tickMs);
    }
  };
  return { ...made, job, asked, run };
}

test("samples take a twentieth of the disk's time while nothing is transferred", async (t) => {
  const { job, asked, run } = scene(32);
  await run(60_000);
  t.is(job.content.checks.unsampled.size, 0);
  t.is(asked.length, 8, "4 MiB each");
  for (const [index, { atMs }] of asked.entries()) {
    t.true(atMs >= index * 20 * readMs, `look ${index} at ${atMs} ms`);
  }
  t.is(draw(job.content.ledger), "#".repeat(32));
});

test("samples take a hundredth of the disk's time while anything is transferred", async (t) => {
  const { asked, run } = scene(32, { isBusy: true });
  await run(60_000);
  t.is(asked.length, 6);
});

test("no sample is hashed while pieces wait for the disk, or while the torrent is stopped", async (t) => {
  const { job, asked, run } = scene(4);
  putIn(job, "stopped");
  await run(5_000);
  t.is(asked.length, 0);
  putIn(job, "active");
  const pendingWrites = { size: 1, whenReady: () => Promise.resolve() };
  Object.assign(job.disk, { pendingWrites });
  await run(5_000);
  t.is(asked.length, 0);
  pendingWrites.size = 0;
  await run(1_000);
  t.is(asked.length, 1);
});

test("torrents take turns at their samples, one batch at a time", async (t) => {
  const made = scene(8);
  const other = made.addJob({ pieces: 8, pieceLengthBytes: mebibyte });
  for (let piece = 0; piece < 8; piece++) {
    other.content.ledger.toHad(piece as PieceIndex);
    other.content.checks.unsampled.add(piece as PieceIndex);
  }
  putIn(other, "active");
  await made.run(1_000);
  t.deepEqual(
    [made.job.content.checks.unsampled.size, other.content.checks.unsampled.size],
    [4, 8],
  );
  await made.run(2_000);
  t.deepEqual(
    [made.job.content.checks.unsampled.size, other.content.checks.unsampled.size],
    [4, 4],
  );
  await made.run(2_000);
  t.deepEqual(
    [made.job.content.checks.unsampled.size, other.content.checks.unsampled.size],
    [0, 4],
  );
});

test("the file-worker gets the samples that are left", async (t) => {
  const { file, run } = scene(8);
  await run(1_000);
  const kept = file.casts("save-job").findLast(({ had }) => had !== undefined);
  const unsampled = kept?.unsampled as Uint8Array;
  const left = [0, 1, 2, 3, 4, 5, 6, 7].filter((piece) => hasBit(unsampled, piece));
  t.deepEqual(left, [4, 5, 6, 7]);
});

test("a bad sample is lost, and its file is hashed before the rest of it is served", async (t) => {
  const { job, file, asked, run, gather, events } = scene(8, { bad: [2, 6] });
  await run(20_000);
  t.deepEqual(
    asked.slice(0, 3).map(({ ranges }) => ranges),
    [
      [[0, 3]],
      [[2, 2]],
      [
        [0, 1],
        [3, 7],
      ],
    ],
  );
  t.is(draw(job.content.ledger), "##.###.#");
  t.deepEqual([job.content.checks.unsampled.size, job.content.checks.suspects.size], [0, 0]);
  gather();
  const said = events().flatMap((event) => (event.event === "warning" ? [event.code] : []));
  t.deepEqual(said, ["files-changed"]);
  const doubts = file.casts("save-job").flatMap(({ doubted }) => (doubted ? [doubted] : []));
  t.deepEqual(doubts, [[0, 1, 3, 4, 5, 6, 7]]);
});
