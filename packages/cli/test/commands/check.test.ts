import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  t.is(environment.stdout.text, "job: complete, 64.0 KiB, 4 pieces in /here/D\n");
});

test("incomplete data ends with 3 and names the bad files", async (t) => {
  const { exitCode, environment } = await check([], [3]);
  t.is(exitCode, 3);
  t.is(
    environment.stdout.text,
    `     not there      size  pieces  bytes        path
1 of 2 missing  32.0 KiB  3       16384-32767  job/bad.bin
job: incomplete, 1 of 4 pieces missing in /here
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
  t.regex(
    environment.stdout.text,
    /^9 of 16 missing {2}256 KiB {2}0-2, 5, 7, 9 and 3 more {2}0-49151, 81920-98303, 114688-131071, 147456-163839 and 2 more {2}job\/a$/m,
  );
});

test("--json has every file", async (t) => {
  const { exitCode, environment } = await check(["--json"], [3]);
  t.is(exitCode, 3);
  t.like(
    environment.stdout.events.find(({ event }) => event === "checked"),
    {
      passed: 3,
      failed: 1,
      failedPieces: [3],
      missingPieces: [3],
      files: [
        {
          path: "job/good.bin",
          lengthBytes: 2 * piece,
          pieces: 2,
          failedPieces: 0,
          pieceRange: [0, 1],
          failedRanges: [],
        },
        {
          path: "job/bad.bin",
          lengthBytes: 2 * piece,
          pieces: 2,
          failedPieces: 1,
          pieceRange: [2, 3],
          failedRanges: [[piece, 2 * piece - 1]],
        },
      ],
    },
  );
});

/** The files `a` of two pieces and `b` of one, with these contents on the disk. */
async function checkOnDisk(
  t: ExecutionContext,
  contents: Readonly<Record<string, Buffer>>,
  words: readonly string[],
  failedPieces: readonly number[],
  recorded?: readonly number[],
): Promise<{ readonly exitCode: number; readonly text: string; readonly engine: FakeEngine }> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-check-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, name), bytes);
  const fileOf = (name: string, lengthBytes: number, offset: number) => ({
    ...{ path: join(folder, name), lengthBytes, offset, priority: 1, haveBytes: 0 },
    ...{ isPadding: false, isInPartFile: false },
    pieceRange: [offset / piece, (offset + lengthBytes) / piece - 1] as const,
  });
  const files = [fileOf("a", 2 * piece, 0), fileOf("b", piece, 2 * piece)];
  const torrent = Object.assign(new FakeTorrent("job"), { files, pieceLength: piece });
  const engine = new FakeEngine(torrent);
  engine.recorded = recorded;
  engine.sources.set("job.torrent", torrentBytes({ files: { a: 2 * piece, b: piece } }));
  const environment = new FakeEnvironment(engine);
  environment.variables = { HOME: "/home/me" };
  const done = runTroupe(["check", "job.torrent", "--dir", folder, ...words], environment);
  while (engine.coordinators[0]?.added.length !== 1) await settle();
  torrent.check(failedPieces);
  const exitCode = await done;
  const text = environment.stdout.text.replaceAll(folder, "D");
  return { exitCode, text, engine };
}

test("a piece of which nothing was fetched is missing, one with wrong bytes has failed", async (t) => {
  const a = Buffer.concat([Buffer.alloc(piece), Buffer.alloc(piece, 7)]);
  const { exitCode, text } = await checkOnDisk(t, { a }, [], [0, 1, 2]);
  t.is(exitCode, 3);
  t.is(
    text,
    `               not there      size  pieces  bytes    path
1 missing, 1 failed of 2  32.0 KiB  0-1     0-32767  job/a
 1 of 1 missing, no file  16.0 KiB  2       0-16383  job/b
job: incomplete, 2 missing, 1 failed of 3 pieces in D
`,
  );
});

test("after --select the record says which files count", async (t) => {
  const b = Buffer.alloc(piece, 7);
  const { exitCode, text, engine } = await checkOnDisk(t, { b }, [], [0, 1], [0, 1]);
  t.is(exitCode, 0);
  t.is(
    text,
    `job: complete, 1 of 2 files, 16.0 KiB, 1 piece in D
  Its last run wanted these files only; \`troupe check --select '*'\` checks all.
`,
  );
  t.like(engine.recordsAsked[0], { stateDirectory: "/home/me/.local/state/troupe" });
});

test("--select chooses the files, whatever the record says", async (t) => {
  const b = Buffer.alloc(piece, 7);
  const whole = await checkOnDisk(t, { b }, ["--select", "b"], [0, 1], [1, 0]);
  t.is(whole.exitCode, 0);
  t.is(whole.text, "job: complete, 1 of 2 files, 16.0 KiB, 1 piece in D\n");
  const all = await checkOnDisk(t, { b }, ["--select", "*"], [0, 1], [0, 1]);
  t.is(all.exitCode, 3);
});

test("a check writes nothing and announces nothing", async (t) => {
  const { engine } = await check(["--dir", "D"], []);
  const [coordinator] = engine.coordinators;
  t.like(coordinator?.added[0], { checkOnly: true, directory: "/here/D" });
  t.like(coordinator?.started, { peerWorkers: 0, port: 0, bind: ["127.0.0.1"] });
});

for (const names of [undefined, { renames: [{ from: "job/a", to: "job/b" }] }])
  test(`L13, E11: a check looks for the files under the names ${names ? "on record" : "of its options without a record"}`, async (t) => {
    const torrent = new FakeTorrent("job");
    const engine = new FakeEngine(torrent);
    engine.sources.set("job.torrent", torrentBytes({ files: { a: 1 } }));
    engine.names = names;
    const environment = new FakeEnvironment(engine);
    const words = ["check", "job.torrent", "--layout", "no-folder", "--part-suffix", ".part"];
    const done = runTroupe(words, environment);
    await settle();
    torrent.check([]);
    t.is(await done, 0);
    const { layout, partSuffix, renames } = engine.coordinators[0]?.added[0] ?? {};
    const expected = names ?? { layout: "no-folder", partSuffix: ".part" };
    t.deepEqual(
      { layout, partSuffix, renames },
      { layout: undefined, partSuffix: undefined, renames: undefined, ...expected },
    );
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
