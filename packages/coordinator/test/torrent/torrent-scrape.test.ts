import test from "ava";
import { scrapeTorrent } from "../../src/torrent/torrent-scrape.ts";
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
