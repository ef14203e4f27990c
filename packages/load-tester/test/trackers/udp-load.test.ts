import test from "ava";
import { encodeUdpConnectReply, type ConnectionId } from "@troupe/protocol/tracker";
import { TrackerScene } from "../support/tracker-scene.ts";

const closed = { kind: "depth", depth: 1 } as const;

test("a client announces started, nothing, completed and stopped over its life", async (t) => {
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed } });
  scene.arrive(0, { stayMs: 2_000 });
  await scene.world.run(3_000);
  const events = scene.tracker.announces.map(({ query }) => query.event);
  t.is(events[0], "started");
  t.is(events.at(-1), "stopped");
  t.is(events.filter((event) => event === "started" || event === "stopped").length, 2);
  t.is(events.filter((event) => event === "completed").length, 1);
  const lefts = scene.tracker.announces.map(({ query }) => query.left);
  t.deepEqual(
    lefts,
    lefts.toSorted((a, b) => b - a),
  );
  t.is(lefts[events.indexOf("completed")], 0);
  t.is(scene.recorder.countOf("completed"), 1);
  t.is(scene.recorder.countOf("announces"), events.length);
  t.is(scene.recorder.gauge("gone"), 1);
});

test("a seed has nothing left from the beginning and never completes", async (t) => {
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed, seeds: 1 } });
  scene.arrive(0);
  await scene.world.run(2_000);
  t.true(scene.tracker.announces.length > 10);
  t.true(scene.tracker.announces.every(({ query }) => query.left === 0));
  t.is(scene.recorder.countOf("completed"), 0);
});

test("a client that stays until it is whole stops after its completed announce", async (t) => {
  const group = { stay: { kind: "whole" } } as const;
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed }, group });
  scene.arrive(0);
  await scene.world.run(5_000);
  const events = scene.tracker.announces.map(({ query }) => query.event);
  t.deepEqual(events.slice(-2), ["completed", "stopped"]);
});

test("a client that comes again announces started again", async (t) => {
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed } });
  scene.arrive(0, { stayMs: 500 });
  await scene.world.run(1_000);
  scene.arrive(0, { stayMs: 500, visit: 1 });
  await scene.world.run(1_000);
  const events = scene.tracker.announces.map(({ query }) => query.event);
  t.is(events.filter((event) => event === "started").length, 2);
  t.is(events.filter((event) => event === "stopped").length, 2);
  t.is(scene.recorder.countOf("broken_rules"), 0);
});

test("a closed load keeps its depth outstanding", async (t) => {
  const pace = { kind: "depth", depth: 3 } as const;
  const scene = await TrackerScene.open({ clients: 2, spec: { pace } });
  scene.arrive(0);
  scene.arrive(1);
  await scene.world.run(1_000);
  // The connect takes 40 ms, then each exchange does; the last one is under way.
  t.is(scene.recorder.countOf("announces"), 6 * 24);
  t.is(scene.recorder.acts.length, 0);
  t.true(scene.recorder.samples.every(({ sentMs }) => sentMs === undefined));
});

test("the latency of an open load of a UDP tracker begins at the intended time", async (t) => {
  const scene = await TrackerScene.open({ clients: 1 });
  scene.act(0);
  await scene.world.run(200);
  scene.act(0, { lateMs: 30 });
  await scene.world.run(200);
  const took = scene.recorder
    .samplesOf("announce")
    .map(({ beganMs, endedMs }) => endedMs - beganMs);
  // The first one waits for the connection id.
  t.deepEqual(took, [80, 70]);
  const fromSending = scene.recorder
    .samplesOf("announce")
    .map(({ endedMs, sentMs = NaN }) => endedMs - sentMs);
  t.deepEqual(fromSending, [80, 40]);
  const lateness = scene.recorder.acts.map(({ intendedMs, sentMs }) => sentMs - intendedMs);
  t.deepEqual(lateness, [0, 30]);
});

test("scrapes are the share of intents that the scenario gives", async (t) => {
  const scene = await TrackerScene.open({ clients: 10, spec: { scrapes: 0.25 } });
  for (let i = 0; i < 400; i++) {
    scene.act(i % 10, { seed: i });
    await scene.world.run(5);
  }
  await scene.world.run(200);
  const { recorder } = scene;
  t.is(recorder.countOf("announces") + recorder.countOf("scrapes"), 400);
  t.true(Math.abs(recorder.countOf("scrapes") - 100) < 30);
  t.is(recorder.samplesOf("scrape").length, recorder.countOf("scrapes"));
  t.is(recorder.countOf("broken_rules"), 0);
});

