import test from "ava";
import type { CheckPieces, PiecesChecked, StorageRefusal } from "@troupe/messages";
import { checkPieces } from "../../../src/torrent/checks/check-store.ts";
import { makeScene, type JobOptions } from "../../support/engine-scene.ts";

/** A torrent whose store has the pieces that `has` does not leave out. */
function scene(
  options: JobOptions,
  digestBytes: number,
  answer: (piece: number) => "right" | "wrong" | "missing" = () => "right",
) {
  const made = makeScene();
  const job = made.addJob(options);
  job.storage.store = "file:///store.mjs";
  const asked: CheckPieces[] = [];
  const firstByte = options.layers === undefined ? 0 : 1;
  const check = (message: CheckPieces): PiecesChecked | StorageRefusal => {
    asked.push(message);
    const { count, first } = message;
    const digests = new Uint8Array(count * digestBytes);
    const isThere = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) {
      const found = answer(first + at);
      isThere[at] = found === "missing" ? 0 : 1;
      const byte = first + at + firstByte + (found === "wrong" ? 1 : 0);
      digests.fill(byte, at * digestBytes, (at + 1) * digestBytes);
    }
    return { digests, isThere };
  };
  made.file.answer = (_name, message) => check(message as CheckPieces);
  return { ...made, job, asked };
}

const request = {} as Parameters<typeof checkPieces>[1];

test("E12: pieces of a store are hashed in its thread, in calls of 4 MiB, and judged by their hashes", async (t) => {
  const verdictOf = (piece: number) =>
    piece === 1 ? "wrong" : piece === 9 ? "missing" : ("right" as const);
  const { asked, job } = scene({ pieces: 12, pieceLengthBytes: 1 << 20 }, 20, verdictOf);
  const progress: number[] = [];
  const verdicts: number[] = [];
  const good = await checkPieces(job, {
    ...request,
    onProgress: (done) => progress.push(done),
    onRun: (_first, run) => verdicts.push(...run),
  });
  t.deepEqual(
    asked.map(({ first, count }) => [first, count] as const),
    [
      [0, 4],
      [4, 4],
      [8, 4],
    ],
  );
  t.deepEqual(good, Uint8Array.of(0b1011_1111, 0b1011_0000));
  t.deepEqual(progress, [4, 8, 12]);
  t.deepEqual(verdicts, [1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1]);
});

test("E12: the thread of a store gets the bytes of pieces without their padding for hashes of version 2", async (t) => {
  const options = { pieces: 3, files: [50_000, 15_536, 32_768], paddingFiles: [1] } as const;
  const { asked, job } = scene({ ...options, layers: "known" }, 32);
  const ranges = [[1, 2]] as const;
  t.deepEqual(await checkPieces(job, { ...request, ranges }), Uint8Array.of(0b0110_0000));
  t.like(asked[0], { algorithm: "merkle", first: 1, count: 2 });
  t.deepEqual(asked[0]?.dataBytes, [50_000 - 32_768, 32_768]);
});

test("E12: a store that refuses ends its check with the code", async (t) => {
  const { file, job } = scene({}, 20);
  file.answer = () => ({ refused: "store-failed", message: "cannot read" });
  await t.throwsAsync(checkPieces(job, request), { code: "store-failed", message: "cannot read" });
});

test("E12: a check of a store that is given up asks for no more pieces", async (t) => {
  const stop = new AbortController();
  const { asked, job } = scene({ pieces: 12, pieceLengthBytes: 1 << 20 }, 20, () => {
    stop.abort(new Error("stopped"));
    return "right";
  });
  const checked = checkPieces(job, { ...request, signal: stop.signal });
  await t.throwsAsync(checked, { message: "stopped" });
  t.is(asked.length, 1);
});
