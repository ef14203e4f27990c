import { formatMagnet, parseMagnet } from "@troupe/protocol/magnet";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { isTrackerUrl, urlWords } from "./tracker-url.ts";

const hash = "0123456789abcdef0123456789abcdef01234567";

/** Magnet links. */
export const magnet: FuzzTarget = {
  name: "magnet",
  oracle:
    "refused with a code, or every list is within its bound, every URL usable, every text clean, and our own link is read the same",
  sources: ["protocol/src/magnet", "protocol/src/metainfo/piece-ranges", "protocol/src/units"],
  seeds: () =>
    [
      hash,
      `magnet:?xt=urn:btih:${hash}&dn=a+b%20c&tr=udp%3A%2F%2Ft.example%3A80&ws=http://w.example/&x.pe=[::1]:80&so=0,2-4`,
      `magnet:?xt.1=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH&xt.2=urn:btmh:1220${"ab".repeat(32)}`,
    ].map(bytesOf),
  mutate: textMutator([
    ...["magnet:?", "xt=urn:btih:", "&xt=urn:btmh:", hash, "&dn=", "&tr=", "&tr.1=", "&ws="],
    ...["&x.pe=", "&so=", "&", "=", "%", "%00", "%e2%80%ae", "+", "1-", "-1", ",", "99999999999"],
    ...["1.2.3.4:5", "\ud800", "\u202e"],
    ...urlWords,
  ]),
  run(input) {
    const read = acceptedBy(() => parseMagnet(textOf(input)));
    if (read === undefined) return;
    const { infoHash, infoHashes, name, trackers, webSeeds, peers, selected = [], warnings } = read;
    hold(/^[0-9a-f]{40}$/.test(infoHash), "an odd info-hash");
    hold(name === undefined || (name.length <= 255 && isClean(name)), "an unclean name");
    hold(trackers.length <= 200 && trackers.every(isTrackerUrl), "odd trackers");
    hold(webSeeds.length <= 20 && webSeeds.every(isTrackerUrl), "odd web seeds");
    hold(peers.length <= 20, "too many peers");
    hold(warnings.length <= 20 && warnings.every(isClean), "odd warnings");
    let next = 0;
    for (const [first, last] of selected) {
      hold(first >= next && last >= first && last < 2 ** 31, "ranges out of order");
      next = last + 2;
    }
    const again = parseMagnet(
      formatMagnet({ infoHashes, trackers, webSeeds, ...(name !== undefined && { name }) }),
    );
    hold(again.infoHash === infoHash && again.name === name, "read otherwise");
    hold(again.trackers.join("\n") === trackers.join("\n"), "other trackers");
    const [seeds, seedsAgain] = [webSeeds.join("\n"), again.webSeeds.join("\n")];
    hold(seedsAgain === seeds, "other web seeds");
  },
};
