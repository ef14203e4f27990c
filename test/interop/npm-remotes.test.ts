// Clients of remotes from npm: @ctrl/transmission and @ctrl/qbittorrent.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { QBittorrent, TorrentFilePriority } from "@ctrl/qbittorrent";
import { Transmission } from "@ctrl/transmission";
import test from "ava";
import { SmallSwarm } from "../support/service/small-swarm.ts";
import { until } from "../support/time/until.ts";

const otherHash = "ab".repeat(20);
const magnet = `magnet:?xt=urn:btih:${otherHash}&dn=other`;

function optionsFor({ served }: SmallSwarm) {
  const baseUrl = `http://127.0.0.1:${served.port}/`;
  return { baseUrl, username: "troupe", password: served.password, timeout: 30_000 };
}

test.serial(
  "@ctrl/transmission adds a file and a magnet link, lists and changes them, and removes them",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const client = new Transmission({ ...optionsFor(swarm), path: "/transmission/rpc" });
    const { infoHash: hash } = swarm.torrent;

    // The client names /downloads by itself, which is no root here.
    const refused = await client.addTorrent(swarm.metainfo, { paused: true });
    t.regex(refused.result, /cannot use the path "\/downloads"/);
    const place = { "download-dir": join(swarm.served.folder, "data"), paused: true };
    const added = await client.addTorrent(swarm.metainfo, place);
    t.is(added.arguments["torrent-added"].hashString, hash);
    await client.addMagnet(magnet, place);
    await client.setTorrent(hash, { labels: ["films"] });
    const { torrents } = await client.getAllData();
    t.deepEqual(torrents.map(({ id }) => id).toSorted(), [hash, otherHash].toSorted());
    const paused = await client.getTorrent(hash);
    t.like(paused, { name: "payload", state: "paused", progress: 0, totalSize: 60_000 });
    t.is(paused.label, "films");

    await client.setTorrent(hash, {
      ...{ downloadLimit: 30, downloadLimited: true, uploadLimit: 20, uploadLimited: true },
      "files-unwanted": [1],
      "priority-high": [0],
    });
    const fields = ["downloadLimit", "downloadLimited", "uploadLimit", "wanted", "priorities"];
    const { arguments: changed } = await client.listTorrents(hash, fields);
    t.like(changed.torrents[0], {
      ...{ downloadLimit: 30, downloadLimited: true, uploadLimit: 20 },
      ...{ wanted: [1, 0], priorities: [1, 0] },
    });

    await client.queueTop(otherHash);
    t.is((await client.getTorrent(otherHash)).queuePosition, 0);
    await client.queueBottom(otherHash);
    t.is((await client.getTorrent(otherHash)).queuePosition, 1);

    await client.setTorrent(hash, { "files-wanted": [1], downloadLimited: false });
    await client.resumeTorrent(hash);
    await until("the end of the download", async () => (await client.getTorrent(hash)).isCompleted);
    t.like(await client.getTorrent(hash), { state: "seeding" });
    await client.pauseTorrent(hash);
    t.like(await client.getTorrent(hash), { state: "paused" });
    t.is(
      (await client.verifyTorrent(otherHash).catch((error: unknown) => error)) instanceof Error,
      false,
    );

    const file = join(swarm.served.folder, "data/payload/a.bin");
    t.true(existsSync(file));
    await client.removeTorrent(hash, true);
    t.false(existsSync(file));
    await client.removeTorrent(otherHash, false);
    t.deepEqual((await client.getAllData()).torrents, []);
  },
);

test.serial("@ctrl/transmission reads and sets the session", async (t) => {
  await using swarm = await SmallSwarm.open();
  const client = new Transmission({ ...optionsFor(swarm), path: "/transmission/rpc" });
  await client.setSession({ "speed-limit-down": 40, "speed-limit-down-enabled": true });
  const { arguments: session } = await client.getSession();
  t.like(session, { "speed-limit-down": 40, "speed-limit-down-enabled": true });
  const { arguments: space } = await client.freeSpace(session["download-dir"]);
  t.is(space.path, session["download-dir"]);
  t.true(space["size-bytes"] > 0);
});

