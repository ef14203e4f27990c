import test from "ava";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceTorrentFile } from "../../src/output/replace-file.ts";

test("a file that is gone is not made, and no temporary file stays", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-replace-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const atExit = () => ({ [Symbol.dispose]: () => undefined });
  const path = join(folder, "a.torrent");
  await t.throwsAsync(replaceTorrentFile(path, Buffer.from("new"), { atExit }), {
    code: "torrent-not-edited",
  });
  t.deepEqual(await readdir(folder), []);
});

test("the task for an exit of the process removes no file but the temporary one", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-replace-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, "a.torrent");
  await writeFile(path, "old");
  const tasks: (() => void)[] = [];
  const atExit = (task: () => void) => {
    tasks.push(task);
    return { [Symbol.dispose]: () => undefined };
  };
  await replaceTorrentFile(path, Buffer.from("new"), { atExit });
  t.is(await readFile(path, "utf8"), "new");
  // The task of the exit removes the temporary file alone, also when it has got the name already.
  for (const task of tasks) task();
  t.is(tasks.length, 1);
  t.deepEqual(await readdir(folder), ["a.torrent"]);
});
