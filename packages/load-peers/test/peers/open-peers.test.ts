// Light peers against other light peers, in virtual time.

import test from "ava";
import { PieceHashes } from "@troupe/protocol/metainfo";
import { arrival, PeerWorld, pieceCount, type GroupChanges } from "../support/peer-world.ts";

const seeder: GroupChanges = { behaviour: "seeder", has: 1, take: undefined };

for (const extensions of [["fast", "extended"], ["fast"], ["extended"], []] as const) {
  test(`a leecher takes all pieces of a seeder, with the extensions [${extensions}]`, async (t) => {
    const world = new PeerWorld();
    const target = await world.waiting({ ...seeder, extensions });
    const { group, recorded } = world.group(target.address, { extensions });
    group.arrive(arrival(0));
    await world.world.runUntil(() => recorded.of("completed") === 1);
    const { totalBytes } = world.torrent.metainfo.geometry;
    t.is(recorded.of("bytes_down"), totalBytes);
    t.is(recorded.of("requests"), recorded.of("blocks"));
    t.is(target.recorded.of("bytes_up"), totalBytes);
    t.deepEqual([recorded.of("wrong_blocks"), recorded.of("broken_rules")], [0, 0]);
    t.is(target.recorded.of("broken_rules"), 0);
    const blocks = recorded.of("blocks");
    t.deepEqual(recorded.requests, [blocks, blocks, 0, 0, 0, 0]);
    t.deepEqual(recorded.now, { complete: 1 });
    for (const measure of ["connect", "handshake", "unchoke", "first_piece", "completion"] as const)
      t.is(recorded.latencies(measure).length, 1, measure);
    t.is(recorded.latencies("request_block").length, recorded.of("blocks"));
    await world.world.settle(Promise.all([group.end("cut"), target.group.end("cut")]));
    t.deepEqual([recorded.now, target.recorded.now], [{ gone: 1 }, { gone: 1 }]);
  });
}

for (const extensions of [["fast"], []] as const) {
  test(`requests count as outstanding until their end, with the extensions [${extensions}]`, async (t) => {
    const world = new PeerWorld();
    const target = await world.waiting({ ...seeder, extensions, upBytesPerSecond: 65_536 });
    const { group, recorded } = world.group(target.address, { extensions });
    group.arrive(arrival(0));
    await world.world.runUntil(() => recorded.of("blocks") === 20);
    t.is(group.outstanding, recorded.of("requests") - recorded.of("blocks"));
    t.true(group.outstanding > 0);
    await world.world.settle(group.end("cut"));
    t.is(group.outstanding, 0);
  });
}

test("nothing is outstanding after a run that got all blocks", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address);
  group.arrive(arrival(0));
  await world.world.runUntil(() => recorded.of("completed") === 1);
  t.is(group.outstanding, 0);
});

test("twenty leechers take four random pieces each, then stay", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder });
  // A seeder takes one connection: each leecher dials a seeder of its own.
  const addresses = [target.address];
  for (let count = 1; count < 20; count++) addresses.push((await world.waiting(seeder)).address);
  const groups = addresses.map((address) => world.group(address, { take: { pieces: 4 } }));
  for (const [peer, { group }] of groups.entries()) group.arrive(arrival(peer));
  await world.world.runUntil(() => groups.every(({ recorded }) => recorded.of("completed") === 1));
  await world.world.run(300_000);
  for (const { recorded } of groups) {
    t.is(recorded.of("bytes_down"), 4 * 65_536);
    t.deepEqual(recorded.now, { complete: 1 });
    t.is(recorded.of("closed_by_target"), 0);
  }
});

test("a leecher that stays until it is whole leaves then", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address, { take: { pieces: 2 } });
  group.arrive(arrival(0, { stay: { kind: "whole" } }));
  await world.world.runUntil(() => recorded.now["gone"] === 1);
  t.is(recorded.of("completed"), 1);
  t.is(recorded.of("closed_by_us: whole"), 1);
});

