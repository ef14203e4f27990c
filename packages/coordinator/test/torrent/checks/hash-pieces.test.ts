import test from "ava";
import type { CheckPool } from "@troupe/hash-worker";
import { settle } from "@troupe/actor-runtime/testing";
import { hashSamples, samplingMs } from "../../../src/torrent/checks/hash-pieces.ts";
import { makeScene, setCheckPool } from "../../support/engine-scene.ts";

type Request = Parameters<CheckPool["checkPieces"]>[0];

/** Samples of a torrent whose disk takes `readMs` for each piece. */
function scene(pieces: number, readMs: number, bad: readonly number[] = []) {
  const made = makeScene();
  const startMs = made.time.nowMs();
  const job = made.addJob({ pieces });
  const read: number[] = [];
  const checkPieces = async ({ ranges = [], onRun, signal }: Request): Promise<Uint8Array> => {
    for (const [piece] of ranges) {
      made.time.advance(readMs);
      await settle();
      signal?.throwIfAborted();
      read.push(piece);
      onRun?.(piece, Uint8Array.of(Number(!bad.includes(piece))));
    }
    return new Uint8Array();
  };
  setCheckPool(made.engine, { checkPieces });
  const all = new Uint8Array(pieces / 8).fill(0xff);
  const stop = new AbortController();
  const hashed = hashSamples(made.engine, job, { partFile: undefined, pieces: all }, stop.signal);
  return { ...made, read, hashed, stop, tookMs: () => made.time.nowMs() - startMs };
}

test("samples delay a start by two seconds at most, and the others are left", async (t) => {
  const { read, hashed, tookMs } = scene(16, 500);
  const { bad, left } = await hashed;
  t.is(tookMs(), samplingMs);
  t.is(read.length, 3);
  t.deepEqual(bad, []);
  t.deepEqual(
    [...left, ...read].toSorted((one, other) => one - other),
    [...Array(16).keys()],
  );
});

test("samples that fit into two seconds are all hashed, and bad samples are reported", async (t) => {
  const { hashed, time } = scene(8, 100, [1, 5]);
  const { bad, left } = await hashed;
  t.deepEqual(bad.toSorted(), [1, 5]);
  t.is(left.size, 0);
  t.is(time.pending, 0);
});

test("a stop ends the samples at once", async (t) => {
  const { hashed, stop } = scene(16, 500);
  stop.abort(new Error("stopped"));
  await t.throwsAsync(hashed, { message: "stopped" });
});
