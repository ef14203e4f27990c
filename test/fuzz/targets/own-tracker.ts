import { ProtocolError } from "@troupe/protocol/errors";
import { decodeAnnounceReply } from "@troupe/protocol/tracker";

import { answerAnnounce, mostPeersReturned } from "../../../packages/tracker/src/announce.ts";
import { answerScrape } from "../../../packages/tracker/src/scrape.ts";
import { SwarmStore } from "../../../packages/tracker/src/swarm-store.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import { readTree } from "../engine/bencode-tree.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { queryWords, soundQuery } from "./announce-query.ts";

/** Requests of one input. */
const mostRequests = 200;
const bounds = { maxTorrents: 3, maxPeersPerTorrent: 4, maxPeers: 8, expiryMs: 1_000 };

/** Our own tracker over many requests: a line each, with time passing between them. */
export const ownTracker: FuzzTarget = {
  name: "own-tracker",
  oracle:
    "every query is refused with a code or answered in sound bencode; the tracker never holds more than its bounds, and counts what it holds",
  sources: [
    "tracker/src/",
    "protocol/src/tracker/announce-query",
    "protocol/src/tracker/announce-reply",
  ],
  seeds: () => [
    bytesOf([soundQuery, soundQuery.replaceAll("%ab", "%cd"), `s${soundQuery}`].join("\n")),
    bytesOf(
      [
        soundQuery.replace("left=3", "left=0"),
        soundQuery.replace("6881", "1"),
        soundQuery.replace("started", "stopped"),
      ].join("\n"),
    ),
    bytesOf(["1", "2", "3", "4", "5"].map((port) => soundQuery.replace("6881", port)).join("\n")),
  ],
  mutate: textMutator([
    "&port=0",
    "&event=completed",
    "&no_peer_id=1&compact=0",
    ...queryWords,
    "\n",
    "\ns",
    `\n${soundQuery}`,
    "info_hash=%61%62&info_hash=",
  ]),
  run(input) {
    const store = new SwarmStore(bounds);
    let nowMs = 0;
    for (const [i, line] of textOf(input).split("\n", mostRequests).entries()) {
      nowMs += line.length * 3;
      if (line.startsWith("s")) {
        const scraped = answerScrape(line.slice(1), store, nowMs);
        hold(readTree(scraped) !== undefined, "a scrape that is no bencode");
        continue;
      }
      const host = i % 3 === 0 ? "2001:db8::1" : `192.0.2.${i % 5}`;
      const rules = {
        intervalSeconds: 60,
        allow: () => i % 7 !== 6,
        randomInteger: (below: number) => i % below,
      };
      const origin = { host, family: i % 3 === 0 ? 6 : 4 } as const;
      const body = acceptedBy(() => answerAnnounce(line, origin, { store, rules, nowMs }));
      if (body !== undefined) holdAnswer(body);
      holdBounds(store, nowMs);
    }
  },
};

function holdAnswer(body: Uint8Array): void {
  try {
    const { peers, complete = 0, incomplete = 0 } = decodeAnnounceReply(body);
    hold(
      peers.length <= mostPeersReturned && peers.length <= complete + incomplete,
      "more peers than there are",
    );
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "tracker-refused") throw error;
  }
}

function holdBounds(store: SwarmStore, nowMs: number): void {
  const infoHashes = store.infoHashes();
  hold(infoHashes.length <= bounds.maxTorrents, "too many torrents");
  let peers = 0;
  for (const infoHash of infoHashes) {
    const swarm = store.find(infoHash, nowMs);
    const known = swarm?.peers() ?? [];
    hold(
      swarm?.peerCount === known.length && known.length <= bounds.maxPeersPerTorrent,
      "too many peers in a swarm",
    );
    hold(
      swarm?.seedCount === known.filter((peer) => peer.leftBytes === 0).length,
      "seeds miscounted",
    );
    peers += known.length;
  }
  hold(peers <= bounds.maxPeers, "too many peers");
}
