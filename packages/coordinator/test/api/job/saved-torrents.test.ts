import test, { type ExecutionContext } from "ava";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TorrentKey } from "@troupe/protocol/identity";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";

const key = "0123456789abcdef0123456789abcdef01234567" as TorrentKey;
const bytes = Uint8Array.of(1, 2, 3);

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "torrent-copies-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

test("a saved .torrent is found, also by another process", async (t) => {
  const state = join(await folder(t), "not", "yet");
  await new SavedTorrents(state).save(key, bytes);
  t.deepEqual(await new SavedTorrents(state).find(key), bytes);
  t.is(await new SavedTorrents(state).find("f".repeat(40) as TorrentKey), undefined);
});

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("a state folder that cannot be made is an error, not a wait", async (t) => {
  await t.throwsAsync(new SavedTorrents("/proc/troupe/state").save(key, bytes), {
    code: "ENOENT",
  });
});

test("only the owner can read a saved .torrent, and no temporary file is left", async (t) => {
  const state = await folder(t);
  const savedTorrents = new SavedTorrents(state);
  await Promise.all([savedTorrents.save(key, bytes), savedTorrents.save(key, bytes)]);
  t.deepEqual(await readdir(join(state, "torrents")), [`${key}.torrent`]);
  const { mode } = await stat(join(state, "torrents", `${key}.torrent`));
  if (process.platform !== "win32") t.is(mode & 0o777, 0o600);
});

test("a later copy replaces an earlier one", async (t) => {
  const savedTorrents = new SavedTorrents(await folder(t));
  await savedTorrents.save(key, bytes);
  await savedTorrents.save(key, Uint8Array.of(4));
  t.deepEqual(await savedTorrents.find(key), Uint8Array.of(4));
});

test("a folder that cannot be made is an error", async (t) => {
  const state = join(await folder(t), "file");
  await writeFile(state, "");
  await t.throwsAsync(new SavedTorrents(state).save(key, bytes), { code: "ENOTDIR" });
});

const job = {
  key,
  settings: { maxPeers: 100 },
  isStarted: true,
};
const realFolder = ({ directory }: { readonly directory: string }) => Promise.resolve(directory);

test("a magnet link is kept with its origin until the .torrent is saved", async (t) => {
  const state = await folder(t);
  const savedTorrents = new SavedTorrents(state);
  t.is(await savedTorrents.findMagnet(key), undefined);
  for (const source of ["file", "network"] as const) {
    const link = { magnet: `magnet:?xt=urn:btih:${key}&dn=ä`, source };
    await savedTorrents.saveMagnet(key, link);
    t.deepEqual(await new SavedTorrents(state).findMagnet(key), link);
  }
  const path = join(state, "torrents", `${key}.magnet`);
  if (process.platform !== "win32") t.is((await stat(path)).mode & 0o777, 0o600);
  await savedTorrents.save(key, bytes);
  t.deepEqual(await readdir(join(state, "torrents")), [`${key}.torrent`]);
});

test("a magnet link is removed with the last job of its torrent", async (t) => {
  const state = await folder(t);
  const savedTorrents = new SavedTorrents(state);
  await savedTorrents.saveMagnet(key, { magnet: key, source: "file" });
  for (const directory of ["/a", "/b"]) await savedTorrents.saveJob({ ...job, directory });
  await savedTorrents.forgetJob(key, "/a", realFolder);
  t.is((await savedTorrents.findMagnet(key))?.magnet, key);
  await savedTorrents.forgetJob(key, "/b", realFolder);
  t.deepEqual(await readdir(join(state, "torrents")), []);
});
