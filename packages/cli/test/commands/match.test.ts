import test from "ava";
import type { MatchedFile, MatchResult } from "../../src/engine-port.ts";
import { TroupeError } from "@troupe/control";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";
import { torrentBytes } from "../support/torrents.ts";

function resultOf(files: readonly Partial<MatchedFile>[], more: Partial<MatchResult> = {}) {
  return {
    infoHash: "a".repeat(40),
    name: "job",
    directory: "/here/D",
    link: "hard" as const,
    isCut: false,
    unreadable: [],
    ...more,
    files: files.map((file, index) => ({
      file: index,
      path: `job/${index}`,
      lengthBytes: 1_024,
      state: "there" as const,
      ...file,
    })),
  };
}

/** Runs `troupe match job.torrent …` with a search that ends so. */
async function match(words: readonly string[], end: MatchResult | Error) {
  const engine = new FakeEngine(new FakeTorrent("job"));
  engine.sources.set("job.torrent", torrentBytes({ files: { "a.bin": 16_384 } }));
  engine.match = end;
  const environment = new FakeEnvironment(engine);
  const exitCode = await runTroupe(["match", "job.torrent", ...words], environment);
  const { stdout, stderr } = environment;
  return { exitCode, engine, stdout: stdout.text, stderr: stderr.text };
}

test("E15: folders are from the current folder, and the way is that of --link", async (t) => {
  const words = ["--in", "old", "--in", "/new", "--dir", "D", "--link", "symlink", "--dry-run"];
  const { engine, exitCode } = await match(words, resultOf([{}]));
  t.is(exitCode, 0);
  t.like(engine.searches[0], {
    in: ["/here/old", "/new"],
    directory: "/here/D",
    link: "symlink",
    dryRun: true,
  });
});

test("E15: the data of similar torrents is that of the state folder", async (t) => {
  const { engine, stderr } = await match(["--in", "old", "--state-dir", "S"], resultOf([{}]));
  t.is(engine.searches[0]?.stateDirectory, "/here/S", stderr);
});

test("E15: without --link the library chooses", async (t) => {
  const { engine } = await match(["--in", "old"], resultOf([{}]));
  t.false("link" in (engine.searches[0] ?? {}));
  t.like(engine.searches[0], { directory: "/here", dryRun: false });
});

test("E15: files that are missing or not proven are exit 3, and failed links exit 1", async (t) => {
  const exits = async (...states: MatchedFile["state"][]): Promise<number> =>
    (await match(["--in", "x"], resultOf(states.map((state) => ({ state }))))).exitCode;
  t.is(await exits("there", "linked", "empty"), 0);
  t.is(await exits("found"), 0);
  t.is(await exits("linked", "missing"), 3);
  t.is(await exits("unproven"), 3);
  t.is(await exits("failed", "missing"), 1);
});

test("E15: people see each file that was not there, what it was found as, and a summary", async (t) => {
  const files = [
    {},
    { state: "linked", from: "/new/x" },
    { state: "failed", from: "/new/y", reason: "no hard link can be made" },
    { state: "empty" },
  ] as const;
  const more = { isCut: true, unreadable: ['cannot read the folder "/new/z": no permission'] };
  const { stdout } = await match(["--in", "/new"], resultOf(files, more));
  t.is(
    stdout,
    `            size  file of the torrent  found as, or why not
linked  1.00 KiB  job/1                /new/x
failed  1.00 KiB  job/2                no hard link can be made
cannot read the folder "/new/z": no permission
the search has reached its bounds: files may have been left out
job: of 3 files 1 there before, 1 linked, 1 failed, in /here/D
`,
  );
});

test("E15: the first of many files are named, the others counted", async (t) => {
  const files = Array.from({ length: 60 }, () => ({ state: "missing" as const }));
  const { stdout } = await match(["--in", "/new"], resultOf(files));
  t.regex(stdout, /… and 10 more files\njob: of 60 files 60 missing, in/);
});

test("E15: scripts get a line with every file", async (t) => {
  const files = [{ state: "linked", from: "/new/x" }, { state: "missing" }] as const;
  const { stdout } = await match(["--in", "/new", "--json"], resultOf(files));
  t.like(JSON.parse(stdout.split("\n")[0] ?? ""), {
    event: "matched",
    infoHash: "a".repeat(40),
    link: "hard",
    files: [
      { number: 1, path: "job/0", lengthBytes: 1_024, state: "linked", from: "/new/x" },
      { number: 2, path: "job/1", lengthBytes: 1_024, state: "missing" },
    ],
  });
});

test("E15: a search without a possible way says what may be chosen", async (t) => {
  const error = new TroupeError("link-needed", "cannot share the data: choose how with --link");
  const { exitCode, stderr } = await match(["--in", "/new"], error);
  t.is(exitCode, 1);
  t.regex(stderr, /choose how with --link .*\[link-needed\]\n {2}--link hard/s);
});

test("a search without a folder is wrong usage", async (t) => {
  const { exitCode, stderr } = await match([], resultOf([]));
  t.is(exitCode, 2);
  t.regex(stderr, /match needs --in D/);
});