test("a seeder that stays until a ratio leaves when it has sent so much", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ behaviour: "leecher" });
  const { group, recorded } = world.group(target.address, seeder);
  group.arrive(arrival(0, { stay: { kind: "ratio", ratio: 0.5 } }));
  await world.world.runUntil(() => recorded.now["gone"] === 1);
  t.is(recorded.of("closed_by_us: ratio reached"), 1);
  const half = world.torrent.metainfo.geometry.totalBytes / 2;
  t.true(recorded.of("bytes_up") >= half && recorded.of("bytes_up") <= half + 8 * 16_384);
});

test("a peer leaves at the end of its time, and may come again under the same number", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address, { behaviour: "idle" });
  group.arrive(arrival(0, { stayMs: 5_000 }));
  await world.world.run(4_900);
  t.deepEqual(recorded.now, { open: 1 });
  await world.world.run(300);
  t.deepEqual(recorded.now, { gone: 1 });
  group.arrive(arrival(0, { visit: 1 }));
  await world.world.run(1_000);
  t.deepEqual(recorded.now, { open: 1 });
  group.arrive(arrival(0, { visit: 2 }));
  await world.world.run(1_000);
  t.deepEqual(recorded.now, { open: 1 });
  t.is(recorded.of("closed_by_us: next visit"), 1);
});

test("a dial that is not over when the peer comes again is counted", async (t) => {
  const world = new PeerWorld();
  const { group, recorded } = world.group({ host: "45.9.9.9", port: 1 });
  group.arrive(arrival(0));
  await world.world.run(1_000);
  group.arrive(arrival(0, { visit: 1 }));
  await world.world.run(1_000);
  t.is(recorded.of("refused: not connected by the next visit"), 1);
  await world.world.settle(group.end("cut"));
  t.is(recorded.of("refused"), 1);
  t.deepEqual(recorded.now, { gone: 1 });
});

test("an idle peer is not interested, and keeps its connection for an hour", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address, { behaviour: "idle" });
  group.arrive(arrival(0));
  await world.world.run(3_600_000);
  t.deepEqual(recorded.now, { open: 1 });
  t.is(recorded.of("requests"), 0);
});

test("a free rider takes pieces and serves none", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ has: 0.5 });
  const { group, recorded } = world.group(target.address, { behaviour: "free-rider" });
  group.arrive(arrival(0));
  await world.world.run(60_000);
  const had = recorded.of("bytes_down") / 65_536;
  t.true(had > 5 && had < pieceCount - 5, `${had}`);
  t.is(recorded.of("bytes_up"), 0);
  t.is(target.recorded.of("unchoke"), 0);
});

test("two partial peers exchange what the other one lacks, and measure have → request", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ behaviour: "partial", has: 0.5 });
  const { group, recorded } = world.group(target.address, { behaviour: "partial", has: 0.5 });
  group.arrive(arrival(3));
  await world.world.run(60_000);
  t.true(recorded.of("bytes_down") > 0 && recorded.of("bytes_up") > 0);
  t.is(recorded.of("bytes_down"), target.recorded.of("bytes_up"));
  t.deepEqual([...recorded.labels("broken_rules"), ...target.recorded.labels("broken_rules")], []);
});

test("a depth keeps so many requests outstanding, without an end when no pieces are taken", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address, {
    take: undefined,
    pace: { kind: "depth", depth: 3 },
  });
  group.arrive(arrival(0));
  await world.world.run(10_000);
  t.true(recorded.of("bytes_down") > world.torrent.metainfo.geometry.totalBytes);
  t.is(recorded.of("requests") - recorded.of("blocks"), 3);
  t.deepEqual(recorded.now, { unchoked: 1 });
  await world.world.settle(group.end("cut"));
  const [requests = 0, answered = 0, ...others] = recorded.requests;
  t.deepEqual([requests - answered, ...others], [3, 0, 0, 3, 0], "the peer itself left");
});

const silentTarget: GroupChanges = { ...seeder, delayMs: 1_500 };
const threeBlocks: GroupChanges = { take: undefined, pace: { kind: "depth", depth: 3 } };

