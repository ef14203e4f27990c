import test from "ava";
import type { InfoHash } from "@troupe/protocol/units";
import { magnetOf } from "../../src/api/magnet-of.ts";

const infoHash = "0f".repeat(20);
const info = {
  infoHash,
  infoHashes: { v1: infoHash as InfoHash },
  name: infoHash,
  trackers: [["udp://t:1"], ["http://u/"]],
  webSeeds: [],
};

test("a link names the torrent once its name is known", (t) => {
  const link = magnetOf({ ...info, hasMetadata: false });
  t.is(link, `magnet:?xt=urn:btih:${infoHash}&tr=udp%3A%2F%2Ft%3A1&tr=http%3A%2F%2Fu%2F`);
  t.regex(magnetOf({ ...info, name: "a b", hasMetadata: false }), /&dn=a(?:%20|\+)b/);
  t.regex(magnetOf({ ...info, hasMetadata: true }), /&dn=0f/);
});
