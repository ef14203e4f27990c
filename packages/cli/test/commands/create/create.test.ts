// `troupe create` over an engine that makes what the test says.

import { TroupeError } from "@troupe/control";
import test from "ava";
import type { CreatedTorrent, CreateOptions } from "../../../src/engine-port.ts";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine } from "../../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../../support/fake-environment.ts";

const created: CreatedTorrent = {
  version: "v1",
  name: "note.txt",
  pieceLengthBytes: 16_384,
  pieceCount: 1,
  totalBytes: 6,
  files: [{ path: ["note.txt"], lengthBytes: 6, isPadding: false }],
  skipped: [],
  bytes: Buffer.from("de"),
  infoHashV1: "ab".repeat(20),
  infoHashV2: undefined,
  seed: undefined,
};

/** Runs `troupe create …` with an engine that makes this torrent. */
async function create(torrent: CreatedTorrent, ...words: readonly string[]) {
  const engine = new FakeEngine();
  engine.planTorrent = async () => torrent;
  engine.createTorrent = async () => torrent;
  const environment = new FakeEnvironment(engine);
  const exitCode = await runTroupe(["create", ...words], environment);
  return { exitCode, stdout: environment.stdout.text, stderr: environment.stderr.text };
}

test("the progress bar of a path that failed is gone before the next path begins", async (t) => {
  const engine = new FakeEngine();
  const attempts: (CreateOptions & PromiseWithResolvers<CreatedTorrent>)[] = [];
  engine.createTorrent = async (_path, options) => {
    const attempt = Promise.withResolvers<CreatedTorrent>();
    attempts.push({ ...options, ...attempt });
    return await attempt.promise;
  };
  const environment = new FakeEnvironment(engine);
  const { stderr } = environment;
  stderr.isTTY = true;
  const run = runTroupe(["create", "bad", "good"], environment);
  await settle();
  attempts[0]?.onProgress?.({ donePieces: 1, totalPieces: 2 });
  environment.pass(200);
  t.regex(stderr.text, /bad \[={15} {15}\] 50%/);

  attempts[0]?.reject(new TroupeError("file-changed", "cannot make the torrent: a file changed"));
  await settle();
  t.is(attempts.length, 2);
  const before = stderr.text.length;
  environment.pass(200);
  t.notRegex(stderr.text.slice(before), /bad \[/);
  attempts[1]?.reject(new TroupeError("file-changed", "cannot make the torrent: a file changed"));
  t.is(await run, 1);
});

test("a piece is counted as one, in a plan and beside a new torrent", async (t) => {
  const plan = await create(created, "note.txt", "--dry-run");
  t.regex(plan.stdout, /^note\.txt: version 1, 6 B, 1 piece of 16\.0 KiB\n/);
  const made = await create(created, "note.txt", "--output", "-");
  t.regex(made.stderr, /^note\.txt: 1 file, 6 B, 1 piece of 16\.0 KiB\n/);
  const many = await create({ ...created, pieceCount: 1_200 }, "note.txt", "--dry-run");
  t.regex(many.stdout, /, 1,200 pieces of 16\.0 KiB\n/);
});

test("a .torrent that cannot be written has an advice that names the option of create", async (t) => {
  const { exitCode, stderr } = await create(created, "note.txt", "--output", "none/note.torrent");
  t.is(exitCode, 1);
  t.regex(stderr, /no such file or directory \[torrent-not-saved\]\n {2}Give .*--output/);
});