test.serial(
  "@ctrl/qbittorrent adds a file and a magnet link, lists and changes them, and removes them",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const client = new QBittorrent(optionsFor(swarm));
    const { infoHash: hash } = swarm.torrent;

    t.true(
      await client.addTorrent(swarm.metainfo, { paused: "true", category: "tv", tags: "new,hd" }),
    );
    t.true(await client.addMagnet(magnet, { paused: "true" }));
    const { torrents, labels } = await client.getAllData();
    t.deepEqual(torrents.map(({ id }) => id).toSorted(), [hash, otherHash].toSorted());
    t.deepEqual(
      labels.map(({ name }) => name),
      ["tv"],
    );
    t.deepEqual(await client.getTags(), ["hd", "new"]);
    t.like(await client.getTorrent(hash), {
      name: "payload",
      state: "paused",
      label: "tv",
      progress: 0,
    });

    await client.setTorrentDownloadLimit(hash, 30_000);
    await client.setTorrentUploadLimit(hash, 20_000);
    t.deepEqual(await client.getTorrentDownloadLimit(hash), { [hash]: 30_000 });
    t.deepEqual(await client.getTorrentUploadLimit(hash), { [hash]: 20_000 });
    await client.setFilePriority(hash, "1", TorrentFilePriority.Skip);
    await client.setFilePriority(hash, "0", TorrentFilePriority.HighPriority);
    t.deepEqual(
      (await client.torrentFiles(hash)).map(({ priority }) => priority),
      [TorrentFilePriority.HighPriority, TorrentFilePriority.Skip],
    );

    await client.setPreferences({ queueing_enabled: true });
    await client.topPriority(otherHash);
    t.is((await client.getTorrent(otherHash)).queuePosition, 1);
    await client.bottomPriority(otherHash);
    t.is((await client.getTorrent(otherHash)).queuePosition, 2);

    await client.setFilePriority(hash, "1", TorrentFilePriority.NormalPriority);
    await client.setTorrentDownloadLimit(hash, 0);
    await client.resumeTorrent(hash);
    await until("the end of the download", async () => (await client.getTorrent(hash)).isCompleted);
    await client.pauseTorrent(hash);
    const [listed] = await client.listTorrents({ hashes: hash });
    t.like(listed, { state: "pausedUP", amount_left: 0 });
    t.is((await client.torrentProperties(hash)).total_size, 60_000);
    t.is((await client.torrentTrackers(hash)).length, 4);
    t.deepEqual(await client.torrentPieceStates(hash), [2, 2, 2, 2]);
    t.is((await client.torrentPieceHashes(hash)).length, 4);

    const file = join(swarm.served.folder, "data/payload/a.bin");
    t.true(existsSync(file));
    await client.removeTorrent(hash, true);
    t.false(existsSync(file));
    await client.removeTorrent(otherHash, false);
    t.deepEqual((await client.getAllData()).torrents, []);
  },
);

test.serial("@ctrl/qbittorrent changes categories, tags, trackers and names", async (t) => {
  await using swarm = await SmallSwarm.open();
  const client = new QBittorrent(optionsFor(swarm));
  const { infoHash: hash } = swarm.torrent;
  await client.addTorrent(swarm.metainfo, { paused: "true" });
  await client.createCategory("films", join(swarm.served.folder, "data/films"));
  await client.setTorrentCategory(hash, "films");
  t.is((await client.getTorrent(hash)).label, "films");
  await client.resetTorrentCategory(hash);
  await client.removeCategory("films");
  t.deepEqual(await client.getCategories(), {});
  await client.createTags("a,b");
  await client.addTorrentTags(hash, "a");
  await client.removeTorrentTags(hash, "a");
  await client.deleteTags("a,b");
  t.deepEqual(await client.getTags(), []);
  await client.addTrackers(hash, "http://two.example/announce");
  await client.editTrackers(hash, "http://two.example/announce", "http://three.example/announce");
  const urls = (await client.torrentTrackers(hash)).map(({ url }) => url);
  t.true(urls.includes("http://three.example/announce"));
  await client.removeTrackers(hash, "http://three.example/announce");
  t.is((await client.torrentTrackers(hash)).length, 4);
  await client.renameFile(hash, "payload/a.bin", "payload/c.bin");
  t.is((await client.torrentFiles(hash))[0]?.name, "payload/c.bin");
  t.is(await client.getAppVersion(), "v4.5.2");
  t.is(await client.getApiVersion(), "2.8.19");
});
