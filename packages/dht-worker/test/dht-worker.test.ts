import { seededRandom } from "@troupe/actor-runtime/testing";
import { decodeKrpc, encodeQuery, encodeResponse, nodeIdFrom } from "@troupe/protocol/dht";
import test from "ava";

import type { DhtEndpoint, DhtOptions } from "@troupe/messages";
import { defaultLimits } from "../src/default-limits.ts";
import { senderOf } from "../src/serving/sender.ts";
import { FedWorker } from "./support/fed-worker.ts";
import { NodeBench } from "./support/node-bench.ts";

function id(...bytes: readonly number[]): ReturnType<typeof nodeIdFrom> {
  const whole = new Uint8Array(20);
  whole.set(bytes);
  return nodeIdFrom(whole);
}

/** A worker that knows so many nodes, which never answer. */
function workerWithNodes(count: number, options: DhtOptions = {}): FedWorker {
  const fed = new FedWorker(options);
  for (let i = 0; i < count; i++) {
    const node = { id: id(i * 16, i), host: `30.0.${i}.1`, port: 6_881, roundTripMs: 20 };
    fed.node.table.answered(node, fed.time.nowMs());
  }
  return fed;
}

/** Each query that the worker has sent is answered by the node of its table that was asked. */
function answerAll({ sent, node }: FedWorker): void {
  for (const { bytes, to } of sent.splice(0)) {
    const message = decodeKrpc(bytes, 4);
    const asked = node.table.find(to.host, to.port);
    if (message?.kind !== "query" || asked === undefined) continue;
    const answer = encodeResponse(message.transaction, { id: asked.id }, { family: 4, to });
    node.received(answer, to);
  }
}

test("case 85: forged senders get at most four times their bytes and 2,000 bytes a second, pings included", (t) => {
  const fed = workerWithNodes(12);
  fed.time.advance(60_000);
  fed.sent.length = 0;
  let received = 0;
  for (let i = 0; i < 5_000; i++) {
    const query = { method: "get_peers", target: id(i & 255, i >> 8) } as const;
    const bytes = encodeQuery(
      Uint8Array.of(i & 255, i >> 8),
      id(255 - (i & 255), i >> 8),
      query,
      {},
    );
    received += bytes.length;
    fed.node.received(bytes, { host: `40.${i & 127}.${i >> 7}.9`, port: 6_881 });
    fed.time.advance(2);
  }
  const forged = fed.sent.filter(({ to }) => to.host.startsWith("40."));
  const sent = forged.reduce((sum, { bytes }) => sum + bytes.length, 0);
  t.true(forged.length > 100);
  t.true(sent <= 4 * received + 2_000 * 10, `${sent} bytes for ${received}`);
});

test("case 85: forged senders that do not answer our pings do not make a node believe that it is cut off", (t) => {
  const unansweredAfter = (forgedQueries: number): number => {
    const fed = workerWithNodes(12);
    for (let i = 0; i < 40; i++) {
      const query = encodeQuery(Uint8Array.of(1, i), id(200, i), { method: "ping" }, {});
      const from = { host: `40.0.${i}.9`, port: 6_881 };
      if (i < forgedQueries) fed.node.received(query, from);
      fed.time.advance(500);
    }
    const toForged = fed.sent.filter(({ to }) => to.host.startsWith("40."));
    t.true(toForged.length >= 1.5 * forgedQueries, "answers and pings");
    return fed.node.unanswered;
  };
  t.is(unansweredAfter(40), unansweredAfter(0));
});

test("a worker sends at most 200 queries in a second, and 100 a second on the average", (t) => {
  const fed = workerWithNodes(200);
  for (let quest = 1; quest <= 64; quest++) {
    const subject = { kind: "find-node", target: id(quest * 4) } as const;
    fed.worker.quests.begin({ quest, subject }, fed.time.nowMs());
  }
  fed.worker.wake();
  fed.time.advance(1_000);
  t.true(fed.sent.length > 100 && fed.sent.length <= 200, `${fed.sent.length} in a second`);
  fed.time.advance(9_000);
  t.true(fed.sent.length <= 1_100, `${fed.sent.length} in ten seconds`);
});

test("pings of strangers count among the 100 queries a second", (t) => {
  const limits = { ...defaultLimits, lookUps: 200 };
  const fed = workerWithNodes(200, { limits });
  for (let quest = 1; quest <= 200; quest++) {
    const subject = { kind: "find-node", target: id(quest) } as const;
    fed.worker.quests.begin({ quest, subject }, fed.time.nowMs());
  }
  fed.worker.wake();
  let pings = 0;
  let queries = 0;
  const from = fed.time.nowMs();
  // Until the first of the silent nodes has failed.
  for (let i = 0; i < 500; i++) {
    const host = `40.${i & 127}.${i >> 7}.9`;
    const query = encodeQuery(Uint8Array.of(1, i), id(200, i), { method: "ping" }, {});
    fed.node.received(query, { host, port: 6_881 });
    fed.time.advance(10);
    for (const { bytes } of fed.sent.splice(0)) {
      const message = decodeKrpc(bytes, 4);
      if (message?.kind !== "query") continue;
      queries++;
      if (message.query.method === "ping") pings++;
    }
  }
  const seconds = (fed.time.nowMs() - from) / 1_000;
  t.true(pings >= 4 * seconds, `${pings} pings in ${seconds} s`);
  t.true(queries <= 100 * seconds + 100, `${queries} queries in ${seconds} s`);
});