test("requests without a block at the end of the drain are unanswered, with their age as their latency", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(silentTarget);
  const { group, recorded } = world.group(target.address, threeBlocks);
  group.arrive(arrival(0));
  while (recorded.of("requests") < 3) await world.world.run(100);
  group.drain();
  await world.world.run(1_100);
  t.true(group.isWaiting);
  await world.world.settle(group.end("drained"));
  t.deepEqual(recorded.requests, [3, 0, 0, 0, 0, 3]);
  t.is(recorded.of("unanswered: end of the drain"), 3);
  const ages = recorded.latencies("request_block");
  t.is(ages.length, 3);
  for (const age of ages) t.true(age >= 1_100 && age < 1_300, `${age}`);
});

/** A peer with three requests at a target of some delay, and its next visit after a time. */
async function nextVisitAfter(ms: number, delayMs: number) {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder, delayMs });
  const { group, recorded } = world.group(target.address, threeBlocks);
  group.arrive(arrival(0));
  while (recorded.of("requests") < 3) await world.world.run(100);
  await world.world.run(ms);
  group.arrive(arrival(0, { visit: 1 }));
  return recorded;
}

test("requests that a peer leaves are abandoned, with their age as their latency", async (t) => {
  const recorded = await nextVisitAfter(500, 1_500);
  t.deepEqual(recorded.requests, [3, 0, 0, 0, 3, 0]);
  t.deepEqual([recorded.of("sent"), recorded.of("visits_owed")], [1, 0]);
  const ages = recorded.latencies("request_block");
  t.is(ages.length, 3);
  for (const age of ages) t.true(age >= 500 && age < 700, `${age}`);
});

test("a visit without any answer for a second is owed one", async (t) => {
  const recorded = await nextVisitAfter(1_000, 1_500);
  t.deepEqual(recorded.requests, [3, 0, 0, 0, 3, 0]);
  t.deepEqual([recorded.of("sent"), recorded.of("visits_owed")], [1, 1]);
});

test("requests that a peer leaves after 5 s of silence are unanswered", async (t) => {
  const recorded = await nextVisitAfter(5_000, 6_000);
  t.deepEqual(recorded.requests, [3, 0, 0, 0, 0, 3]);
  t.is(recorded.of("unanswered: left in silence"), 3);
  t.is(recorded.of("visits_owed"), 1);
});

for (const [kind, upBytesPerSecond, owed] of [
  ["a slow target is owed nothing", 8_192, 0],
  ["a silent target is owed answers", 1, 1],
] as const) {
  test(`at the end of the drain a visit to ${kind}`, async (t) => {
    const world = new PeerWorld();
    const target = await world.waiting({ ...seeder, upBytesPerSecond });
    const { group, recorded } = world.group(target.address, threeBlocks);
    group.arrive(arrival(0));
    while (recorded.of("requests") < 3) await world.world.run(100);
    group.drain();
    await world.world.run(5_000);
    await world.world.settle(group.end("drained"));
    t.true(recorded.of("unanswered") > 0);
    t.deepEqual([recorded.of("sent"), recorded.of("visits_owed")], [1, owed]);
  });
}

for (const [kind, retryAfterMs, owed] of [
  ["is owed answers", undefined, 1],
  ["is owed nothing when its next connection is served", 500, 0],
] as const) {
  test(`a visit whose target closes the connection with requests open ${kind}`, async (t) => {
    const world = new PeerWorld();
    const target = await world.waiting({ ...seeder, upBytesPerSecond: 16_384 });
    const { group, recorded } = world.group(target.address, { ...threeBlocks, retryAfterMs });
    group.arrive(arrival(0));
    while (recorded.of("blocks") < 1) await world.world.run(100);
    world.world.network.cut("45.1.1.1", "45.2.2.2");
    await world.world.run(60_000);
    t.true(recorded.of("unanswered: connection ended") > 0);
    await world.world.settle(group.end("cut"));
    t.deepEqual([recorded.of("sent"), recorded.of("visits_owed")], [1, owed]);
  });
}

