import {
  decodeUdpReply,
  encodeUdpAnnounce,
  encodeUdpAnnounceReply,
  encodeUdpConnect,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrape,
  encodeUdpScrapeReply,
  UdpReplyView,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import { parseInfoHash } from "@troupe/protocol/units";

import { SwarmStore } from "../../../packages/tracker/src/swarm-store.ts";
import { answerDatagram, ConnectionIds } from "../../../packages/tracker/src/udp.ts";
import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const numbers = [0, 1, 2, 3].map((number) => Uint8Array.of(0, 0, 0, number));
const edges = [new Uint8Array(8), new Uint8Array(8).fill(0xff), ...numbers];

/** Replies of UDP trackers (BEP 15). The first byte gives the address family. */
export const udpTrackerReply: FuzzTarget = {
  name: "udp-tracker-reply",
  oracle:
    "refused with a code, read in place only as it is decoded, or every number is in range, every peer can be dialled, every text is clean",
  sources: ["protocol/src/tracker/bep-15", "protocol/src/tracker/announced-peers"],
  seeds: () => {
    const peers = [
      { host: "203.0.113.1", port: 80 },
      { host: "2001:db8::1", port: 81 },
    ];
    return [
      joined([4], encodeUdpConnectReply(7, 9n as ConnectionId)),
      joined([4], encodeUdpAnnounceReply(7, { intervalSeconds: 1_800, peers }, 4)),
      joined([6], encodeUdpAnnounceReply(7, { intervalSeconds: 60, peers }, 6)),
      joined([4], encodeUdpScrapeReply(7, [{ complete: 1, downloaded: 2, incomplete: 3 }])),
      joined([4], encodeUdpError(7, "no")),
    ];
  },
  mutate: bytesMutator(edges),
  maxBytes: 2_048,
  run(input) {
    const family = ((input[0] ?? 0) & 2) === 0 ? 4 : 6;
    const read = acceptedBy(() => decodeUdpReply(input.subarray(1), family));
    const view = new UdpReplyView();
    const kind = view.read(input.subarray(1), family);
    hold(kind === undefined || kind === read?.action, "a reply that only the view accepts");
    if (read === undefined) return;
    if (read.action === "error") hold(read.reason.length <= 300 && isClean(read.reason), "a text");
    if (read.action !== "announce") return;
    const { intervalSeconds, peers } = read.reply;
    hold(intervalSeconds >= 60 && intervalSeconds <= 86_400, "an interval out of range");
    for (const { host, port } of peers) {
      hold(port > 0 && host.includes(":") === (family === 6 && !host.includes(".")), "a peer");
    }
  },
};

/** Datagrams to our own tracker, whose connection id is put in place of eight times 0xee. */
export const udpTrackerRequest: FuzzTarget = {
  name: "udp-tracker-request",
  oracle:
    "no reply, or one that our own client reads; without the sender's connection id the swarm stays as it is and the reply is no longer than the request",
  sources: ["protocol/src/tracker/bep-15", "tracker/src/udp", "tracker/src/announce"],
  seeds: () => {
    const ids = { connectionId: 0xeeee_eeee_eeee_eeeen as ConnectionId, transactionId: 5 };
    const counts = { uploaded: 1, downloaded: 2, left: 3, numWant: 50, key: "00000001" };
    const announce = { infoHash, peerId: new Uint8Array(20), port: 6_881, ...counts };
    return [
      encodeUdpConnect(5),
      encodeUdpAnnounce(ids, "udp://t:1/path?x", { ...announce, event: "completed" }),
      encodeUdpAnnounce(ids, "udp://t:1", announce),
      encodeUdpScrape(ids, [infoHash, infoHash]),
    ];
  },
  mutate: bytesMutator([...edges, bytesOf("\xee".repeat(8))]),
  maxBytes: 2_048,
  run(input) {
    const store = new SwarmStore({
      ...{ maxTorrents: 3, maxPeersPerTorrent: 4, maxPeers: 8, expiryMs: 1_000 },
    });
    const connectionIds = new ConnectionIds();
    const bytes = input.slice();
    const isKnown = bytes.subarray(0, 8).every((byte) => byte === 0xee) && bytes.length >= 16;
    if (isKnown) new DataView(bytes.buffer).setBigUint64(0, connectionIds.of("192.0.2.1", 0));
    const rules = { intervalSeconds: 60, allow: () => true, randomInteger: () => 0 };
    const answering = { store, rules, nowMs: 0, connectionIds };
    const reply = answerDatagram(bytes, { host: "192.0.2.1", family: 4 }, answering);
    hold(isKnown || store.infoHashes().length === 0, "a swarm for a forged sender");
    if (reply === undefined) return;
    hold(isKnown || reply.length <= bytes.length, "a longer reply to a forged sender");
    const { transactionId } = decodeUdpReply(reply, 4);
    hold(transactionId === new DataView(bytes.buffer).getUint32(12), "another transaction");
  },
};
