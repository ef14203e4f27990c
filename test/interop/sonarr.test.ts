// Sonarr's calls: a torrent is added with its label or category, polled until it is done, and removed with its data.

import { existsSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  SonarrQbittorrent,
  SonarrTransmission,
  type ListedTorrent,
  type QbittorrentProof,
} from "../support/clients/sonarr.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";
import { found } from "../support/time/until.ts";

const [statusStopped, statusSeeding] = [0, 6];

async function polled<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  return await found("the state that Sonarr waits for", look);
}

test.serial(
  "G07: Sonarr downloads by the protocol of Transmission, with Basic and a session id",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const { served, torrent } = swarm;
    const { infoHash: hash } = torrent;
    const sonarr = new SonarrTransmission(served);

    const config = await sonarr.call("session-get");
    t.regex(config["version"], /^4\.\d/);
    t.true(Number(config["rpc-version"]) >= 14);
    t.is(typeof config["seedRatioLimited"], "boolean");
    t.is((await sonarr.call("session-stats"))["torrentCount"], 0);
    const folder = `${config["download-dir"]}/tv-sonarr`;
    const metainfo = Buffer.from(swarm.metainfo).toString("base64");
    const labels = ["tv-sonarr"];
    await sonarr.call("torrent-add", { metainfo, paused: false, "download-dir": folder, labels });
    await sonarr.call("torrent-set", {
      ids: [hash],
      ...{ seedRatioLimit: 1.5, seedRatioMode: 1, seedIdleLimit: 30, seedIdleMode: 1 },
    });
    await sonarr.call("queue-move-top", { ids: [hash] });
    const [first] = await sonarr.list();
    t.like(first, {
      ...{ hashString: hash, name: "payload", downloadDir: folder, totalSize: 60_000, labels },
      ...{ seedRatioLimit: 1.5, seedRatioMode: 1, seedIdleLimit: 30, seedIdleMode: 1 },
      ...{ "file-count": 2, errorString: "", isFinished: false },
    });

    const isDone = ({ leftUntilDone, status }: ListedTorrent): boolean =>
      leftUntilDone === 0 && (status === statusSeeding || status === statusStopped);
    const done = await polled(async () => (await sonarr.list()).find(isDone));
    t.like(done, { downloadedEver: 60_000, errorString: "" });
    t.true(existsSync(join(folder, "payload/b.bin")));

    await sonarr.call("torrent-set", { ids: [hash], labels: ["imported"] });
    t.deepEqual((await sonarr.list())[0]?.["labels"], ["imported"]);
    await sonarr.call("torrent-remove", { ids: [hash], "delete-local-data": true });
    t.deepEqual(await sonarr.list(), []);
    t.false(existsSync(join(folder, "payload")));
  },
);