test("a peer that leaves a handshake of less than 0.2 s is excused, and accuses the target later", async (t) => {
  for (const [ms, counters] of [
    [100, { sent: 1, visits_excused: 1, not_sent_target: 0 }],
    [300, { sent: 0, visits_excused: 0, not_sent_target: 1 }],
  ] as const) {
    const world = new PeerWorld();
    // oxlint-disable-next-line no-await-in-loop
    const target = await world.waiting({ ...seeder, delayMs: 10_000 });
    const { group, recorded } = world.group(target.address);
    group.arrive(arrival(0));
    // oxlint-disable-next-line no-await-in-loop
    await world.world.runUntil(() => recorded.of("opened") === 1);
    // oxlint-disable-next-line no-await-in-loop
    await world.world.run(ms);
    group.arrive(arrival(0, { visit: 1 }));
    for (const [counter, count] of Object.entries(counters)) t.is(recorded.of(counter), count);
    t.is(recorded.latencies("handshake").length, 1);
  }
});

test("a group that drains requests nothing and reads what comes", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(silentTarget);
  const { group, recorded } = world.group(target.address, threeBlocks);
  group.arrive(arrival(0));
  while (recorded.of("requests") < 3) await world.world.run(100);
  group.drain();
  await world.world.run(5_000);
  t.false(group.isWaiting);
  t.deepEqual(recorded.requests, [3, 3, 0, 0, 0, 0]);
  await world.world.settle(group.end("drained"));
  t.deepEqual(recorded.requests, [3, 3, 0, 0, 0, 0]);
  t.is(recorded.of("sent"), 1);
});

test("a request without its block is unanswered after the timeout, requested again, and its late block breaks no rule", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder, delayMs: 4_000 });
  const { group, recorded } = world.group(target.address, {
    take: { pieces: 1 },
    requestTimeoutMs: 2_000,
  });
  group.arrive(arrival(0));
  while (recorded.of("requests") < 4) await world.world.run(100);
  await world.world.run(3_100);
  t.is(recorded.of("unanswered: timeout"), 4);
  for (const age of recorded.latencies("request_block")) t.true(age >= 2_000 && age <= 3_100);
  t.is(recorded.of("requests"), 8);
  await world.world.run(20_000);
  t.is(recorded.of("completed"), 1);
  t.deepEqual(recorded.labels("broken_rules"), []);
  const [requests = 0, ...ends] = recorded.requests;
  t.is(
    ends.reduce((sum, count) => sum + count, 0),
    requests,
  );
  t.true(recorded.of("late_answers") > 0);
});

test("a target that closes its connections leaves requests unanswered, and later actions not sent", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder, delayMs: 500 });
  const { group, recorded } = world.group(target.address, {
    pace: { kind: "rate" },
    countsVisits: false,
  });
  group.arrive(arrival(0));
  await world.world.run(5_000);
  group.request(0, 1, world.world.scheduler.nowMs);
  await world.world.run(100);
  world.world.network.cut("45.1.1.1", "45.2.2.2");
  await world.world.run(1_000);
  group.request(0, 2, world.world.scheduler.nowMs);
  t.deepEqual(recorded.requests, [1, 0, 0, 0, 0, 1]);
  t.is(recorded.of("unanswered: connection ended"), 1);
  t.deepEqual([recorded.of("sent"), recorded.of("not_sent_target: no connection")], [1, 1]);
  t.is(recorded.latencies("request_block").length, 1);
});

test("an action of a peer that is never unchoked is no fault of the target", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ behaviour: "free-rider", has: 1 });
  const { group, recorded } = world.group(target.address, {
    pace: { kind: "rate" },
    countsVisits: false,
  });
  group.arrive(arrival(0));
  await world.world.run(1_000);
  group.request(0, 1, world.world.scheduler.nowMs);
  await world.world.run(1_000);
  group.drain();
  await world.world.settle(group.end("drained"));
  t.deepEqual([recorded.of("not_unchoked"), recorded.of("sent")], [1, 0]);
  t.deepEqual(recorded.requests, [0, 0, 0, 0, 0, 0]);
});

