import { connect } from "node:net";
import test from "ava";
import type { ExecutionContext } from "ava";
import { announceUrl, decodeAnnounceReply } from "@troupe/protocol/tracker";
import { infoHashFromBytes } from "@troupe/protocol/units";
import type { AnnounceReply, AnnounceRequest } from "@troupe/protocol/tracker";
import { startTracker, type Tracker, type TrackerOptions } from "../src/index.ts";

const infoHash = infoHashFromBytes(new Uint8Array(20).fill(0xfe));
const otherHash = infoHashFromBytes(new Uint8Array(20).fill(0x41));

async function trackerFor(t: ExecutionContext, options: TrackerOptions = {}): Promise<Tracker> {
  const tracker = await startTracker({ host: "127.0.0.1", ...options });
  t.teardown(() => tracker.close());
  return tracker;
}

function request(fields: Partial<AnnounceRequest> = {}): AnnounceRequest {
  return {
    infoHash,
    peerId: new TextEncoder().encode("-XX0001-abcdefghijkl"),
    port: 7001,
    uploaded: 0,
    downloaded: 0,
    left: 100,
    numWant: 50,
    key: "k",
    ...fields,
  };
}

async function get(url: string): Promise<{ status: number; body: string; bytes: Uint8Array }> {
  const reply = await fetch(url);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  return { status: reply.status, body: Buffer.from(bytes).toString("latin1"), bytes };
}

async function announce(
  tracker: Tracker,
  fields: Partial<AnnounceRequest> = {},
): Promise<AnnounceReply> {
  return decodeAnnounceReply((await get(announceUrl(tracker.url, request(fields)))).bytes);
}

function scrapeUrl(tracker: Tracker, query: string): string {
  return `${tracker.url.replace("/announce", "/scrape")}${query}`;
}

const rawHash = "%FE".repeat(20);

test("two peers get each other's address, and not their own", async (t) => {
  const tracker = await trackerFor(t);
  t.deepEqual((await announce(tracker, { port: 7001, event: "started" })).peers, []);
  const second = await announce(tracker, { port: 7002, event: "started" });
  t.deepEqual(second.peers, [{ host: "127.0.0.1", port: 7001 }]);
  const first = await announce(tracker, { port: 7001 });
  t.deepEqual(first.peers, [{ host: "127.0.0.1", port: 7002 }]);
});

test("the answer counts seeds and leechers and names the interval", async (t) => {
  const tracker = await trackerFor(t, { intervalSeconds: 900 });
  await announce(tracker, { port: 7001, left: 0 });
  const { complete, incomplete, intervalSeconds } = await announce(tracker, { port: 7002 });
  t.deepEqual(
    { complete, incomplete, intervalSeconds },
    {
      complete: 1,
      incomplete: 1,
      intervalSeconds: 900,
    },
  );
});

test("a peer that announces stopped is removed and gets no addresses", async (t) => {
  const tracker = await trackerFor(t);
  await announce(tracker, { port: 7001 });
  await announce(tracker, { port: 7002 });
  t.deepEqual((await announce(tracker, { port: 7002, event: "stopped" })).peers, []);
  t.deepEqual((await announce(tracker, { port: 7001 })).peers, []);
});

test("a reply has at most `numwant` peers", async (t) => {
  const tracker = await trackerFor(t);
  for (const port of [7001, 7002, 7003]) await announce(tracker, { port });
  t.is((await announce(tracker, { port: 7009, numWant: 2 })).peers.length, 2);
  t.is((await announce(tracker, { port: 7009, numWant: 0 })).peers.length, 0);
});

test("a peer silent for two intervals is forgotten", async (t) => {
  let nowMs = 0;
  const tracker = await trackerFor(t, { intervalSeconds: 60, nowMs: () => nowMs });
  await announce(tracker, { port: 7001 });
  nowMs = 120_000;
  t.is((await announce(tracker, { port: 7002 })).peers.length, 1);
  nowMs = 120_001;
  t.is((await announce(tracker, { port: 7002 })).peers.length, 0);
});

test("compact=0 is answered with dictionaries, with ids unless no_peer_id is set", async (t) => {
  const tracker = await trackerFor(t);
  await announce(tracker, { port: 7001 });
  const url = announceUrl(tracker.url, request({ port: 7002 })).replace("compact=1", "compact=0");
  const withIds = await get(url);
  t.true(withIds.body.includes("7:peer id20:-XX0001-abcdefghijkl"), withIds.body);
  t.true(withIds.body.includes("4:porti7001e"), withIds.body);
  const withoutIds = await get(`${url}&no_peer_id=1`);
  t.false(withoutIds.body.includes("peer id"), withoutIds.body);
  t.true(withoutIds.body.includes("2:ip9:127.0.0.1"), withoutIds.body);
});

test("the address that a peer claims is ignored: its source address counts", async (t) => {
  const tracker = await trackerFor(t);
  await get(`${announceUrl(tracker.url, request({ port: 7001 }))}&ip=203.0.113.9`);
  t.deepEqual((await announce(tracker, { port: 7002 })).peers, [{ host: "127.0.0.1", port: 7001 }]);
});