async function download(
  t: ExecutionContext,
  swarm: SmallSwarm,
  sonarr: SonarrQbittorrent,
): Promise<void> {
  const { infoHash: hash } = swarm.torrent;
  t.is((await sonarr.get("app/webapiVersion")).text, "2.8.19");
  t.is((await sonarr.get("app/version")).text, "v4.5.2");
  const { body: preferences } = await sonarr.get("app/preferences");
  for (const name of ["save_path", "max_ratio_enabled", "max_ratio", "max_ratio_act"])
    t.true(name in preferences, name);
  for (const name of ["max_seeding_time_enabled", "max_seeding_time", "queueing_enabled", "dht"])
    t.true(name in preferences, name);
  t.deepEqual((await sonarr.get("torrents/categories")).body, {});
  t.is((await sonarr.post("torrents/createCategory", { category: "tv" })).status, 200);

  const fields = { category: "tv", paused: "false", contentLayout: "Original" };
  const goals = { ratioLimit: "1.5", seedingTimeLimit: "60" };
  const added = await sonarr.upload(swarm.metainfo, { ...fields, ...goals });
  t.is(added.text, "Ok.");
  const { status, body: properties } = await sonarr.get(`torrents/properties?hash=${hash}`);
  t.is(status, 200);
  t.like(properties, { total_size: 60_000, name: "payload" });
  t.is((await sonarr.post("torrents/topPrio", { hashes: hash })).status, 200);
  t.is((await sonarr.post("torrents/setForceStart", { hashes: hash, value: "false" })).status, 200);
  t.is((await sonarr.post("torrents/addTags", { hashes: hash, tags: "hd,new" })).status, 200);

  const done = await polled(async () => {
    const { body } = await sonarr.get("torrents/info?category=tv");
    const [listed] = body;
    return listed.progress === 1 && /^(?:pausedUP|uploading|stalledUP|queuedUP)$/.test(listed.state)
      ? listed
      : undefined;
  });
  const folder = preferences.save_path;
  t.like(done, { hash, category: "tv", tags: "hd, new", size: 60_000, ratio_limit: 1.5 });
  t.like(done, { seeding_time_limit: 60, save_path: folder });
  t.is(done.content_path, join(folder, "payload"));
  const files = (await sonarr.get(`torrents/files?hash=${hash}`)).body;
  t.deepEqual(
    files.map(({ name }: { name: string }) => name),
    ["payload/a.bin", "payload/b.bin"],
  );

  await sonarr.post("torrents/createCategory", { category: "imported" });
  await sonarr.post("torrents/setCategory", { hashes: hash, category: "imported" });
  t.deepEqual((await sonarr.get("torrents/info?category=tv")).body, []);
  const limits = { hashes: hash, ratioLimit: "2", seedingTimeLimit: "-2" };
  t.is((await sonarr.post("torrents/setShareLimits", limits)).status, 200);
  const [listed] = (await sonarr.get("torrents/info?category=imported")).body;
  t.like(listed, { ratio_limit: 2, seeding_time_limit: -2 });
  await sonarr.post("torrents/delete", { hashes: hash, deleteFiles: "true" });
  t.deepEqual((await sonarr.get("torrents/info")).body, []);
  t.false(existsSync(join(folder, "payload")));
}

for (const kind of ["basic-and-cookie", "cookie"] as const)
  test.serial(`G09: Sonarr downloads by the API of qBittorrent: ${kind}`, async (t) => {
    await using swarm = await SmallSwarm.open();
    const sonarr = new SonarrQbittorrent(swarm.served, { kind });
    await download(t, swarm, sonarr);
    t.is(sonarr.logins, 1);
    sonarr.forgetCookie();
    t.is((await sonarr.get("torrents/info")).status, 200);
    t.is(sonarr.logins, 2);
  });

test.serial("Sonarr downloads by the API of qBittorrent with an API key", async (t) => {
  await using swarm = await SmallSwarm.open();
  const headers = await swarm.served.token("control");
  const proof: QbittorrentProof = { kind: "key", headers };
  const sonarr = new SonarrQbittorrent(swarm.served, proof);
  await download(t, swarm, sonarr);
  t.is(sonarr.logins, 0);
});

test.serial(
  "Basic alone reads the API of qBittorrent and does not write: Sonarr logs in after the 403",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const { served } = swarm;
    const headers = served.basic();
    t.is((await served.ask("/api/v2/torrents/info", { headers })).status, 200);
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
    const refused = await served.ask("/api/v2/torrents/createCategory", {
      headers: form,
      text: "category=tv",
    });
    t.is(refused.status, 403);
  },
);

test.serial("a magnet link of Sonarr is in the list at once", async (t) => {
  await using swarm = await SmallSwarm.open();
  const sonarr = new SonarrQbittorrent(swarm.served, { kind: "cookie" });
  const { infoHash: hash } = swarm.torrent;
  const urls = `magnet:?xt=urn:btih:${hash}&dn=payload`;
  t.is((await sonarr.post("torrents/add", { urls, category: "tv", paused: "false" })).text, "Ok.");
  t.is((await sonarr.get(`torrents/properties?hash=${hash}`)).status, 200);
  const [listed] = (await sonarr.get("torrents/info?category=tv")).body;
  t.like(listed, { hash, state: "metaDL", progress: 0 });
});