test("a visit counts as sent when the target has shaken hands, else the target kept it from being sent", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const served = world.group(target.address, { behaviour: "idle" });
  const refused = world.group({ host: "45.1.1.1", port: 9 }, { behaviour: "idle" });
  const silent = world.group({ host: "45.9.9.9", port: 1 }, { behaviour: "idle" });
  for (const { group } of [served, refused, silent]) group.arrive(arrival(0));
  await world.world.run(5_000);
  for (const { group } of [served, refused, silent]) {
    group.drain();
    await world.world.settle(group.end("drained"));
  }
  t.deepEqual(
    [served, refused, silent].map(({ recorded }) => [
      recorded.of("sent"),
      recorded.of("not_sent_target: no connection"),
    ]),
    [
      [1, 0],
      [0, 1],
      [0, 1],
    ],
  );
});

test("an open load counts each latency from the intended time, also while the peer is choked", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder, delayMs: 1_000 });
  const { group, recorded } = world.group(target.address, { pace: { kind: "rate" } });
  group.arrive(arrival(0));
  group.request(0, 11, 0);
  await world.world.run(5_000);
  const nowMs = world.world.scheduler.nowMs;
  for (let seed = 0; seed < 10; seed++) group.request(0, seed, nowMs - 100);
  await world.world.run(5_000);
  const [first = 0, ...others] = recorded.latencies("request_block");
  // The handshake, the unchoke and the block are each a second late.
  t.true(first > 3_000 && first < 3_500, `${first}`);
  t.is(others.length, 10);
  for (const latency of others) t.true(latency > 1_100 && latency < 1_400, `${latency}`);
  // From the real sending only the block is late.
  t.is(recorded.fromSending.length, 11);
  for (const latency of recorded.fromSending)
    t.true(latency >= 1_000 && latency < 1_300, `${latency}`);
  t.is(recorded.of("requests"), 11);
  t.deepEqual(
    recorded.acts.map(({ intendedMs, sentMs }) => sentMs - intendedMs),
    [0, ...Array.from({ length: 10 }, () => 100)],
  );
});

test("an intent of a peer without a connection is handed over in time and not sent because of the target", async (t) => {
  const world = new PeerWorld();
  const { group, recorded } = world.group(
    { host: "45.9.9.9", port: 1 },
    { pace: { kind: "rate" }, countsVisits: false },
  );
  group.request(5, 1, 0);
  group.arrive(arrival(0));
  group.request(0, 1, 0);
  await world.world.run(60_000);
  t.deepEqual(
    recorded.acts.map(({ intendedMs, sentMs }) => sentMs - intendedMs),
    [0, 0],
  );
  t.is(recorded.of("not_sent_target: no connection"), 2);
  t.is(recorded.of("refused: dial-timeout"), 1);
  t.deepEqual(recorded.now, { gone: 1 });
});

test("a line limits what a peer requests, and what it sends", async (t) => {
  for (const line of [
    { leecher: { downBytesPerSecond: 50_000 }, seeder: {} },
    { leecher: {}, seeder: { upBytesPerSecond: 50_000 } },
  ]) {
    const world = new PeerWorld();
    const target = await world.waiting({ ...seeder, ...line.seeder });
    const { group, recorded } = world.group(target.address, line.leecher);
    group.arrive(arrival(0));
    await world.world.run(2_000);
    const before = recorded.of("bytes_down");
    await world.world.run(20_000);
    const rate = (recorded.of("bytes_down") - before) / 20;
    t.true(Math.abs(rate - 50_000) < 2_500, `${rate}`);
  }
});

test("a delay is added to each message that a peer sends", async (t) => {
  const latencies: number[] = [];
  for (const delayMs of [0, 500]) {
    const world = new PeerWorld();
    const target = await world.waiting(seeder);
    const { group, recorded } = world.group(target.address, { delayMs, take: { pieces: 1 } });
    group.arrive(arrival(0));
    await world.world.runUntil(() => recorded.of("completed") === 1);
    latencies.push(Math.max(...recorded.latencies("request_block")));
  }
  const [without = 0, late = 0] = latencies;
  t.true(Math.abs(late - without - 500) < 20, `${without} ${late}`);
});

