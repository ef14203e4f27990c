import { encodeQuery, nodeIdFrom } from "@troupe/protocol";
import test from "ava";

import { FedWorker } from "./support/fed-worker.ts";

function id(...bytes: readonly number[]): ReturnType<typeof nodeIdFrom> {
  const whole = new Uint8Array(20);
  whole.set(bytes);
  return nodeIdFrom(whole);
}

/** A worker that knows so many nodes, which never answer. */
function workerWithNodes(count: number): FedWorker {
  const fed = new FedWorker();
  for (let i = 0; i < count; i++) {
    const node = { id: id(i * 16, i), host: `30.0.${i}.1`, port: 6_881, roundTripMs: 20 };
    fed.node.table.answered(node, fed.time.nowMs());
  }
  return fed;
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

test("a worker at rest has one timer, and a stopped one none", (t) => {
  const fed = workerWithNodes(8);
  fed.worker.wake();
  fed.time.advance(120_000);
  t.is(fed.time.pending, 1);
  fed.worker.stop();
  fed.time.advance(1_000);
  t.is(fed.time.pending, 0);
});
