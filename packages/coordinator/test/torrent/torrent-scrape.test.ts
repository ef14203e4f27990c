import test from "ava";
import type { DhtService } from "../../src/engine/dht/dht-service.ts";
import { scrapeTorrent } from "../../src/torrent/torrent-scrape.ts";
import type { InfoHashV2 } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import { makeScene } from "../support/engine-scene.ts";

const [a, b] = ["http://a/announce", "http://b/announce"];

test("a stopped torrent without content scrapes each of its trackers once, and announces to none", async (t) => {
  const { engine, http, addJobWithoutContent } = makeScene();
  http.respond = (request) => request.reply("d5:filesdee");
  const job = addJobWithoutContent({ trackers: [[a, b], [a]] });
  const counts = { complete: 0, downloaded: 0, incomplete: 0 };
  t.deepEqual(await scrapeTorrent(engine, job), {
    trackers: [
      { url: a, ...counts },
      { url: b, ...counts },
    ],
  });
  t.true(http.requests.every(({ url }) => url.includes("/scrape?info_hash=")));
  t.is(http.requests.length, 2);
});

test("the swarm has the counts of a scrape, and keeps those that no tracker names", async (t) => {
  const { engine, http, addJob } = makeScene();
  const job = addJob({ trackers: [[a]] });
  job.swarmCounts = { seeds: 9, leechers: 9 };
  const infoHash = "\xaa".repeat(20);
  http.respond = (request) =>
    request.reply(`d5:filesd20:${infoHash}d8:completei5e10:incompletei6eeee`);
  await scrapeTorrent(engine, job);
  t.deepEqual(job.swarmCounts, { seeds: 5, leechers: 6 });
  http.respond = (request) => request.reply("no reply of a tracker");
  await scrapeTorrent(engine, job);
  t.deepEqual(job.swarmCounts, { seeds: 5, leechers: 6 });
});

test("a hybrid is scraped by both hashes, and a tracker has the counts of its larger swarm", async (t) => {
  const { engine, http, addJobWithoutContent } = makeScene();
  const [v1, v2] = ["\xaa".repeat(20), "\xbb".repeat(20)];
  const job = addJobWithoutContent({ trackers: [[a], [b]] });
  job.learnHashes({ v1: "aa".repeat(20) as InfoHash, v2: "bb".repeat(32) as InfoHashV2 });
  const replies: Readonly<Record<string, string>> = {
    "a aa": `d5:filesd20:${v1}d8:completei5e10:incompletei6eeee`,
    "a bb": `d5:filesd20:${v2}d8:completei7e10:incompletei6eeee`,
    "b bb": `d5:filesd20:${v2}d8:completei1e10:incompletei0eeee`,
  };
  http.respond = (request) => {
    const { host, search } = new URL(request.url);
    request.reply(
      replies[`${host} ${search.includes("%AA") || search.includes("%aa") ? "aa" : "bb"}`] ??
        "none",
    );
  };
  const { trackers } = (await scrapeTorrent(engine, job)) as { trackers: readonly object[] };
  t.deepEqual(
    trackers.map((row) => "complete" in row && row.complete),
    [7, 1],
  );
  t.is(http.requests.length, 4);
});

test("C12: the DHT estimates the swarm where no tracker counts it", async (t) => {
  const { engine, http, addJob } = makeScene();
  http.respond = (request) => request.reply("no reply of a tracker");
  const job = addJob({ trackers: [[a]] });
  const swarm = { seeds: 3, leechers: 4 };
  const dht = { scrape: async () => swarm } as unknown as DhtService;
  const withDht = {
    ...engine,
    options: { ...engine.options, dht: { bootstrap: [] } },
    network: { ...engine.network, dht },
  };
  t.like(await scrapeTorrent(withDht, job), { dht: swarm });
  t.deepEqual(job.swarmCounts, swarm);
});
