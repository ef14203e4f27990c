import test from "ava";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../support/fake-environment.ts";
import { torrentBytes } from "../support/torrents.ts";

const piece = 16_384;

/** Runs `troupe check job.torrent …` with a hash check that fails these pieces. */
async function check(
  words: readonly string[],
  failedPieces: readonly number[],
  files: Readonly<Record<string, number>> = { "good.bin": 2 * piece, "bad.bin": 2 * piece },
): Promise<{ exitCode: number; engine: FakeEngine; environment: FakeEnvironment }> {
  const torrent = new FakeTorrent("job");
  const engine = new FakeEngine(torrent);
  engine.sources.set("job.torrent", torrentBytes({ files }));
  const environment = new FakeEnvironment(engine);
  const done = runTroupe(["check", "job.torrent", ...words], environment);
  await settle();
  torrent.check(failedPieces);
  return { exitCode: await done, engine, environment };
}

test("complete data ends with 0", async (t) => {
  const { exitCode, environment } = await check(["--dir", "D"], []);
  t.is(exitCode, 0);
  t.is(environment.stdout.text, "job: whole, 64.0 KiB, 4 pieces in /here/D\n");
});

test("incomplete data ends with 3 and names the bad files", async (t) => {
  const { exitCode, environment } = await check([], [3]);
  t.is(exitCode, 3);
  t.is(
    environment.stdout.text,
    `failed      size  pieces  path
1 of 2  32.0 KiB  3       job/bad.bin
job: not whole, 1 of 4 pieces failed in /here
`,
  );
});

test("the first of many bad files are named, the others counted", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, piece]));
  const { environment } = await check([], [...Array(60).keys()].slice(0, 55), files);
  const lines = environment.stdout.text.trimEnd().split("\n");
  t.is(lines.length, 53);
  t.is(lines[51], "… and 5 more files");
});

test("the first bad pieces are named, in ranges", async (t) => {
  const { environment } = await check([], [0, 1, 2, 5, 7, 9, 11, 13, 14], { a: 16 * piece });
  t.regex(environment.stdout.text, /^9 of 16 {2}256 KiB {2}0-2, 5, 7, 9 and 3 more {2}job\/a$/m);
});

test("--json has every file", async (t) => {
  const { exitCode, environment } = await check(["--json"], [3]);
  t.is(exitCode, 3);
  t.like(
    environment.stdout.events.find(({ event }) => event === "checked"),
    {
      passed: 9,
      failed: 1,
      failedPieces: [3],
      files: [
        {
          path: "job/good.bin",
          lengthBytes: 2 * piece,
          pieces: 2,
          failedPieces: 0,
          pieceRange: [0, 1],
        },
        {
          path: "job/bad.bin",
          lengthBytes: 2 * piece,
          pieces: 2,
          failedPieces: 1,
          pieceRange: [2, 3],
        },
      ],
    },
  );
});

test("a check writes nothing and announces nothing", async (t) => {
  const { engine } = await check(["--dir", "D"], []);
  const [coordinator] = engine.coordinators;
  t.like(coordinator?.added[0], { checkOnly: true, directory: "/here/D" });
  t.like(coordinator?.started, { peerWorkers: 0, port: 0, bind: ["127.0.0.1"] });
});

test("a check starts threads for peers only on request", async (t) => {
  const { engine } = await check(["--peer-workers", "2"], []);
  t.is(engine.coordinators[0]?.started.peerWorkers, 2);
});

test("a check that fails ends with 1", async (t) => {
  const torrent = new FakeTorrent("job");
  const engine = new FakeEngine(torrent);
  engine.sources.set("job.torrent", torrentBytes({ files: { a: 1 } }));
  const environment = new FakeEnvironment(engine);
  const done = runTroupe(["check", "job.torrent"], environment);
  await settle();
  torrent.fail("EIO", "cannot read a: EIO");
  t.is(await done, 1);
  t.regex(environment.stderr.text, /cannot read a: EIO \[EIO\]/);
});

test("bytes that are not a torrent are refused before an engine starts", async (t) => {
  const engine = new FakeEngine();
  engine.sources.set("job.torrent", new TextEncoder().encode("<html>"));
  const environment = new FakeEnvironment(engine);
  t.is(await runTroupe(["check", "job.torrent"], environment), 1);
  t.deepEqual(engine.coordinators, []);
  t.regex(environment.stderr.text, /\[bencode-malformed\]\n {2}Check that it is a \.torrent file/);
});
