import { announceUrl, decodeAnnounceQuery } from "@troupe/protocol/tracker";

import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Parts that a query is made of. */
export const queryWords: readonly string[] = [
  ..."&|=|%|%00|%ff|+|info_hash=|peer_id=|port=|uploaded=|downloaded=|left=|event=|numwant=".split(
    "|",
  ),
  ..."compact=|no_peer_id=|ip=|key=|trackerid=|started|stopped|completed|paused|0|1|-1|65535|65536".split(
    "|",
  ),
  ..."9007199254740991|9007199254740992|&left=0|&event=stopped|&compact=0|%41%42".split("|"),
  "%01".repeat(20),
];

/** A query that is sound. */
export const soundQuery: string = `info_hash=${"%ab".repeat(20)}&peer_id=${"A".repeat(20)}&port=6881&uploaded=1&downloaded=2&left=3&compact=1&numwant=50&event=started&key=k`;

/** The announce of a peer to a tracker. */
export const announceQuery: FuzzTarget = {
  name: "announce-query",
  oracle: "refused with a code, or numbers are in range, and our own form of it is read the same",
  sources: ["protocol/src/tracker/announce-query", "protocol/src/tracker/percent-encoding"],
  seeds: () => [
    bytesOf(soundQuery),
    bytesOf(`${soundQuery}&trackerid=%c3%a9&ip=1.2.3.4&no_peer_id=1&compact=0`),
  ],
  mutate: textMutator(queryWords),
  run(input) {
    const query = acceptedBy(() => decodeAnnounceQuery(textOf(input)));
    if (query === undefined) return;
    const {
      infoHash,
      peerId,
      port,
      uploaded,
      downloaded,
      left,
      event,
      key = "k",
      numWant = 50,
      trackerId,
    } = query;
    hold(/^[0-9a-f]{40}$/u.test(infoHash) && peerId.length === 20, "an odd hash or id");
    hold(Number.isInteger(port) && port >= 0 && port <= 65_535, "a port out of range");
    for (const count of [uploaded, downloaded, left, numWant]) {
      hold(Number.isSafeInteger(count) && count >= 0, "a count out of range");
    }
    const url = announceUrl("http://t.example/announce?pass=1#top", {
      ...{ infoHash, peerId, port, uploaded, downloaded, left, key, numWant },
      ...(event !== undefined && { event }),
      ...(trackerId !== undefined && { trackerId }),
    });
    hold(/^[!-~]+$/u.test(url) && !url.includes("#"), () => `no URL: ${url}`);
    if (url.length > 8_000) return;
    const again = decodeAnnounceQuery(url.slice(url.indexOf("?") + 1));
    hold(sameBytes(again.peerId, peerId) && again.infoHash === infoHash, "another peer");
    hold(again.port === port && again.left === left && again.numWant === numWant, "other numbers");
    hold(again.uploaded === uploaded && again.downloaded === downloaded, "other numbers");
    hold(
      again.event === event && again.key === key && again.trackerId === trackerId,
      "other texts",
    );
  },
};
