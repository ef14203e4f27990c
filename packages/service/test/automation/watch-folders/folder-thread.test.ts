// The thread of a watch folder, as the system runs it.

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { buildTorrent } from "../../../../../test/support/service/named-torrent.ts";
import { every } from "../../../../../test/support/time/every.ts";
import { FolderThread } from "../../../src/automation/watch-folders/folder-thread.ts";

// The thread does not hold the event loop.
const alive = every(1_000, () => undefined);
test.after.always(() => alive[Symbol.dispose]());

test("a folder is looked at, and its files are read and put away, in a thread", async (t) => {
  using folder = temporaryFolder("watch-thread");
  const bytes = buildTorrent("a film");
  writeFileSync(join(folder.path, "a.torrent"), bytes);
  const thread = new FolderThread(folder.path, {});
  const { files, isCut } = await thread.scan();
  t.false(isCut);
  const [facts] = files;
  if (facts === undefined) return t.fail("no file");
  t.deepEqual(await thread.read(facts), { kind: "torrent", bytes: new Uint8Array(bytes) });
  await thread.finish(facts, { act: "rename" });
  t.deepEqual(readdirSync(folder.path), ["a.torrent.added"]);
  t.false(thread.isInCall);
  thread.end();
});

test("an error of the system has its code, and a thread that was ended is replaced at the next call", async (t) => {
  using folder = temporaryFolder("watch-thread");
  const thread = new FolderThread(join(folder.path, "missing"), {});
  await t.throwsAsync(thread.scan(), { code: "ENOENT" });
  const scan = thread.scan();
  thread.end();
  await t.throwsAsync(scan, { message: "the thread of the folder has ended" });
  await t.throwsAsync(thread.scan(), { code: "ENOENT" });
  thread.end();
  t.false(existsSync(join(folder.path, "missing")));
});
