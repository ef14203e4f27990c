// The file-maker as a file-worker runs it: a thread of a tree, on a real disk.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRoot, threadHost, type ActorStatus } from "@troupe/actor-runtime";
import type { FileAccess } from "@troupe/messages";
import test, { type ExecutionContext } from "ava";
import { fileMakerTree } from "../../src/ahead/file-maker-tree.ts";
import type { FileMakerProtocol } from "../../src/ahead/file-maker.actor.ts";

async function openMaker(t: ExecutionContext, access?: FileAccess) {
  const folder = mkdtempSync(join(tmpdir(), "troupe-maker-"));
  const restarted = Promise.withResolvers<void>();
  const root = await openRoot({
    host: threadHost(),
    spec: fileMakerTree(access),
    noticeHandlers: {},
    events: { started: (_, { epoch }) => (epoch === 2 ? restarted.resolve() : undefined) },
    failed: (error) => t.fail(String(error)),
  });
  t.teardown(async () => {
    await root.stop();
    rmSync(folder, { recursive: true });
  });
  const make = async (...names: readonly string[]): Promise<readonly number[]> => {
    const paths = names.map((name) => join(folder, name));
    return (await root.ref<FileMakerProtocol>("file-maker").call("make-files", { paths })).made;
  };
  return { root, folder, make, restarted: restarted.promise };
}

test("a file-maker creates missing files, empty, and skips files that it cannot create", async (t) => {
  const { root, folder, make } = await openMaker(t);
  writeFileSync(join(folder, "old"), "abc");
  mkdirSync(join(folder, "folder"));
  await root.startChild("file-maker");
  t.deepEqual(await make("old", "folder", "none/a", "new"), [3]);
  t.is(readFileSync(join(folder, "old"), "utf8"), "abc");
  t.true(statSync(join(folder, "folder")).isDirectory());
  t.is(statSync(join(folder, "none"), { throwIfNoEntry: false }), undefined);
  t.is(statSync(join(folder, "new")).size, 0);
});

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix("L15: a file that is made ahead has the mode of new files", async (t) => {
  const { root, folder, make } = await openMaker(t, { fileMode: 0o604 });
  await root.startChild("file-maker");
  t.deepEqual(await make("new"), [0]);
  t.is(statSync(join(folder, "new")).mode & 0o777, 0o604);
});

test("a file-maker is listed while it runs, and restarted after a crash", async (t) => {
  const { root, make, restarted } = await openMaker(t);
  const lines = async (): Promise<readonly ActorStatus[]> => (await root.status()).children ?? [];
  t.deepEqual(await lines(), []);
  await root.startChild("file-maker");
  t.like(await lines(), [{ name: "file-maker", state: "running", restarts: 0 }]);
  root.kill("file-maker");
  await restarted;
  t.deepEqual(await make("new"), [0]);
  t.like(await lines(), [{ name: "file-maker", state: "running", restarts: 1 }]);
  await root.stopChild("file-maker");
  t.deepEqual(await lines(), []);
});
