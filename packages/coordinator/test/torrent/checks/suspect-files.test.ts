import test from "ava";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { readFailed } from "../../../src/torrent/checks/suspect-files.ts";
import { draw } from "../../support/diagrams.ts";
import { makeScene, setCheckPool, putIn } from "../../support/engine-scene.ts";

/**
 * A seed of four pieces, of which the pieces drawn in `found` are good when they are looked at again; those in
 * `foundLater` when they are looked at once more.
 */
function scene(found: string, foundLater = found) {
  const made = makeScene();
  const { engine, file } = made;
  const job = made.addJob();
  for (let piece = 0; piece < 4; piece++) job.content.ledger.toHad(piece as PieceIndex);
  putIn(job, "active");
  const looked: unknown[] = [];
  const { promise: looking, resolve: goOn } = Promise.withResolvers<void>();
  file.answer = () => ({});
  const checkPieces = async (request: {
    readonly ranges: readonly (readonly [number, number])[];
    readonly onRun: (first: number, verdicts: Uint8Array) => void;
  }): Promise<Uint8Array> => {
    const isFirst = looked.length === 0;
    looked.push(...request.ranges);
    await looking;
    for (const [first, last] of request.ranges) {
      const verdicts = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      request.onRun(
        first,
        Uint8Array.from(verdicts, (piece) => Number((isFirst ? found : foundLater)[piece] === "#")),
      );
    }
    return new Uint8Array();
  };
  setCheckPool(engine, { checkPieces });
  return {
    ...made,
    job,
    looked,
    goOn,
    fails: (refused: string, piece: number) => {
      const { pieceLengthBytes } = job.content.metainfo.geometry;
      readFailed(engine, job, {
        torrent: job.id,
        position: piece * pieceLengthBytes + 7,
        lengthBytes: 100,
        refused,
        message: "it says no",
        file: 0,
      });
    },
    said: () => {
      made.gather();
      return made
        .events()
        .flatMap((event) =>
          event.event === "warning"
            ? [event.code]
            : event.event === "piece"
              ? [`${event.index} ${event.verified ? "good" : "bad"}`]
              : [],
        );
    },
  };
}

test("F22: a piece whose read failed is not served while it is checked, and is had again when it is good", async (t) => {
  const { job, looked, fails, goOn, said } = scene("####");
  fails("EIO", 2);
  await settle();
  t.deepEqual(looked, [[2, 2]]);
  t.false(hasBit(job.content.ledger.map.snapshot(), 2), "nobody is told of it, or given it");
  t.is(job.content.ledger.hadCount, 3);
  goOn();
  await settle();
  t.is(draw(job.content.ledger), "####");
  t.deepEqual(said(), ["EIO", "2 good"]);
  t.is(job.state, "active");
});

test("F22: a piece that cannot be read again is missing, and no other is", async (t) => {
  const { job, fails, goOn, said } = scene("##.#");
  fails("EIO", 2);
  goOn();
  await settle();
  t.is(draw(job.content.ledger), "##.#");
  t.deepEqual(said(), ["EIO", "2 bad"]);
});

test("F27: all pieces of a changed file are hashed, and only bad pieces are missing", async (t) => {
  const { job, looked, fails, goOn } = scene("#..#");
  fails("file-changed", 1);
  await settle();
  t.deepEqual(looked, [[0, 3]]);
  goOn();
  await settle();
  t.is(draw(job.content.ledger), "#..#");
});

test("F27: a piece that is hashed again is in no record, and the file-worker accepts the file first", async (t) => {
  const { file, looked, fails, goOn } = scene("####");
  file.answer = (name) => {
    if (name === "accept-file") t.deepEqual(looked, []);
    return {};
  };
  fails("file-changed", 1);
  await settle();
  t.deepEqual(
    file.casts("save-job").map(({ lost }) => lost),
    [[0, 1, 2, 3]],
  );
  t.is(file.sent.filter(({ name }) => name === "accept-file").length, 1);
  t.deepEqual(looked, [[0, 3]]);
  goOn();
  await settle();
});

test("F27: suspect pieces of a torrent that stops are not believed", async (t) => {
  const { engine, job, fails } = scene("####");
  setCheckPool(engine, {
    checkPieces: ({ signal }: { readonly signal: AbortSignal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  });
  fails("EIO", 2);
  await settle();
  t.is(draw(job.content.ledger), "##h#");
  job.life.endRun();
  await settle();
  t.is(draw(job.content.ledger), "##.#");
  t.is(job.content.checks.suspects.size, 0);
});

test("F22: a piece that the second read gets is had again", async (t) => {
  const { job, looked, fails, goOn, said } = scene("##.#", "####");
  fails("EIO", 2);
  goOn();
  await settle();
  t.deepEqual(looked, [
    [2, 2],
    [2, 2],
  ]);
  t.is(draw(job.content.ledger), "####");
  t.deepEqual(said(), ["EIO", "2 good"]);
});

test("a check that fails at suspect pieces is the torrent's error, not the engine's", async (t) => {
  const codes = { "check-failed": "quarantined", "call-deadline": "call-deadline" };
  for (const [code, faultCode] of Object.entries(codes)) {
    const { engine, failures, job, fails } = scene("####");
    const error = Object.assign(new Error("no answer"), { code });
    setCheckPool(engine, { checkPieces: () => Promise.reject(error) });
    fails("EIO", 2);
    await settle();
    t.deepEqual(failures, []);
    t.is(job.state, "error");
    t.is(job.fault?.code, faultCode);
    t.is(draw(job.content.ledger), "##.#");
  }
});
