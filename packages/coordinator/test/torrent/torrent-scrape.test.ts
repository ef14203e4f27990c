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