test("a refused peer dials again after its pause, and is counted each time", async (t) => {
  const world = new PeerWorld();
  const { group, recorded } = world.group({ host: "45.1.1.1", port: 9 }, { retryAfterMs: 1_000 });
  group.arrive(arrival(0));
  await world.world.run(10_500);
  t.true(recorded.of("refused: ECONNREFUSED") >= 9);
  t.is(recorded.of("arrived"), 1);
  t.deepEqual(recorded.now, { waiting: 1 });
});

test("a peer does not dial an address that is not allowed", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const { group, recorded } = world.group(target.address, { mayDial: () => false });
  group.arrive(arrival(0));
  await world.world.run(1_000);
  t.is(recorded.of("refused: address not allowed"), 1);
  t.deepEqual([recorded.of("opened"), target.recorded.of("opened")], [0, 0]);
});

for (const [title, changes, arrives, reason] of [
  ["whose address is not allowed", { mayDial: () => false }, {}, "address not allowed"],
  ["without a local address", {}, { localHost: "45.9.9.9" }, "EADDRNOTAVAIL"],
] as const) {
  test(`a peer ${title} is not sent because of this machine, nor are its actions`, async (t) => {
    const world = new PeerWorld();
    const target = await world.waiting(seeder);
    const closed = world.group(target.address, changes);
    const open = world.group(target.address, {
      ...{ ...changes, pace: { kind: "rate" }, countsVisits: false, retryAfterMs: 5_000 },
    });
    for (const { group } of [closed, open]) group.arrive(arrival(0, arrives));
    await world.world.run(1_000);
    if (reason === "EADDRNOTAVAIL") open.group.request(0, 1, 1_000);
    for (const { group } of [closed, open]) await world.world.settle(group.end("drained"));
    t.is(closed.recorded.of(`not_sent_ours: ${reason}`), 1);
    t.is(closed.recorded.of("not_sent_target"), 0);
    if (reason === "EADDRNOTAVAIL") t.is(open.recorded.of(`not_sent_ours: ${reason}`), 1);
    t.is(open.recorded.of("not_sent_target"), 0);
  });
}

test("a peer goes on with its pieces after the target has closed its connection", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting({ ...seeder, upBytesPerSecond: 200_000 });
  const { group, recorded } = world.group(target.address, { retryAfterMs: 2_000 });
  group.arrive(arrival(0));
  await world.world.run(6_000);
  world.world.network.cut("45.1.1.1", "45.2.2.2");
  await world.world.runUntil(() => recorded.of("completed") === 1);
  t.is(recorded.of("closed_by_target: ECONNRESET"), 1);
  t.is(recorded.of("opened"), 2);
  const { totalBytes } = world.torrent.metainfo.geometry;
  t.true(recorded.of("bytes_down") <= totalBytes + 4 * 16_384);
});

test("without content a piece is judged by its hash", async (t) => {
  const world = new PeerWorld();
  const target = await world.waiting(seeder);
  const torrent = { ...world.torrent, content: undefined };
  const { group, recorded } = world.group(target.address, { torrent });
  group.arrive(arrival(0));
  await world.world.runUntil(() => recorded.of("completed") === 1);
  t.is(recorded.of("wrong_blocks"), 0);
  const { algorithm, bytes } = world.torrent.metainfo.pieceHashes;
  const changed = new Uint8Array(bytes);
  changed[0] = (changed[0] ?? 0) ^ 1;
  const pieceHashes = new PieceHashes(algorithm, changed);
  const other = { content: undefined, metainfo: { ...world.torrent.metainfo, pieceHashes } };
  const second = await world.waiting(seeder);
  const judging = world.group(second.address, { torrent: other });
  judging.group.arrive(arrival(0));
  await world.world.run(60_000);
  t.true(judging.recorded.of("wrong_blocks: piece hash") > 1);
  t.is(judging.recorded.of("completed"), 0);
});

test("the same seed gives the same run", async (t) => {
  const run = async () => {
    const world = new PeerWorld();
    const target = await world.waiting(seeder);
    const { group, recorded } = world.group(target.address, { take: { pieces: 7 } });
    group.arrive(arrival(0, { seed: 99 }));
    await world.world.run(60_000);
    return [[...recorded.counts], recorded.latencies("request_block")];
  };
  t.deepEqual(await run(), await run());
});
