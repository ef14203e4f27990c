import test from "ava";
import { PieceHashes } from "@troupe/protocol/metainfo";
import { pictureOf } from "@troupe/protocol/testing";
import { CheckQueue } from "../../src/check/check-queue.ts";
import { type CheckedRun, type CheckRun, rightByNodeAlone } from "../../src/check/check-run.ts";

const pieceLengthBytes = 10;

function request(name: string, pieces: number) {
  const totalBytes = pieces * pieceLengthBytes;
  const files = [{ path: name, lengthBytes: totalBytes }];
  const hashes = new PieceHashes("sha1", new Uint8Array(pieces * 20));
  return { files, pieceLengthBytes, totalBytes, hashes };
}

/** Threads that finish when the test says so; a run has one piece. */
function queueWith(threadCount: number) {
  const given: {
    name: string;
    finish(isGood: boolean | "by its node"): Promise<void>;
    fail(): Promise<void>;
  }[] = [];
  let running = 0;
  const queue = new CheckQueue(
    {
      free: () => threadCount - running,
      run(run: CheckRun) {
        running += 1;
        return new Promise<CheckedRun>((resolve, reject) => {
          const [span] = run.spans;
          const settled = async (settle: () => void) => {
            running -= 1;
            settle();
            await new Promise((later) => setImmediate(later));
          };
          given.push({
            name: `${span?.path} ${(span?.fileOffset ?? 0) / pieceLengthBytes}`,
            finish(isGood) {
              const verdict = isGood === "by its node" ? rightByNodeAlone : Number(isGood);
              return settled(() => resolve({ verdicts: Uint8Array.of(verdict), unreadable: [] }));
            },
            fail: () => settled(() => reject(new Error("thread lost"))),
          });
        });
      },
    },
    () => pieceLengthBytes,
  );
  return { queue, given, names: () => given.map(({ name }) => name) };
}

test("torrents take turns, run by run, on the threads that are free", async (t) => {
  const { queue, given, names } = queueWith(2);
  const first = queue.add(request("a", 3));
  const second = queue.add(request("b", 2));
  t.deepEqual(names(), ["a 0", "a 1"]);
  t.is(queue.queued, 3);
  await given[0]?.finish(true);
  await given[1]?.finish(false);
  await given[2]?.finish(true);
  t.deepEqual(names(), ["a 0", "a 1", "a 2", "b 0", "b 1"]);
  t.is(pictureOf(await first, 3), "#.#");
  await given[4]?.finish(true);
  await given[3]?.finish(true);
  t.is(pictureOf(await second, 2), "##");
});

test("progress counts good and bad pieces", async (t) => {
  const { queue, given } = queueWith(1);
  const seen: string[] = [];
  const onProgress = (done: number, total: number) => seen.push(`${done}/${total}`);
  const checked = queue.add({ ...request("a", 2), onProgress });
  await given[0]?.finish(true);
  await given[1]?.finish(false);
  await checked;
  t.deepEqual(seen, ["1/2", "2/2"]);
});

test("an aborted check rejects at once, and its threads go to the others", async (t) => {
  const { queue, given, names } = queueWith(1);
  const abort = new AbortController();
  let progress = 0;
  const aborted = queue.add({
    ...request("a", 3),
    signal: abort.signal,
    onProgress: () => (progress += 1),
  });
  const other = queue.add(request("b", 1));
  abort.abort(new Error("stopped by the user"));
  await t.throwsAsync(aborted, { message: "stopped by the user" });
  await given[0]?.finish(true);
  t.is(progress, 0);
  t.deepEqual(names(), ["a 0", "b 0"]);
  await given[1]?.finish(true);
  t.is(pictureOf(await other, 1), "#");
});

test("a check with an aborted signal does not begin", async (t) => {
  const { queue, given } = queueWith(1);
  const signal = AbortSignal.abort(new Error("too late"));
  await t.throwsAsync(queue.add({ ...request("a", 1), signal }), { message: "too late" });
  t.is(given.length, 0);
});

test("a run that fails rejects its torrent and leaves the others alone", async (t) => {
  const { queue, given } = queueWith(1);
  const failing = t.throwsAsync(queue.add(request("a", 2)), { message: "thread lost" });
  const other = queue.add(request("b", 1));
  await given[0]?.fail();
  await failing;
  await given[1]?.finish(true);
  t.is(pictureOf(await other, 1), "#");
});

test("case 24: a piece that only one half of a hybrid takes rejects its torrent, without a verdict", async (t) => {
  const { queue, given } = queueWith(1);
  const seen: number[] = [];
  const onRun = (first: number): unknown => seen.push(first);
  const checked = t.throwsAsync(queue.add({ ...request("a", 3), onRun }), {
    code: "hybrid-inconsistent",
    message: /piece 1 is right by version 2/,
  });
  await given[0]?.finish(true);
  await given[1]?.finish("by its node");
  await checked;
  t.deepEqual(seen, [0]);
  t.is(queue.queued, 0);
});

test("a check of a torrent without pieces is complete", async (t) => {
  t.deepEqual(await queueWith(1).queue.add(request("a", 0)), new Uint8Array(0));
});

test("the 1,025th check at once is refused", async (t) => {
  const { queue } = queueWith(1);
  const checks = Array.from({ length: 1_024 }, () => queue.add(request("a", 1)));
  await t.throwsAsync(queue.add(request("b", 1)), { code: "check-queue-full" });
  queue.close();
  const ends = await Promise.allSettled(checks);
  t.true(ends.every(({ status }) => status === "rejected"));
});

test("closing ends every check, and refuses further checks", async (t) => {
  const { queue } = queueWith(1);
  const checks = [request("a", 2), request("b", 1)].map((one) => queue.add(one));
  const ended = checks.map((check) => t.throwsAsync(check, { code: "check-closed" }));
  queue.close();
  await Promise.all(ended);
  await t.throwsAsync(queue.add(request("c", 1)), { code: "check-closed" });
});
