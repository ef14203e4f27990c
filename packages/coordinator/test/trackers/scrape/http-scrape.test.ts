import test from "ava";
import { encodeScrapeReply } from "@troupe/protocol/tracker";
import { parseInfoHash } from "@troupe/protocol/units";
import { scrapeOverHttp } from "../../../src/trackers/scrape/http-scrape.ts";
import { at } from "../../support/engine-scene.ts";
import { FakeHttp } from "../../support/fake-http.ts";

const infoHash = parseInfoHash("61".repeat(20));
const other = parseInfoHash("62".repeat(20));
const counts = { complete: 1, downloaded: 2, incomplete: 3 };
const limits = { deadlineMs: 7_000, signal: new AbortController().signal };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** One scrape and the tracker's answer. */
async function scrape(body: string, status = 200, url = "http://t.example/announce?key=1") {
  const http = new FakeHttp();
  http.respond = (request) => request.reply(body, status);
  const read = await scrapeOverHttp(http, url, infoHash, limits);
  return { read, request: at(http.requests, 0) };
}

test("a scrape asks the tracker's own address for one torrent, with bounds in time and size", async (t) => {
  const torrents = new Map([
    [infoHash, counts],
    [other, { complete: 9, downloaded: 9, incomplete: 9 }],
  ]);
  const { read, request } = await scrape(text(encodeScrapeReply(torrents)));
  t.deepEqual(read, counts);
  t.is(request.url, `http://t.example/scrape?key=1&info_hash=${"a".repeat(20)}`);
  t.like(request.options, { ...limits, maxBodyBytes: 1 << 20 });
});

test("a torrent that the tracker does not know has no peers", async (t) => {
  const { read } = await scrape("d5:filesdee");
  t.deepEqual(read, { complete: 0, downloaded: 0, incomplete: 0 });
});

test("a tracker without an address for scrapes is not asked", async (t) => {
  const http = new FakeHttp();
  await t.throwsAsync(scrapeOverHttp(http, "http://t.example/a", infoHash, limits), {
    code: "scrape-unsupported",
  });
  t.is(http.requests.length, 0);
});

test("the tracker's own reason counts whatever the status, and a page is no reply", async (t) => {
  await t.throwsAsync(scrape("d14:failure reason2:noe", 404), { code: "tracker-refused" });
  await t.throwsAsync(scrape("<html>", 404), { code: "tracker-status", message: /404/ });
  await t.throwsAsync(scrape("<html>"), { code: "bencode-malformed" });
});