test("nodes of the table are pinged however many look-ups wait", (t) => {
  const fed = workerWithNodes(200, { limits: { ...defaultLimits, lookUps: 200 } });
  for (let second = 0; second < 300; second++) {
    fed.time.advance(1_000);
    answerAll(fed);
  }
  for (let quest = 1; quest <= 1_000; quest++) {
    const subject = { kind: "find-node", target: id(quest, quest >> 8) } as const;
    fed.worker.quests.begin({ quest, subject }, fed.time.nowMs());
  }
  fed.worker.wake();
  fed.sent.length = 0;
  let pings = 0;
  for (let second = 0; second < 20; second++) {
    fed.time.advance(1_000);
    for (const { bytes } of fed.sent) {
      const message = decodeKrpc(bytes, 4);
      if (message?.kind === "query" && message.query.method === "ping") pings++;
    }
    answerAll(fed);
  }
  t.true(fed.worker.services.queue.waiting > 0);
  t.true(pings >= 19, `${pings} pings in 20 s`);
});

for (const host of ["0.0.0.1", "192.0.0.9", "224.0.0.251", "240.0.0.1", "255.255.255.255"]) {
  test(`a datagram from ${host}, which is the address of no node, is ignored`, (t) => {
    const fed = workerWithNodes(8);
    const query = encodeQuery(Uint8Array.of(1), id(9), { method: "ping" }, {});
    fed.node.received(query, { host, port: 6_881 });
    t.deepEqual(fed.sent, []);
    t.like(fed.node.traffic, { ignored: 1, queriesReceived: 0 });
  });
}

test("an IPv6 address is asked in the form in which its answer comes, however it is written", async (t) => {
  const endpoint = (host: string): DhtEndpoint => ({ host, port: 6_881 });
  const bench = await NodeBench.start(seededRandom(1), {
    bootstrap: [endpoint("2A00:2:0:0:0:0:0:1")],
    routers: [endpoint("2a00:3:0::1")],
  });
  bench.worker.addContacts("torrent", [endpoint("2a00:0004::0:1"), endpoint("::ffff:30.0.0.1")]);
  bench.time.advance(20_000);
  const asked = new Set(bench.take().map(({ to }) => to.host));
  t.deepEqual([...asked].toSorted(), ["2a00:2::1", "2a00:3::1", "2a00:4::1", "30.0.0.1"]);
});

test("at most 16 names that torrents and peers give are resolved at once, and none twice", (t) => {
  const fed = workerWithNodes(8);
  for (let torrent = 0; torrent < 100; torrent++) {
    const names = [`a${torrent}.example`, "router.example"];
    const nodes = names.map((host) => ({ host, port: 6_881 }));
    fed.worker.addContacts("torrent", nodes);
  }
  t.is(fed.resolved.length, 16);
  t.is(new Set(fed.resolved).size, 16);
});

test("peers and items of others leave the counts when they have expired", (t) => {
  const fed = workerWithNodes(8);
  const { peers, items } = fed.worker.services.serving;
  for (let torrent = 0; torrent < 60; torrent++)
    peers.announce(id(torrent), "30.0.0.9", 1, fed.time.nowMs());
  items.put(id(1), { kind: "immutable", value: Uint8Array.of(1) }, { senderKey: "a" }, 0);
  fed.time.advance(44 * 60_000);
  t.is(peers.peerCount, 60);
  fed.time.advance(6 * 60_000);
  t.deepEqual([peers.peerCount, peers.torrentCount, items.size], [0, 0, 1]);
  fed.time.advance(75 * 60_000);
  t.is(items.size, 0);
});

test("while its owner does not keep up, a worker sends no query", (t) => {
  const fed = workerWithNodes(20);
  fed.time.advance(5_000);
  fed.noticeCredits = 0;
  const subject = { kind: "get-peers", target: id(7) } as const;
  fed.worker.quests.begin({ quest: 1, subject }, fed.time.nowMs());
  fed.worker.wake();
  const before = fed.sent.length;
  fed.time.advance(20_000);
  t.is(fed.sent.length, before);
  fed.giveRoom();
  fed.time.advance(1_000);
  t.true(fed.sent.length > before);
});

test("case 85: all nodes of a full table stay proven by our pings, even if they only ask", (t) => {
  const fed = new FedWorker();
  const startMs = fed.time.nowMs();
  const { table } = fed.node;
  for (let i = 0; i < 4_096; i++) {
    const place = (i * 1_597) % 4_096;
    const node = { id: id(place >> 4, place << 4), host: `30.${i >> 8}.${i & 255}.1`, port: 6_881 };
    table.answered({ ...node, roundTripMs: 20 }, startMs);
  }
  t.true(table.size > 250);
  const nodes = table.buckets.flatMap((bucket) => bucket.nodes);
  const keys = nodes.map(({ host, port }) => senderOf(host, port).key);
  const { proven } = fed.worker.services.serving;
  for (const key of keys) proven.prove(key, startMs);
  let lost = 0;
  for (let second = 0; second < 1_800; second++) {
    fed.time.advance(1_000);
    answerAll(fed);
    const nowMs = fed.time.nowMs();
    if (second % 10 === 0) lost += keys.filter((key) => !proven.isProven(key, nowMs)).length;
  }
  t.is(lost, 0);
});

test("a worker at rest has one timer, and a stopped one none", (t) => {
  const fed = workerWithNodes(8);
  fed.worker.wake();
  fed.time.advance(120_000);
  t.is(fed.time.pending, 1);
  fed.worker.stop();
  fed.time.advance(1_000);
  t.is(fed.time.pending, 0);
});