test("clients that come get a connection id before their first turn, one for each socket", async (t) => {
  const scene = await TrackerScene.open({ clients: 8 });
  for (let member = 0; member < 8; member++) scene.arrive(member);
  await scene.world.run(200);
  const connectsAtArrival = scene.tracker.connects;
  t.deepEqual(scene.tracker.announces, []);
  for (let member = 0; member < 8; member++) scene.act(member);
  await scene.world.run(200);
  t.is(scene.tracker.connects, connectsAtArrival);
  t.deepEqual(
    scene.recorder.samplesOf("announce").map(({ beganMs, endedMs }) => endedMs - beganMs),
    Array.from({ length: 8 }, () => 40),
  );
});

test("clients of one address share a connection id, which is never older than a minute", async (t) => {
  const scene = await TrackerScene.open({ clients: 8 });
  for (let second = 0; second < 130; second++) {
    for (let member = 0; member < 8; member++) scene.act(member);
    await scene.world.run(1_000);
  }
  // Eight sockets, each with an id for the first announce and a new one after 50 s and 100 s.
  t.is(scene.tracker.connects, 24);
  const firstUse = new Map<ConnectionId, number>();
  for (const { connectionId, atMs } of scene.tracker.announces) {
    if (!firstUse.has(connectionId)) firstUse.set(connectionId, atMs);
    t.true(atMs - (firstUse.get(connectionId) ?? 0) < 60_000);
  }
  t.is(scene.recorder.countOf("announces"), 8 * 130);
});

test("each socket has the source address of a client", async (t) => {
  const scene = await TrackerScene.open({ clients: 4, spec: { pace: closed } });
  for (let member = 0; member < 4; member++) scene.arrive(member);
  await scene.world.run(500);
  const hosts = new Set(scene.tracker.announces.map(({ host }) => host));
  t.deepEqual([...hosts].toSorted(), ["10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.4"]);
});

test("a lost connect is sent again", async (t) => {
  const scene = await TrackerScene.open({ clients: 1 });
  scene.tracker.faults = { reply: () => undefined };
  scene.act(0);
  await scene.world.run(500);
  scene.tracker.faults = {};
  await scene.world.run(1_500);
  t.is(scene.recorder.countOf("announces"), 1);
  t.is(scene.tracker.connects, 2);
});

test("an announce without an answer counts with its age after its timeout, and a closed load goes on", async (t) => {
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed } });
  scene.arrive(0);
  await scene.world.run(150);
  scene.tracker.faults = { reply: () => undefined };
  await scene.world.run(15_200);
  t.is(scene.recorder.countOf("unanswered: timeout"), 1);
  const longest = scene.recorder
    .samplesOf("announce")
    .map(({ beganMs, endedMs }) => endedMs - beganMs);
  t.true(Math.max(...longest) >= 15_000);
  const before = scene.recorder.countOf("announces");
  scene.tracker.faults = {};
  await scene.world.run(16_000);
  t.true(scene.recorder.countOf("announces") > before + 10);
});

test("no answer of another address, transaction, action or length counts", async (t) => {
  const scene = await TrackerScene.open({ clients: 1 });
  scene.act(0);
  await scene.world.run(200);
  const faults = [
    { fromElsewhere: true },
    { reply: (bytes: Uint8Array) => bytes.with(7, (bytes[7] ?? 0) ^ 1) },
    { reply: (bytes: Uint8Array) => bytes.subarray(0, 19) },
    { reply: (bytes: Uint8Array) => bytes.with(3, 7) },
    // A scrape reply for an announce; its twenty bytes have the right length.
    { reply: (bytes: Uint8Array) => bytes.with(3, 2) },
    { reply: (bytes: Uint8Array) => bytes.with(3, 3).subarray(0, 8) },
    { reply: () => encodeUdpConnectReply(1, 1n as ConnectionId) },
  ];
  for (const fault of faults) {
    scene.tracker.faults = fault;
    scene.act(0);
    await scene.world.run(200);
  }
  t.is(scene.recorder.countOf("announces"), 1);
  t.is(scene.recorder.countOf("wrong_answers"), faults.length);
  t.deepEqual(scene.recorder.labels("wrong_answers"), [
    "another action",
    "another transaction",
    "from another address",
    "malformed",
    "refused",
  ]);
});

