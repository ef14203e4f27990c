import test from "ava";
import fc from "fast-check";
import {
  decodeScrapeQuery,
  decodeScrapeReply,
  encodeAnnounceFailure,
  encodeScrapeReply,
  maxScrapeHashes,
  scrapeUrl,
  type ScrapeCounts,
} from "../../src/tracker/index.ts";
import { infoHashFromBytes, parseInfoHash, type InfoHash } from "../../src/units.ts";
import { bencoded, bytesOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const infoHash = parseInfoHash("61".repeat(20));
const other = parseInfoHash("62".repeat(20));
const query = `info_hash=${"a".repeat(20)}`;
const counts: ScrapeCounts = { complete: 1, downloaded: 2, incomplete: 3 };

for (const [announce, scrape] of [
  ["http://t.example/announce", "http://t.example/scrape?"],
  ["http://t.example/x/announce", "http://t.example/x/scrape?"],
  ["http://t.example/announce.php", "http://t.example/scrape.php?"],
  ["https://t.example:80/announce?x2%0644", "https://t.example:80/scrape?x2%0644&"],
  ["http://t.example/announce?a=/announce&", "http://t.example/scrape?a=/announce&"],
  ["http://t.example/announce?", "http://t.example/scrape?"],
  ["http://t.example/announce??", "http://t.example/scrape??&"],
  ["http://t.example/announce/announce", "http://t.example/announce/scrape?"],
  ["http://t.example/announce#top", "http://t.example/scrape?"],
] as const) {
  test(`${announce} is scraped at its own path`, (t) => {
    t.is(scrapeUrl(announce, [infoHash]), `${scrape}${query}`);
  });
}

test("a tracker whose path does not end in announce is not scraped", (t) => {
  for (const url of [
    "http://t.example/a",
    "http://t.example/x/y",
    "http://announce",
    "http://announce/",
    "http://t.example/?x=/announce",
    "http://t.example/x%064announce",
    "http://t.example/a#/announce",
    "announce",
  ]) {
    t.is(scrapeUrl(url, [infoHash]), undefined, url);
  }
});

test("a query with any torrents is read as it was written, a hundred at most", (t) => {
  const hash = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(infoHashFromBytes);
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 120 }), (hashes) => {
      const url = scrapeUrl("http://t.example/announce", hashes) ?? "";
      t.deepEqual(decodeScrapeQuery(url.split("?")[1] ?? ""), hashes.slice(0, maxScrapeHashes));
    }),
    { numRuns: 20 },
  );
});

test("a query's fields that are no info-hash are ignored", (t) => {
  t.deepEqual(decodeScrapeQuery(`info_hash=short&info_hash=%zz&a=b&${query}`), [infoHash]);
  t.deepEqual(decodeScrapeQuery(""), []);
});

test("the counts of any torrents are read as they were written", (t) => {
  const hash = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(infoHashFromBytes);
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const figures = fc.record({ complete: count, downloaded: count, incomplete: count });
  fc.assert(
    fc.property(fc.array(fc.tuple(hash, figures), { maxLength: 20 }), (entries) => {
      const torrents = new Map<InfoHash, ScrapeCounts>(entries);
      const body = encodeScrapeReply(torrents);
      for (const [each, expected] of torrents) t.deepEqual(decodeScrapeReply(body, each), expected);
    }),
  );
});

test("a torrent that the tracker does not know has no counts", (t) => {
  t.is(decodeScrapeReply(encodeScrapeReply(new Map([[other, counts]])), infoHash), undefined);
  t.is(decodeScrapeReply(bytesOf("d5:filesdee"), infoHash), undefined);
});

test("counts that are missing or no numbers are left out", (t) => {
  const read = (torrent: unknown) =>
    decodeScrapeReply(bencoded({ files: { ["a".repeat(20)]: torrent } }), infoHash);
  t.deepEqual(read({ complete: 5 }), { complete: 5 });
  t.deepEqual(read({ complete: -1, downloaded: "2", incomplete: 3 }), { incomplete: 3 });
  t.deepEqual(read([]), {});
});

test("a refused scrape carries the tracker's cleaned reason, however its key is spelt", (t) => {
  const own = encodeAnnounceFailure("not \u001b[2Jhere");
  for (const body of [own, bencoded({ failure_reason: "not \u001b[2Jhere" })]) {
    const error = refuses(t, "tracker-refused", () => decodeScrapeReply(body, infoHash));
    t.is(error.message, "the tracker refused the scrape: not [2Jhere");
  }
});

test("a reply without files is refused", (t) => {
  refuses(t, "field-missing", () => decodeScrapeReply(bytesOf("de"), infoHash));
  refuses(t, "field-wrong-type", () => decodeScrapeReply(bytesOf("d5:filesi1ee"), infoHash));
  refuses(t, "field-wrong-type", () => decodeScrapeReply(bytesOf("le"), infoHash));
  refuses(t, "bencode-malformed", () => decodeScrapeReply(bytesOf("<html>"), infoHash));
});

test("a reply cut or changed anywhere is accepted or refused", (t) => {
  const body = encodeScrapeReply(
    new Map([
      [infoHash, counts],
      [other, counts],
    ]),
  );
  survivesDamage(t, body, (bytes) => decodeScrapeReply(bytes, infoHash));
});