test("peers on IPv6 and IPv4 meet in one swarm", async (t) => {
  const tracker = await startTracker();
  t.teardown(() => tracker.close());
  const onIpv6 = { ...tracker, url: `http://[::1]:${tracker.port}/announce` };
  await announce(onIpv6, { port: 7001 });
  t.deepEqual((await announce(tracker, { port: 7002 })).peers, [{ host: "::1", port: 7001 }]);
  t.deepEqual((await announce(onIpv6, { port: 7001 })).peers, [{ host: "127.0.0.1", port: 7002 }]);
});

test("a torrent that is not allowed gets a failure reason", async (t) => {
  const tracker = await trackerFor(t, { allow: (asked) => asked === otherHash });
  const { body } = await get(announceUrl(tracker.url, request()));
  t.true(body.startsWith("d14:failure reason"), body);
  t.deepEqual(tracker.swarms(), []);
});

const hostileQueries = {
  "no query at all": "",
  "nothing but separators": "?&&&==&",
  "an info-hash that is too short": "?info_hash=abc&peer_id=%00",
  "an info-hash that is given twice over": `?info_hash=${rawHash}&info_hash=${rawHash}`,
  "broken percent-encoding": "?info_hash=%ZZ%F&peer_id=%",
  "numbers that are none": `?info_hash=${rawHash}&peer_id=${"a".repeat(20)}&port=x&left=-1&uploaded=1e99&downloaded=`,
  "a port that cannot be dialled": `?info_hash=${rawHash}&peer_id=${"a".repeat(20)}&port=0&left=0&uploaded=0&downloaded=0`,
} as const;

for (const [title, query] of Object.entries(hostileQueries)) {
  test(`an announce with ${title} gets a failure reason and leaves no trace`, async (t) => {
    const tracker = await trackerFor(t);
    const { status, body } = await get(`${tracker.url}${query}`);
    t.is(status, 200);
    t.true(body.startsWith("d14:failure reason"), body);
    t.deepEqual(tracker.swarms(), []);
  });
}

test("other paths and methods are refused in bencode", async (t) => {
  const tracker = await trackerFor(t);
  const elsewhere = await get(tracker.url.replace("/announce", "/"));
  t.is(elsewhere.status, 404);
  t.true(elsewhere.body.startsWith("d14:failure reason"), elsewhere.body);
  const posted = await fetch(tracker.url, { method: "POST", body: "x" });
  t.is(posted.status, 405);
  await posted.arrayBuffer();
});

test("bytes that are not HTTP end only their connection", async (t) => {
  const tracker = await trackerFor(t);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(tracker.port, "127.0.0.1", () =>
      socket.write("\u0013BitTorrent protocol"),
    );
    socket
      .on("close", () => resolve())
      .on("error", reject)
      .resume();
  });
  t.deepEqual((await announce(tracker)).peers, []);
});

test("a scrape counts each torrent that it names", async (t) => {
  const tracker = await trackerFor(t);
  await announce(tracker, { port: 7001, left: 0, event: "completed" });
  await announce(tracker, { port: 7002 });
  await announce(tracker, { port: 7001, infoHash: otherHash });
  const { body } = await get(
    scrapeUrl(tracker, `?info_hash=${rawHash}&info_hash=${"A".repeat(20)}`),
  );
  const figures = (complete: number, downloaded: number, incomplete: number): string =>
    `d8:completei${complete}e10:downloadedi${downloaded}e10:incompletei${incomplete}ee`;
  t.is(
    body,
    `d5:filesd20:${"A".repeat(20)}${figures(0, 0, 1)}20:${"\u00fe".repeat(20)}${figures(1, 1, 1)}ee`,
  );
});

test("an unknown torrent is left out of a scrape", async (t) => {
  const tracker = await trackerFor(t);
  t.is((await get(scrapeUrl(tracker, `?info_hash=${rawHash}`))).body, "d5:filesdee");
});

test("a scrape of everything is refused", async (t) => {
  const tracker = await trackerFor(t);
  for (const query of ["", "?info_hash=short"]) {
    const { body } = await get(scrapeUrl(tracker, query));
    t.true(body.startsWith("d14:failure reason"), body);
  }
});

test("the snapshot has the torrents and peers of the tracker", async (t) => {
  const tracker = await trackerFor(t);
  await announce(tracker, { port: 7001, left: 0, event: "completed" });
  const [swarm] = tracker.swarms();
  t.like(swarm, { infoHash, complete: 1, incomplete: 0, downloaded: 1 });
  t.like(swarm?.peers[0], { host: "127.0.0.1", port: 7001, family: 4, leftBytes: 0 });
});

test("a port that is taken is refused with the system's code", async (t) => {
  const tracker = await trackerFor(t);
  const error = await t.throwsAsync(startTracker({ host: "127.0.0.1", port: tracker.port }));
  t.like(error, { code: "EADDRINUSE" });
});

test("after close no port is listened on", async (t) => {
  const tracker = await startTracker({ host: "127.0.0.1" });
  await announce(tracker).catch(() => undefined);
  await tracker.close();
  await t.throwsAsync(fetch(tracker.url));
});
