import test from "ava";
import { halvesDiffer, type CheckPool } from "@troupe/hash-worker";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { checkRanges, startHashCheck } from "../../../src/torrent/checks/recheck.ts";
import { makeScene, setCheckPool } from "../../support/engine-scene.ts";

type Request = Parameters<CheckPool["checkPieces"]>[0];

const mebibyte = 1 << 20;
/** How long the pool takes for each question. */
const readMs = 40;

function scene(isBusy: boolean, pieces = 64) {
  const made = makeScene();
  const job = made.addJob({ pieces, pieceLengthBytes: mebibyte });
  const asked: (readonly (readonly [number, number])[])[] = [];
  const checkPieces = ({ ranges = [], onRun }: Request): Promise<Uint8Array> => {
    asked.push(ranges);
    made.time.advance(readMs);
    for (const [first, last] of ranges) onRun?.(first, new Uint8Array(last - first + 1).fill(1));
    return Promise.resolve(new Uint8Array());
  };
  setCheckPool(made.engine, { checkPieces });
  if (isBusy) job.content.traffic.rates.downBytesPerSecond = 1e6;
  const check = (signal = new AbortController().signal) =>
    checkRanges(made.engine, job, [[0, pieces - 1]], { signal, verdict: () => undefined });
  return { ...made, job, asked, check };
}

test("AE7: while anything is transferred a check rests as long as it reads", async (t) => {
  const { asked, check, time, job } = scene(true);
  const checked = check();
  await settle();
  t.deepEqual(asked, [[[0, 15]]]);
  time.advance(readMs - 1);
  await settle();
  t.is(asked.length, 1);
  for (let turn = 2; turn <= 4; turn++) {
    time.advance(readMs);
    await settle();
    t.is(asked.length, turn);
  }
  await checked;
  t.is(job.content.ledger.hadCount, 64, "what was missing and is good is had");
});

test("AE7: pieces are served while they are checked", async (t) => {
  const { engine, job, ref } = scene(false, 8);
  for (let piece = 0; piece < 8; piece++) job.content.ledger.toHad(piece as PieceIndex);
  const { promise: looking } = Promise.withResolvers<Uint8Array>();
  const asked: unknown[] = [];
  const checkPieces = ({ ranges }: Request) => (asked.push(ranges), looking);
  setCheckPool(engine, { checkPieces });
  const said = ref(0).sent.length;
  startHashCheck(engine, job, { torrent: job.id, check: 1 });
  await settle();
  t.deepEqual(asked, [[[0, 7]]]);
  t.is(job.state, "active");
  t.deepEqual([...job.content.ledger.map.snapshot()], [0xff]);
  t.is(ref(0).sent.length, said, "workers are told nothing");
});

test("AE7: while nothing is transferred all threads get their share at once", async (t) => {
  const { asked, check } = scene(false);
  await check();
  t.deepEqual(asked, [[[0, 63]]]);
});

test("AE7: after a first share each is as much as takes half a second", async (t) => {
  const { asked, check } = scene(false, 8_192);
  await check();
  t.deepEqual(asked, [
    [[0, 511]],
    [[512, 2_559]],
    [[2_560, 4_607]],
    [[4_608, 6_655]],
    [[6_656, 8_191]],
  ]);
});

test("AE7: verdicts of adjacent pieces are sent together, and a piece that needs a second look follows", async (t) => {
  const { engine, job } = scene(false, 6);
  for (const piece of [0, 1, 2, 4, 5]) job.content.ledger.toHad(piece as PieceIndex);
  const looks = [Uint8Array.of(1, 1, 0, 0, 1, 1), Uint8Array.of(0)];
  const checkPieces = ({ ranges = [], onRun }: Request): Promise<Uint8Array> => {
    onRun?.(ranges[0]?.[0] ?? 0, looks.shift() ?? new Uint8Array());
    return Promise.resolve(new Uint8Array());
  };
  setCheckPool(engine, { checkPieces });
  const told: [number, ...number[]][] = [];
  const { signal } = new AbortController();
  const verdict = (first: number, verdicts: Uint8Array) => told.push([first, ...verdicts]);
  await checkRanges(engine, job, [[0, 5]], { signal, verdict });
  t.deepEqual(told, [
    [0, 1, 1],
    [3, 0, 1, 1],
    [2, 0],
  ]);
  t.true(job.content.ledger.isMissing(2 as PieceIndex));
});

test("AE7: a cancelled check hashes no further pieces", async (t) => {
  const { asked, check, time } = scene(true);
  const controller = new AbortController();
  const checked = check(controller.signal);
  await settle();
  controller.abort(new Error("enough"));
  time.advance(readMs);
  await t.throwsAsync(checked, { message: "enough" });
  t.is(asked.length, 1);
});

test("AE7: a piece that is written while a check goes on is not lost, however late its write", async (t) => {
  const { engine, job, asked } = scene(false, 2);
  const { ledger } = job.content;
  const [leased, had] = [0, 1] as PieceIndex[];
  if (leased === undefined || had === undefined) return t.fail();
  ledger.toHashing(leased);
  ledger.toHad(had);
  setCheckPool(engine, {
    checkPieces: ({ ranges = [], onRun }: Request) => {
      asked.push(ranges);
      const isSecond = asked.length === 2;
      if (isSecond) ledger.toHad(leased);
      for (const [first, last] of ranges)
        onRun?.(first, new Uint8Array(last - first + 1).fill(isSecond && first === had ? 1 : 0));
      return Promise.resolve(new Uint8Array());
    },
  });
  const { signal } = new AbortController();
  await checkRanges(engine, job, [[0, 1]], { signal, verdict: () => undefined });
  t.deepEqual(asked, [[[0, 1]], [[1, 1]]]);
  t.true(ledger.map.has(leased) && ledger.map.has(had));
});

test("case 24: a check of a hybrid whose halves differ is refused, and is the torrent's error", async (t) => {
  const { engine, events, job } = scene(false, 2);
  setCheckPool(engine, { checkPieces: () => Promise.reject(halvesDiffer(1)) });
  startHashCheck(engine, job, { torrent: job.id, check: 7 });
  await settle();
  t.is(job.state, "error");
  t.is(job.fault?.code, "hybrid-inconsistent");
  t.is(job.content.ledger.hadCount, 0);
  t.like(
    events().find(({ event }) => event === "hash-checked"),
    { check: 7, refused: "hybrid-inconsistent" },
  );
});
