import test from "ava";
import fc from "fast-check";
import { formatIp } from "../../src/address/index.ts";
import {
  decodeUdpReply,
  encodeUdpAnnounce,
  encodeUdpAnnounceReply,
  encodeUdpConnect,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrape,
  encodeUdpScrapeReply,
  udpAnnounceTemplate,
  UdpReplyView,
  writeUdpAnnounce,
  writeUdpConnect,
  writeUdpScrape,
  type ConnectionId,
} from "../../src/tracker/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
import { bytesOf } from "../support/bytes.ts";

const hashBytes = bytesOf("h".repeat(20));
const infoHash = infoHashFromBytes(hashBytes);
const peerId = bytesOf("p".repeat(20));
const connectionId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const ids = { connectionId: 0x0102_0304_0506_0708n as ConnectionId, transactionId: 0xfedc_ba98 };
const counters = { port: 6_881, uploaded: 3, downloaded: 2 ** 40 + 1, left: 2 ** 53 - 1 };

for (const event of ["started", "completed", "stopped", undefined] as const) {
  test(`an announce written in place equals the encoded one: event ${event ?? "none"}`, (t) => {
    const url = "udp://tracker.example:80/announce?passkey=1";
    const bytes = udpAnnounceTemplate(url);
    const key = 0x89ab_cdef;
    const fields = { ...ids, connectionId, infoHash: hashBytes, peerId, event, key, numWant: 50 };
    writeUdpAnnounce(bytes, { ...fields, ...counters });
    const announce = { infoHash, peerId, numWant: 50, key: "89abcdef", ...counters };
    const encoded = encodeUdpAnnounce(ids, url, { ...announce, ...(event && { event }) });
    t.is(Buffer.compare(bytes, encoded), 0);
  });
}

test("a connect and a scrape written in place equal the encoded ones", (t) => {
  const connect = new Uint8Array(16);
  writeUdpConnect(connect, 7);
  t.is(Buffer.compare(connect, encodeUdpConnect(7)), 0);
  const scrape = new Uint8Array(36);
  writeUdpScrape(scrape, connectionId, ids.transactionId, hashBytes);
  t.is(Buffer.compare(scrape, encodeUdpScrape(ids, [infoHash])), 0);
});

for (const family of [4, 6] as const) {
  test(`an announce reply over IPv${family} has the values that were encoded`, (t) => {
    const hosts = family === 4 ? ["10.77.0.1", "10.77.1.2"] : ["fd00::1", "fd00::2"];
    const peers = hosts.map((host, i) => ({ host, port: 5_000 + i }));
    const view = new UdpReplyView();
    const reply = { intervalSeconds: 30, complete: 3, incomplete: 4, peers };
    t.is(view.read(encodeUdpAnnounceReply(9, reply, family), family), "announce");
    t.deepEqual([view.transactionId, view.intervalSeconds, view.peerCount], [9, 30, 2]);
    const read = [0, 1].map((i) => ({ host: formatIp(view.peerIp(i)), port: view.peerPort(i) }));
    t.deepEqual(read, peers);
    if (family === 4) t.is(view.peerIp4(1), 0x0a_4d_01_02);
  });
}

test("connect, scrape and error replies have the values that were encoded", (t) => {
  const view = new UdpReplyView();
  t.is(view.read(encodeUdpConnectReply(1, ids.connectionId), 4), "connect");
  t.deepEqual(Uint8Array.from(view.connectionId), connectionId);
  const counts = { complete: 5, downloaded: 6, incomplete: 7 };
  t.is(view.read(encodeUdpScrapeReply(2, [counts]), 4), "scrape");
  t.deepEqual([view.torrentCount, view.complete, view.incomplete], [1, 5, 7]);
  t.is(view.read(encodeUdpError(3, "no\u001b"), 4), "error");
  t.is(view.reason.includes("\u001b"), false);
});

test("a datagram cut at any byte is refused or an error", (t) => {
  const view = new UdpReplyView();
  const peers = [{ host: "10.77.0.1", port: 5_000 }];
  const whole = encodeUdpAnnounceReply(9, { intervalSeconds: 30, peers }, 4);
  const lengths = Array.from(whole, (_, length) => length);
  const accepted = lengths.filter((length) => view.read(whole.subarray(0, length), 4));
  t.deepEqual(accepted, [20]);
  t.is(view.read(new Uint8Array(1_501), 4), undefined);
});

test("a reply that the view accepts has the kind and transaction that the decoder reads", (t) => {
  const view = new UdpReplyView();
  const reply = fc
    .tuple(fc.integer({ min: 0, max: 4 }), fc.uint8Array({ maxLength: 80 }))
    .map(([action, rest]) => Uint8Array.of(0, 0, 0, action, ...rest));
  fc.assert(
    fc.property(reply, (bytes) => {
      const kind = view.read(bytes, 4);
      if (kind === undefined) return;
      const decoded = decodeUdpReply(bytes, 4);
      t.deepEqual([kind, view.transactionId], [decoded.action, decoded.transactionId]);
    }),
  );
});
