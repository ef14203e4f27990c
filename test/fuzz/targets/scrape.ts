import { decodeScrapeQuery, decodeScrapeReply, encodeScrapeReply } from "@troupe/protocol/tracker";
import { maxScrapeHashes, scrapeUrl } from "@troupe/protocol/tracker";
import { parseInfoHash } from "@troupe/protocol/units";

import { bencoded } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { urlWords } from "./tracker-url.ts";

const infoHash = parseInfoHash("61".repeat(20));
const wanted = `info_hash=${"a".repeat(20)}`;
const key = "a".repeat(20);
const counts = { complete: 1, downloaded: 2, incomplete: 3 };

/** Replies of HTTP trackers to a scrape. */
export const scrapeReply: FuzzTarget = {
  name: "scrape-reply",
  oracle:
    "an error with a code, no counts, or whole numbers from 0; written in our own form they are read the same",
  sources: ["protocol/src/tracker/bep-48", "protocol/src/tracker/tracker-refusal"],
  seeds: () => [
    bencoded({ files: { [key]: counts } }),
    bencoded({ files: { ["b".repeat(20)]: counts, [key]: { complete: 1 } } }),
    bencoded({ "failure reason": "busy", "retry in": 5 }),
    bencoded({ failure_reason: "no" }),
  ],
  mutate: bencodeMutator({
    keys: ["files", "failure reason", "retry in", "complete", "downloaded", "incomplete", key],
    strings: ["never", "0", "-1", "1e9", key],
  }),
  run(input) {
    const read = acceptedBy(() => decodeScrapeReply(input, infoHash));
    if (read === undefined) return;
    for (const count of Object.values(read)) {
      hold(Number.isSafeInteger(count) && count >= 0, "an odd count");
    }
    const whole = { ...counts, ...read };
    const again = decodeScrapeReply(encodeScrapeReply(new Map([[infoHash, whole]])), infoHash);
    hold(
      again?.complete === whole.complete &&
        again.downloaded === whole.downloaded &&
        again.incomplete === whole.incomplete,
      "other counts",
    );
  },
};

/** A tracker's URL, turned into that of a scrape; and its query, read as our own tracker reads it. */
export const scrapeQuery: FuzzTarget = {
  name: "scrape-query",
  oracle:
    "no scrape, or a URL of the same origin whose query names our torrent last; of any query at most a hundred torrents are read",
  sources: ["protocol/src/tracker/bep-48", "protocol/src/tracker/percent-encoding"],
  seeds: () =>
    [
      "http://t.example/announce",
      "http://t.example/announce.php?passkey=1&",
      "http://t.example/a/announce#x",
      `http://t.example/announce?info_hash=${"%ab".repeat(20)}`,
    ].map(bytesOf),
  mutate: textMutator([...urlWords, "/announce", "scrape", "info_hash=", "%61".repeat(20)]),
  run(input) {
    const text = textOf(input);
    hold(decodeScrapeQuery(text).length <= maxScrapeHashes, "too many torrents");
    const url = scrapeUrl(text, [infoHash]);
    if (url === undefined) return;
    hold(URL.parse(url)?.origin === URL.parse(text)?.origin, "another origin");
    const query = url.slice(url.indexOf("?") + 1);
    hold(query === wanted || query.endsWith(`&${wanted}`), () => `another torrent: ${url}`);
  },
};
