import test from "ava";
import fc from "fast-check";
import {
  decodeUdpReply,
  decodeUdpRequest,
  encodeUdpAnnounce,
  encodeUdpAnnounceReply,
  encodeUdpConnect,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrape,
  encodeUdpScrapeReply,
  maxDatagramBytes,
  type AnnounceRequest,
  type ConnectionId,
} from "../../src/tracker/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
import { bytesOf, join } from "../support/bytes.ts";
import { acceptsOrRefuses, refuses, survivesDamage } from "../support/refusals.ts";

const infoHash = infoHashFromBytes(bytesOf("h".repeat(20)));
const peerId = bytesOf("p".repeat(20));
const ids = { connectionId: 0x0102_0304_0506_0708n as ConnectionId, transactionId: 0xfedc_ba98 };
const announce: AnnounceRequest = {
  infoHash,
  peerId,
  port: 6_881,
  uploaded: 3,
  downloaded: 1,
  left: 2,
  event: "started",
  numWant: 50,
  key: "89abcdef",
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("a connect is 16 bytes with the protocol's number", (t) => {
  t.is(hex(encodeUdpConnect(0x0a0b_0c0d)), "0000041727101980000000000a0b0c0d");
});

test("an announce is spelled as BEP 15 spells it", (t) => {
  t.is(
    hex(encodeUdpAnnounce(ids, "udp://tracker.example:80", announce)),
    [
      "0102030405060708",
      "00000001",
      "fedcba98",
      "68".repeat(20),
      "70".repeat(20),
      "0000000000000001",
      "0000000000000002",
      "0000000000000003",
      "00000002",
      "00000000",
      "89abcdef",
      "00000032",
      "1ae1",
    ].join(""),
  );
});

test("BEP 41: path and query of the URL follow the announce, in runs of 255 bytes", (t) => {
  const short = encodeUdpAnnounce(ids, "udp://tracker.example:80/dir?a=b&c=d", announce);
  t.is(hex(short.subarray(98)), `020c${hex(bytesOf("/dir?a=b&c=d"))}`);
  const path = `/${"x".repeat(600)}`;
  const long = encodeUdpAnnounce(ids, `udp://tracker.example:80${path}`, announce);
  t.is(long.length, 98 + 601 + 3 * 2);
  const read = decodeUdpRequest(long);
  t.is(read.action === "announce" ? read.urlData : "", path);
  const longest = encodeUdpAnnounce(ids, `udp://t:80/${"x".repeat(1_900)}`, announce);
  t.true(longest.length <= maxDatagramBytes && longest.length > maxDatagramBytes - 10);
});

test("BEP 41: a padding option is skipped, the end option ends the options", (t) => {
  const bytes = join(
    encodeUdpAnnounce(ids, "udp://t:80", announce),
    bytesOf("\x01\x02\x02/a\x07\x01z\x02\x01b\x00\x02\x01c"),
  );
  const read = decodeUdpRequest(bytes);
  t.is(read.action === "announce" ? read.urlData : "", "/ab");
});

test("B05: over UDP a partial seed announces without an event", (t) => {
  const paused = encodeUdpAnnounce(ids, "udp://t:80/", { ...announce, event: "paused" });
  t.is(paused[83], 0);
});

test("any request of ours is read as it was written", (t) => {
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const event = fc.constantFrom(undefined, "started", "completed", "stopped" as const);
  fc.assert(
    fc.property(
      count,
      count,
      count,
      event,
      fc.nat(65_535),
      (uploaded, downloaded, left, e, port) => {
        const { key } = announce;
        const own: AnnounceRequest = {
          ...{ infoHash, peerId, port, uploaded, downloaded, left, key, numWant: 0 },
          ...(e !== undefined && { event: e }),
        };
        const { numWant, ...query } = own;
        t.deepEqual(decodeUdpRequest(encodeUdpAnnounce(ids, "udp://t:80/", own)), {
          ...{ ...ids, action: "announce", urlData: "" },
          query: { ...query, numWant, compact: true, noPeerId: true },
        });
      },
    ),
  );
  t.deepEqual(decodeUdpRequest(encodeUdpConnect(7)), { transactionId: 7, action: "connect" });
  const infoHashes = Array.from({ length: 80 }, () => infoHash);
  t.deepEqual(decodeUdpRequest(encodeUdpScrape(ids, infoHashes)), {
    ...{ ...ids, action: "scrape" },
    infoHashes: infoHashes.slice(0, 74),
  });
});

test("any reply of ours is read as it was written", (t) => {
  const { transactionId, connectionId } = ids;
  t.deepEqual(decodeUdpReply(encodeUdpConnectReply(transactionId, connectionId), 4), {
    transactionId,
    action: "connect",
    connectionId,
  });
  const peers = [
    { host: "203.0.113.1", port: 6_881 },
    { host: "2001:db8::1", port: 6_882 },
  ];
  const own = { intervalSeconds: 1_800, complete: 1, incomplete: 2, peers };
  for (const family of [4, 6] as const) {
    t.deepEqual(decodeUdpReply(encodeUdpAnnounceReply(transactionId, own, family), family), {
      transactionId,
      action: "announce",
      reply: { ...own, peers: peers.slice(family === 4 ? 0 : 1, family === 4 ? 1 : 2) },
    });
  }
  const counts = [{ complete: 1, downloaded: 2, incomplete: 3 }];
  t.deepEqual(decodeUdpReply(encodeUdpScrapeReply(transactionId, counts), 4), {
    transactionId,
    action: "scrape",
    counts,
  });
  t.deepEqual(decodeUdpReply(encodeUdpError(transactionId, "no\x1b[2J way"), 4), {
    transactionId,
    action: "error",
    reason: "no[2J way",
  });
});

test("peers that cannot be dialled or come twice and half a peer at the end are left out, intervals are clamped", (t) => {
  const reply = (intervalSeconds: number) =>
    decodeUdpReply(
      join(
        encodeUdpAnnounceReply(
          1,
          {
            intervalSeconds,
            peers: [
              { host: "0.0.0.0", port: 1 },
              { host: "1.2.3.4", port: 0 },
              { host: "1.2.3.4", port: 5 },
              { host: "1.2.3.4", port: 5 },
            ],
          },
          4,
        ),
        new Uint8Array(5),
      ),
      4,
    );
  const read = reply(0);
  t.deepEqual(read.action === "announce" && read.reply.peers, [{ host: "1.2.3.4", port: 5 }]);
  for (const [sent, used] of [
    [0, 60],
    [59, 60],
    [100_000, 86_400],
    [0xffff_ffff, 60],
  ] as const) {
    const { action, ...rest } = reply(sent);
    t.is(action === "announce" && "reply" in rest ? rest.reply.intervalSeconds : 0, used);
  }
});

test("datagrams that are too short, of an unknown action or without the protocol's number are refused", (t) => {
  refuses(t, "datagram-malformed", () => decodeUdpReply(new Uint8Array(7), 4));
  refuses(t, "datagram-malformed", () => decodeUdpReply(new Uint8Array(15), 4));
  refuses(t, "datagram-malformed", () => decodeUdpReply(bytesOf("\0\0\0\x04\0\0\0\0"), 4));
  refuses(t, "datagram-malformed", () =>
    decodeUdpReply(bytesOf(`\0\0\0\x01${"\0".repeat(15)}`), 4),
  );
  refuses(t, "datagram-malformed", () => decodeUdpRequest(new Uint8Array(15)));
  refuses(t, "datagram-malformed", () => decodeUdpRequest(new Uint8Array(16)));
  refuses(t, "datagram-malformed", () =>
    decodeUdpRequest(encodeUdpAnnounce(ids, "udp://t:1", announce).subarray(0, 97)),
  );
  const wild = encodeUdpAnnounce(ids, "udp://t:1", announce);
  wild[56] = 0xff;
  refuses(t, "datagram-malformed", () => decodeUdpRequest(wild));
});

test("a datagram cut or changed anywhere is accepted or refused", (t) => {
  survivesDamage(t, encodeUdpAnnounce(ids, "udp://t:1/a?b", announce), decodeUdpRequest);
  survivesDamage(t, encodeUdpScrape(ids, [infoHash]), decodeUdpRequest);
  const reply = { intervalSeconds: 60, peers: [{ host: "1.2.3.4", port: 5 }] };
  survivesDamage(t, encodeUdpAnnounceReply(1, reply, 4), (bytes) => decodeUdpReply(bytes, 4));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(4, 6), (bytes, family) => {
      acceptsOrRefuses(t, () => decodeUdpReply(bytes, family), hex(bytes));
      acceptsOrRefuses(t, () => decodeUdpRequest(bytes), hex(bytes));
    }),
  );
});

test("L10: the address that we name goes over UDP if it is an IPv4 address", (t) => {
  const addressIn = (address: string): string =>
    hex(encodeUdpAnnounce(ids, "udp://t:80/", { ...announce, address }).subarray(84, 88));
  t.is(addressIn("198.51.100.7"), "c6336407");
  t.is(addressIn("2001:db8::7"), "00000000");
});
