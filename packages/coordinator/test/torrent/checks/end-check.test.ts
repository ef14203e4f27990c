import test from "ava";
import type { CheckPool } from "@troupe/hash-worker";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { checkAtEnd } from "../../../src/torrent/checks/end-check.ts";
import { noteArrival } from "../../../src/torrent/checks/end-check-state.ts";
import { completeIfWhole } from "../../../src/torrent/pieces/have-updates.ts";
import { savePieces } from "../../../src/torrent/storage/record-updates.ts";
import { makeScene, setCheckPool } from "../../support/engine-scene.ts";

type Request = Parameters<CheckPool["checkPieces"]>[0];

const pieces = 4;

/** A torrent whose pieces are had. Pieces in `bad` fail their checks. */
function scene(settings = { checkAtCompletion: true }) {
  const made = makeScene();
  const { engine, file } = made;
  const job = made.addJob({ pieces, settings });
  const { checks, ledger } = job.content;
  const bad = new Set<number>();
  const asked: (readonly (readonly [number, number])[])[] = [];
  const checkPieces = ({ ranges = [], onRun }: Request): Promise<Uint8Array> => {
    asked.push(ranges);
    for (const [first, last] of ranges)
      for (let piece = first; piece <= last; piece++)
        onRun?.(piece, Uint8Array.of(Number(!bad.has(piece))));
    return Promise.resolve(new Uint8Array());
  };
  setCheckPool(engine, { checkPieces });
  const arrive = (piece: number): void => {
    ledger.toHad(piece as PieceIndex);
    noteArrival(checks, piece as PieceIndex);
  };
  for (let piece = 0; piece < pieces; piece++) arrive(piece);
  const doubts = (): unknown[] => file.casts("save-job").map(({ doubted = [] }) => doubted);
  /** Completions and warnings so far. */
  const reported = (): string[] => {
    job.outbox.flush();
    return made.events().flatMap((event) => {
      if (event.event === "warning") return [event.code];
      return event.event === "complete" ? ["complete"] : [];
    });
  };
  /** The last piece has arrived; a tick follows. */
  const finish = async (): Promise<void> => {
    completeIfWhole(engine, job);
    await settle();
    checkAtEnd(engine, job);
    await settle();
  };
  return { ...made, job, bad, asked, arrive, doubts, finish, reported };
}

test("L18: when the last piece has arrived, all pieces are hashed before the completion is reported", async (t) => {
  const { asked, engine, finish, job, reported } = scene();
  completeIfWhole(engine, job);
  await settle();
  t.deepEqual(reported(), []);
  t.is(job.content.ledger.hadCount, pieces, "they are served meanwhile");
  await finish();
  t.deepEqual(asked, [[[0, 3]]]);
  t.deepEqual(reported(), ["complete"]);
  await finish();
  t.is(asked.length, 1);
});

test("L18: pieces that the check has not hashed yet are suspect in the record", async (t) => {
  const { engine, file, job, doubts, finish, reported } = scene();
  const looked = Promise.withResolvers<Uint8Array>();
  setCheckPool(engine, {
    checkPieces: ({ onRun }: Request) => {
      onRun?.(0, Uint8Array.of(1, 1));
      return looked.promise;
    },
  });
  await finish();
  t.deepEqual(doubts(), [[0, 1, 2, 3]]);
  savePieces(job);
  t.deepEqual(doubts().at(-1), [2, 3]);
  const { had } = file.casts("save-job").at(-1) ?? {};
  t.deepEqual(had, Uint8Array.of(0b1100_0000), "a piece that it is said to have is not doubted");
  t.deepEqual(reported(), []);
});

test("L18: wrong pieces are missing again, and alone are hashed when they have arrived", async (t) => {
  const { arrive, asked, bad, finish, job, reported } = scene();
  bad.add(1).add(2);
  await finish();
  t.deepEqual(
    [0, 1, 2, 3].filter((piece) => job.content.ledger.isMissing(piece as PieceIndex)),
    [1, 2],
  );
  t.deepEqual(reported(), ["pieces-damaged"]);
  bad.clear();
  asked.length = 0;
  arrive(1);
  arrive(2);
  await finish();
  t.deepEqual(asked, [[[1, 2]]]);
  t.deepEqual(reported(), ["pieces-damaged", "complete"]);
});

test("L18: a disk that keeps no piece fails the torrent at the third check", async (t) => {
  const { arrive, bad, finish, job, reported } = scene();
  bad.add(3);
  for (let round = 0; round < 3; round++) {
    t.is(job.state, "active");
    await finish();
    arrive(3);
  }
  t.is(job.fault?.code, "pieces-damaged");
  t.deepEqual(reported(), ["pieces-damaged", "pieces-damaged"]);
});

test("L18: a torrent that was complete at its start is not hashed again", async (t) => {
  const { asked, finish, job, reported } = scene();
  job.content.checks.endCheck = { state: "idle" };
  await finish();
  t.deepEqual(asked, []);
  t.deepEqual(reported(), ["complete"]);
});

test("L18: without the setting nothing is hashed", async (t) => {
  const { asked, finish, job, reported } = scene({ checkAtCompletion: false });
  await finish();
  t.deepEqual(asked, []);
  t.deepEqual(reported(), ["complete"]);
  t.is(job.content.checks.endCheck.state, "idle");
});

test("L18: from the arrival of the last piece on the record doubts all pieces, until they are hashed", async (t) => {
  const { doubts, file, finish, job } = scene();
  savePieces(job);
  t.deepEqual(doubts(), [[0, 1, 2, 3]]);
  await finish();
  const saved = file.casts("save-job").findLast((job) => job.had !== undefined);
  const { had, doubted } = saved ?? {};
  t.deepEqual(had, Uint8Array.of(0b1111_0000));
  t.is(doubted, undefined);
});
