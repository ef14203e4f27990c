import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { keyOf, keysOf, type TorrentKey } from "@troupe/protocol/identity";
import { editTorrent, parseTorrent, type TorrentEdits } from "@troupe/protocol/metainfo";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";
import { matchData } from "../../../src/api/matching/match-data.ts";
import { similarFolders } from "../../../src/api/matching/similar-folders.ts";
import { content, searchFolders, torrentV1, torrentV2 } from "./support/made-torrents.ts";

const shared = content("shared", 70_000);
const own = content("own", 50_000);

/** A state folder with a job of a torrent that has the file `old.mkv`, in the folder `jobs`. */
async function scene(t: ExecutionContext, torrent = torrentV1({ "old.mkv": shared })) {
  const folders = searchFolders(t);
  folders.put("jobs/payload/old.mkv", shared);
  const state = join(folders.top, "state");
  const saved = new SavedTorrents(state);
  const { infoHashes } = parseTorrent(torrent);
  const save = async (key: TorrentKey, bytes: Uint8Array, directory: string): Promise<void> => {
    await saved.save(key, bytes);
    await saved.saveJob({ key, directory, settings: {}, isStarted: true });
  };
  await save(keyOf(infoHashes), torrent, join(folders.top, "jobs"));
  const hinted = (edits: TorrentEdits) =>
    editTorrent(torrentV1({ "new.mkv": shared, "own.mkv": own }), edits);
  return { folders, state, save, infoHashes, hinted, data: join(folders.top, "jobs/payload") };
}

test("E15: the data of a similar torrent's job is found without a folder that names it", async (t) => {
  const { data, folders, hinted, infoHashes, state } = await scene(t);
  const torrent = hinted({ similar: { add: keysOf(infoHashes) } });
  t.deepEqual(await similarFolders(torrent, state), [data]);
  const search = { in: [folders.files], directory: folders.data, stateDirectory: state };
  const { files } = await matchData(torrent, { ...search, link: "copy" });
  t.like(files, [
    { path: "payload/new.mkv", state: "linked", from: join(data, "old.mkv") },
    { path: "payload/own.mkv", state: "missing" },
  ]);
});

test("E15: a rename takes no data away from a similar torrent", async (t) => {
  const { folders, hinted, infoHashes, state } = await scene(t);
  const torrent = hinted({ similar: { add: keysOf(infoHashes) } });
  const search = { in: [folders.files], directory: folders.data, stateDirectory: state };
  const { files } = await matchData(torrent, { ...search, link: "rename" });
  t.like(files, [{ state: "missing" }, { state: "missing" }]);
});

test("E15: torrents of one collection are similar, and others are not", async (t) => {
  const { data, hinted, save, state } = await scene(t);
  const collected = editTorrent(torrentV1({ "old.mkv": shared }), {
    collections: { add: ["seasons"] },
  });
  t.deepEqual(await similarFolders(hinted({ collections: { add: ["seasons"] } }), state), []);
  await save(keyOf(parseTorrent(collected).infoHashes), collected, join(data, ".."));
  t.deepEqual(await similarFolders(hinted({ collections: { add: ["other"] } }), state), []);
  t.deepEqual(await similarFolders(hinted({ collections: { add: ["seasons"] } }), state), [data]);
});

test("E15: a .torrent without hints looks at no job", async (t) => {
  const { state } = await scene(t);
  t.deepEqual(await similarFolders(torrentV1({ "new.mkv": shared }), state), []);
  t.deepEqual(await similarFolders(torrentV2({ "new.mkv": shared }), state), []);
});

test("E15: a similar torrent whose data is away is left out", async (t) => {
  const { folders, hinted, save, state } = await scene(t);
  const away = torrentV1({ "away.mkv": own });
  const { infoHashes } = parseTorrent(away);
  await save(keyOf(infoHashes), away, join(folders.top, "away"));
  t.deepEqual(await similarFolders(hinted({ similar: { add: keysOf(infoHashes) } }), state), []);
});
