import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { codeOf } from "../../../src/errors.ts";
import { nodeDisk } from "../../../src/io/disk/node-disk.ts";
import { SyncThread } from "../../../src/io/threads/sync-thread.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

function folderOf(t: ExecutionContext): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "sync-thread-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  writeFileSync(file, "abc");
  return { folder, file };
}

test("files are synced in order, each with its own answer", async (t) => {
  const { folder, file } = folderOf(t);
  const thread = new SyncThread();
  const answers: unknown[] = [];
  const sync = (path: string) =>
    new Promise<void>((resolve) =>
      thread.sync(path, (error) => {
        answers.push(codeOf(error));
        resolve();
      }),
    );
  await Promise.all([sync(file), sync(join(folder, "none")), sync(folder), sync(file)]);
  t.deepEqual(answers, [undefined, "ENOENT", "EISDIR", undefined]);
});

test("a sync does not wait for hung calls in libuv's pool", async (t) => {
  const { folder, file } = folderOf(t);
  // An open of a FIFO returns when its other end is opened: four of them are the whole pool.
  const fifos = Array.from({ length: 4 }, (_, index) => join(folder, `fifo-${index}`));
  await makeFifos(...fifos);
  const stuck = fifos.map((path) => open(path, "r"));
  const synced = await new Promise((resolve) => nodeDisk.syncLater(file, resolve));
  t.is(synced, undefined);
  const ends = fifos.map((path) => openSync(path, "w"));
  for (const opened of await Promise.all(stuck)) await opened.close();
  for (const end of ends) closeSync(end);
});

test("a sync thread that is idle keeps no process alive", async (t) => {
  const source = new URL("../../../src/io/threads/sync-thread.ts", import.meta.url).href;
  const script = `
    const { SyncThread } = await import(${JSON.stringify(source)});
    process.once("beforeExit", () => console.log(process.getActiveResourcesInfo().includes("Timeout")));
    new SyncThread().sync(process.execPath, () => setImmediate(() => {
      console.log(process.getActiveResourcesInfo().includes("Timeout"));
    }));
  `;
  const options = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  t.deepEqual(stdout.trim().split("\n"), ["false", "false"]);
});