test("a refusal is counted with its reason, and only few reasons by name", async (t) => {
  const scene = await TrackerScene.open({ clients: 1 });
  for (let i = 0; i < 20; i++) {
    scene.tracker.faults = { error: `not allowed ${i}` };
    scene.act(0);
    await scene.world.run(200);
  }
  t.is(scene.recorder.countOf("wrong_answers"), 20);
  t.is(scene.recorder.countOf("wrong_answers: refused: not allowed 0"), 1);
  t.is(scene.recorder.labels("wrong_answers").length, 9);
  t.is(scene.recorder.countOf("announces"), 0);
});

test("the end of a load stops the clients that are there, and nothing is sent afterwards", async (t) => {
  const scene = await TrackerScene.open({ clients: 3, spec: { pace: closed } });
  for (let member = 0; member < 3; member++) scene.arrive(member);
  await scene.world.run(300);
  const counted = scene.recorder.countOf("announces");
  await scene.end();
  await scene.world.run(1_000);
  const seen = scene.tracker.announces.length;
  t.is(
    [...scene.tracker.swarms.values()].every((swarm) => swarm.size === 0),
    true,
  );
  t.is(scene.recorder.countOf("announces"), counted);
  await scene.world.run(10_000);
  t.is(scene.tracker.announces.length, seen);
});

test("each announce has one end: answers, wrong answers, refusals of the system, and silence", async (t) => {
  const scene = await TrackerScene.open({ clients: 4, spec: { pace: closed, scrapes: 0.2 } });
  for (let member = 0; member < 4; member++) scene.arrive(member);
  await scene.world.run(1_000);
  scene.tracker.faults = { error: "not now" };
  await scene.world.run(1_000);
  scene.tracker.faults = { reply: () => undefined };
  await scene.world.run(20_000);
  scene.load.drain();
  await scene.world.run(100);
  await scene.end("drained");
  const [requests = 0, ...ends] = scene.recorder.requests;
  t.is(
    ends.reduce((sum, count) => sum + count, 0),
    requests,
  );
  const [answered = 0, wrong = 0, , , unanswered = 0] = ends;
  t.true(answered > 0 && wrong > 0 && unanswered >= 8, ends.join(" "));
  t.is(scene.recorder.countOf("unanswered: end of the drain"), 4);
  t.is(scene.recorder.countOf("sent"), 4);
});

test("a visit of a closed load of a UDP tracker counts as sent at its end, and is owed an answer that did not come", async (t) => {
  const scene = await TrackerScene.open({
    clients: 3,
    spec: { pace: closed },
    group: { timeoutMs: 1_000 },
  });
  scene.arrive(0, { stayMs: 500 });
  scene.arrive(1, { stayMs: 5_000 });
  scene.arrive(2);
  await scene.world.run(400);
  t.is(scene.recorder.countOf("sent"), 0);
  await scene.world.run(200);
  t.is(scene.recorder.countOf("sent"), 1);
  scene.tracker.faults = { reply: () => undefined };
  await scene.world.run(5_000);
  t.deepEqual([scene.recorder.countOf("sent"), scene.recorder.countOf("visits_owed")], [2, 1]);
  scene.load.drain();
  await scene.end("drained");
  t.deepEqual([scene.recorder.countOf("sent"), scene.recorder.countOf("visits_owed")], [3, 2]);
});

test("a load that drains sends nothing, and reads the answers that come", async (t) => {
  const scene = await TrackerScene.open({ clients: 2, spec: { pace: closed } });
  for (let member = 0; member < 2; member++) scene.arrive(member);
  await scene.world.run(1_005);
  const before = scene.tracker.announces.length;
  scene.load.drain();
  t.true(scene.load.isWaiting);
  await scene.world.run(100);
  t.false(scene.load.isWaiting);
  t.true(scene.tracker.announces.length - before <= 2);
  const [requests, answered] = scene.recorder.requests;
  t.is(answered, requests);
});

test("an answer after its timeout is late, and not of another transaction", async (t) => {
  const scene = await TrackerScene.open({ clients: 1, group: { timeoutMs: 5 } });
  scene.arrive(0);
  await scene.world.run(200);
  for (let count = 0; count < 20; count++) {
    scene.act(0);
    await scene.world.run(10);
  }
  await scene.world.run(200);
  const [requests, answered = 0, wrong, , , unanswered = 0] = scene.recorder.requests;
  t.deepEqual([requests, wrong], [answered + unanswered, 0]);
  t.true(answered > 0 && unanswered > 0, `${answered} ${unanswered}`);
  t.is(scene.recorder.countOf("late_answers"), unanswered);
  t.is(scene.recorder.countOf("wrong_answers"), 0);
});
