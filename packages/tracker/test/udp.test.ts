import { createSocket } from "node:dgram";
import test, { type ExecutionContext } from "ava";
import {
  decodeUdpReply,
  encodeUdpAnnounce,
  encodeUdpConnect,
  encodeUdpScrape,
  type AnnounceRequest,
  type ConnectionId,
  type UdpTrackerReply,
} from "@troupe/protocol/tracker";
import { infoHashFromBytes } from "@troupe/protocol/units";
import { startTracker, type Tracker, type TrackerOptions } from "../src/index.ts";

const infoHash = infoHashFromBytes(new Uint8Array(20).fill(0xfe));
const counters = { uploaded: 0, downloaded: 0, left: 100, numWant: 50, key: "01234567" };

/** A client of the tracker: datagrams and their replies in turn. */
class Client {
  readonly #socket;
  readonly #tracker;
  readonly #family: 4 | 6;

  constructor(t: ExecutionContext, tracker: Tracker, family: 4 | 6 = 4) {
    this.#socket = createSocket(family === 4 ? "udp4" : "udp6");
    this.#tracker = tracker;
    this.#family = family;
    t.teardown(() => this.#socket.close());
  }

  async ask(bytes: Uint8Array): Promise<UdpTrackerReply> {
    const answered = new Promise<Uint8Array>((resolve) => this.#socket.once("message", resolve));
    this.#socket.send(bytes, this.#tracker.port, this.#family === 4 ? "127.0.0.1" : "::1");
    return decodeUdpReply(await answered, this.#family);
  }

  async connect(transactionId = 7): Promise<ConnectionId> {
    const reply = await this.ask(encodeUdpConnect(transactionId));
    if (reply.action !== "connect") throw new Error(`not connected: ${reply.action}`);
    return reply.connectionId;
  }

  async announce(fields: Partial<AnnounceRequest> = {}, connectionId?: ConnectionId) {
    const ids = { connectionId: connectionId ?? (await this.connect()), transactionId: 8 };
    const request = { infoHash, peerId: new Uint8Array(20), port: 7_001, ...counters, ...fields };
    return await this.ask(encodeUdpAnnounce(ids, this.#tracker.udpUrl, request));
  }
}

async function trackerFor(t: ExecutionContext, options: TrackerOptions = {}): Promise<Tracker> {
  const tracker = await startTracker({ host: "127.0.0.1", ...options });
  t.teardown(() => tracker.close());
  return tracker;
}

test("peers that announce by UDP and by HTTP meet in one swarm", async (t) => {
  const tracker = await trackerFor(t);
  const client = new Client(t, tracker);
  const first = await client.announce({ event: "started" });
  t.deepEqual(first, {
    transactionId: 8,
    action: "announce",
    reply: { intervalSeconds: 1_800, complete: 0, incomplete: 1, peers: [] },
  });
  const hash = "%fe".repeat(20);
  const id = "%61".repeat(20);
  await fetch(`${tracker.url}?info_hash=${hash}&peer_id=${id}&port=7002&left=0`);
  const again = await client.announce();
  t.deepEqual(again.action === "announce" && again.reply.peers, [
    { host: "127.0.0.1", port: 7_002 },
  ]);
  t.regex(tracker.udpUrl, new RegExp(`^udp://127\\.0\\.0\\.1:${tracker.port}/announce$`));
});

test("`completed` is counted, `stopped` drops the peer, and a scrape shows both", async (t) => {
  const tracker = await trackerFor(t);
  const client = new Client(t, tracker);
  await client.announce({ event: "completed", left: 0 });
  await client.announce({ port: 7_002 });
  const other = infoHashFromBytes(new Uint8Array(20));
  const scrape = async () => {
    const ids = { connectionId: await client.connect(), transactionId: 9 };
    return await client.ask(encodeUdpScrape(ids, [other, infoHash]));
  };
  const none = { complete: 0, downloaded: 0, incomplete: 0 };
  t.deepEqual(await scrape(), {
    transactionId: 9,
    action: "scrape",
    counts: [none, { complete: 1, downloaded: 1, incomplete: 1 }],
  });
  const last = await client.announce({ event: "stopped", left: 0 });
  t.deepEqual(last.action === "announce" && last.reply.peers, []);
  const after = await scrape();
  t.deepEqual(after.action === "scrape" && after.counts[1], {
    ...none,
    downloaded: 1,
    incomplete: 1,
  });
});

test("a connection id is the sender's alone and valid for two minutes", async (t) => {
  let nowMs = 0;
  const tracker = await trackerFor(t, { nowMs: () => nowMs });
  const client = new Client(t, tracker);
  const connectionId = await client.connect();
  nowMs = 120_000;
  t.is((await client.announce({}, connectionId)).action, "announce");
  nowMs = 180_000;
  t.is((await client.announce({}, connectionId)).action, "error");
  t.is((await client.announce({}, 1n as ConnectionId)).action, "error");
  t.is(tracker.swarms()[0]?.incomplete, 1);
});

test("a torrent that is not allowed and port 0 are refused with a reason", async (t) => {
  const tracker = await trackerFor(t, { allow: (hash) => hash === infoHash });
  const client = new Client(t, tracker);
  t.is((await client.announce({ port: 0 })).action, "error");
  const other = infoHashFromBytes(new Uint8Array(20));
  const reply = await client.announce({ infoHash: other });
  t.is(reply.action === "error" && reply.reason, "this tracker does not track that torrent");
  t.deepEqual(tracker.swarms(), []);
});

test("a datagram that is no request gets no reply, and the next one is answered", async (t) => {
  const tracker = await trackerFor(t);
  const client = new Client(t, tracker);
  void client.ask(new Uint8Array(15)).catch(() => {});
  const { transactionId } = await client.ask(encodeUdpConnect(77));
  t.is(transactionId, 77);
});

test("a forged sender gets no reply that is longer than its datagram", async (t) => {
  const tracker = await trackerFor(t);
  const client = new Client(t, tracker);
  const forged = 1n as ConnectionId;
  const scrape = encodeUdpScrape({ connectionId: forged, transactionId: 9 }, []);
  t.is(scrape.length, 16);
  // A reply to the scrape would come before the reply to the connect.
  void client.ask(scrape).catch(() => {});
  t.is((await client.ask(encodeUdpConnect(10))).transactionId, 10);
  t.is((await client.announce({}, forged)).action, "error");
});

test("AE25: peers of IPv6 learn of each other over IPv6", async (t) => {
  const tracker = await trackerFor(t, { host: "::1" });
  const client = new Client(t, tracker, 6);
  await client.announce();
  const reply = await client.announce({ port: 7_002 });
  t.deepEqual(reply.action === "announce" && reply.reply.peers, [{ host: "::1", port: 7_001 }]);
});

test("one port serves TCP and UDP over IPv4 and IPv6", async (t) => {
  const tracker = await startTracker();
  t.teardown(() => tracker.close());
  for (const family of [4, 6] as const) {
    const reply = await new Client(t, tracker, family).announce({ port: 7_000 + family });
    t.deepEqual(reply.action === "announce" && reply.reply.peers, [], "peers of one family alone");
  }
  t.is(tracker.swarms()[0]?.peers.length, 2);
});
