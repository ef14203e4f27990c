import test, { type ExecutionContext } from "ava";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findAbsent, findForeign, mostNamed } from "../../src/commands/foreign-files.ts";
import { FakeTorrent } from "../support/fake-engine.ts";

const { signal } = new AbortController();

async function folderWith(t: ExecutionContext, paths: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "troupe-foreign-"));
  t.teardown(() => rm(directory, { recursive: true }));
  for (const path of paths) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), "");
  }
  return directory;
}

function filesOf(directory: string, paths: readonly string[]): FakeTorrent["files"] {
  const [file] = new FakeTorrent().files;
  return file === undefined
    ? []
    : paths.map((path) => ({ ...file, path: join(directory, path), torrentPath: path }));
}

test("files in the torrent's folder that it does not name are foreign, at any depth", async (t) => {
  const named = ["job/a", "job/sub/b"];
  const directory = await folderWith(t, [
    ...named,
    "job/z",
    "job/sub/c",
    "job/new/deep/d",
    "other/e",
    "f",
  ]);
  await symlink("/", join(directory, "job", "link"));
  t.deepEqual(await findForeign(filesOf(directory, named), { directory, signal }), {
    paths: ["job/link", "job/z", "job/new/deep/d", "job/sub/c"],
    count: 4,
    isPartial: false,
  });
});

test("a torrent without a folder of its own has no foreign files", async (t) => {
  const directory = await folderWith(t, ["a", "b"]);
  const found = await findForeign(filesOf(directory, ["a"]), { directory, signal });
  t.deepEqual(found, { paths: [], count: 0, isPartial: false });
});

test("of many foreign files the first are named and all are counted", async (t) => {
  const many = Array.from(
    { length: mostNamed + 5 },
    (_, at) => `job/${String(at).padStart(5, "0")}`,
  );
  const directory = await folderWith(t, many);
  const { paths, count } = await findForeign(filesOf(directory, ["job/a"]), { directory, signal });
  t.is(count, mostNamed + 5);
  t.deepEqual([paths.length, paths[0]], [mostNamed, "job/00000"]);
});

test("folders too deep are left out, and the count is a lower bound", async (t) => {
  const deep = Array.from({ length: 130 }, () => "d").join("/");
  const directory = await folderWith(t, ["job/x", `job/${deep}/y`]);
  const found = await findForeign(filesOf(directory, ["job/a"]), { directory, signal });
  t.deepEqual(found, { paths: ["job/x"], count: 1, isPartial: true });
});

test("a link at the place of the torrent's folder is not followed", async (t) => {
  const directory = await folderWith(t, ["elsewhere/a", "elsewhere/b"]);
  await symlink("elsewhere", join(directory, "job"));
  const { count } = await findForeign(filesOf(directory, ["job/a"]), { directory, signal });
  t.is(count, 0);
});

test("a file is absent if nothing lies at its path, a link included", async (t) => {
  const directory = await folderWith(t, ["job/a"]);
  await symlink("nowhere", join(directory, "job", "l"));
  const files = filesOf(directory, ["job/a", "job/b", "job/l", "job/a/below", "gone/c"]);
  t.deepEqual([...(await findAbsent(files, signal))], [1, 3, 4]);
});

test("a stop ends the look", async (t) => {
  const directory = await folderWith(t, ["job/a"]);
  const files = filesOf(directory, ["job/a"]);
  const stopped = AbortSignal.abort();
  await t.throwsAsync(findAbsent(files, stopped), { name: "AbortError" });
  await t.throwsAsync(findForeign(files, { directory, signal: stopped }), { name: "AbortError" });
});
