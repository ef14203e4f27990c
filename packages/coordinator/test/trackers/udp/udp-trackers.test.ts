import test from "ava";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import {
  decodeUdpRequest,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrapeReply,
  type AnnounceRequest,
  type ConnectionId,
  type UdpTrackerRequest,
} from "@troupe/protocol/tracker";
import { parseInfoHash } from "@troupe/protocol/units";
import { UdpTrackers } from "../../../src/trackers/udp/udp-trackers.ts";

const infoHash = parseInfoHash("ab".repeat(20));
const counters = { uploaded: 1, downloaded: 2, left: 3, numWant: 200, key: "01234567" };
const announce: AnnounceRequest = {
  ...counters,
  infoHash,
  peerId: new Uint8Array(20),
  port: 6_881,
  event: "started",
};
const to = { host: "203.0.113.9", port: 80 };
const second = 1_000;

type Mood = "answer" | "silent" | "forge" | "refuse" | "refuse-connect";

/** A tracker that answers as `mood` says, and our client; times are virtual. */
async function scene(seed = "udp", lossChance = 0) {
  const world = new SimulatedWorld({
    seed,
    datagrams: { latencyMs: 50, jitterMs: 0, lossChance },
  });
  const tracker = world.machine({ addresses: [to.host, "2001:db8::9"] }).ports("tracker");
  const other = world.machine({ addresses: ["203.0.113.10"] }).ports("other");
  const ports = world.machine({ addresses: ["203.0.113.1", "2001:db8::1"] }).ports("client");
  const state = { mood: "answer" as Mood, idsKnown: 0n };
  const log: { readonly atMs: number; readonly request: UdpTrackerRequest }[] = [];
  const startMs = world.scheduler.nowMs;
  const forger = await world.settle(
    other.datagrams.bind({ host: "0.0.0.0", port: 80 }, { received: () => {} }),
  );
  for (const host of ["0.0.0.0", "::"]) {
    const family = host === "::" ? 6 : 4;
    const socket = await world.settle(
      tracker.datagrams.bind(
        { host, port: 80 },
        {
          received(bytes, from) {
            const request = decodeUdpRequest(bytes);
            log.push({ atMs: Math.round(world.scheduler.nowMs - startMs), request });
            if (state.mood === "silent") return;
            const out = state.mood === "forge" ? forger : socket;
            out.send(answerTo(request, family), from);
          },
        },
      ),
    );
  }
  function answerTo(request: UdpTrackerRequest, family: 4 | 6): Uint8Array {
    const { transactionId } = request;
    if (request.action === "connect") {
      if (state.mood === "refuse-connect") return encodeUdpError(transactionId, "full");
      return encodeUdpConnectReply(transactionId, ++state.idsKnown as ConnectionId);
    }
    if (request.connectionId !== state.idsKnown) return encodeUdpError(transactionId, "unknown id");
    if (state.mood === "refuse") return encodeUdpError(transactionId, "not\u001b here");
    if (request.action === "scrape") {
      const counts = { complete: 1, downloaded: 2, incomplete: 3 };
      return encodeUdpScrapeReply(
        transactionId,
        request.infoHashes.map(() => counts),
      );
    }
    const peers = [{ host: family === 4 ? "198.51.100.1" : "2001:db8::5", port: 5 }];
    return encodeUdpAnnounceReply(transactionId, { intervalSeconds: 1_800, peers }, family);
  }
  const { datagrams, timers, clock, random } = ports;
  const trackers = new UdpTrackers({ datagrams, timers, clock, random });
  const none = new AbortController().signal;
  const ask = (fields: Partial<AnnounceRequest> = {}, host = to.host) =>
    trackers.announce(
      { ...to, host },
      "udp://t.example:80/a?b",
      () => ({ ...announce, ...fields }),
      { signal: none, isLast: fields.event === "stopped" },
    );
  const actions = () => log.map(({ atMs, request }) => `${atMs / second} ${request.action}`);
  return { world, trackers, state, log, ask, actions, none };
}

test("an announce connects once, carries the URL's path, and uses the id for 59 s after its arrival", async (t) => {
  const { world, ask, actions, log } = await scene();
  const reply = await world.settle(ask());
  t.deepEqual(reply.peers, [{ host: "198.51.100.1", port: 5 }]);
  await world.run(58.9 * second);
  await world.settle(ask());
  await world.run(second);
  await world.settle(ask());
  t.deepEqual(actions(), [
    "0.05 connect",
    "0.15 announce",
    "59.15 announce",
    "60.25 connect",
    "60.35 announce",
  ]);
  const { request } = log[1] ?? {};
  t.is(request?.action === "announce" && request.urlData, "/a?b");
  t.is(new Set(log.map((entry) => entry.request.transactionId)).size, log.length);
});

test("many torrents share one connect", async (t) => {
  const { world, ask, actions } = await scene();
  await world.settle(Promise.all(Array.from({ length: 100 }, () => ask())));
  t.is(actions().filter((line) => line.endsWith("connect")).length, 1);
  t.is(actions().length, 101);
});

test("when the connect of one torrent is lost, another torrent sends one after three seconds", async (t) => {
  const { world, ask, state, actions } = await scene();
  state.mood = "silent";
  const asked = Promise.all([ask(), ask(), ask()]);
  await world.run(second);
  state.mood = "answer";
  await world.settle(asked);
  t.deepEqual(actions().slice(0, 2), ["0.05 connect", "3.05 connect"]);
  t.is(actions().length, 5);
});

test("a refused connect ends every announce that waits for it", async (t) => {
  const { world, ask, state } = await scene();
  state.mood = "refuse-connect";
  const asked = world.settle(Promise.allSettled([ask(), ask()]));
  const codes = (await asked).map((each) => each.status === "rejected" && each.reason.code);
  t.deepEqual(codes, ["tracker-refused", "tracker-refused"]);
  t.true(world.scheduler.nowMs < second);
});

test("a reply from another address than the asked one counts as none", async (t) => {
  const { world, ask, state } = await scene();
  state.mood = "forge";
  await t.throwsAsync(world.settle(ask()), { code: "tracker-silent" });
});

test("an announce without a reply is sent again after 15 s and fails after 45 s", async (t) => {
  const { world, ask, state, actions } = await scene();
  state.mood = "silent";
  await t.throwsAsync(world.settle(ask()), { code: "tracker-silent" });
  t.is(Math.round(world.scheduler.nowMs / second), 45);
  t.deepEqual(actions(), ["0.05 connect", "15.05 connect"]);
});

test("one torrent alone probes a silent tracker, less and less often; all announce when it answers", async (t) => {
  const { world, trackers, ask, state, actions, log } = await scene();
  state.mood = "silent";
  const failures: number[] = [];
  const answered: number[] = [];
  let isOver = false;
  const keepAnnouncing = async (torrent: number): Promise<void> => {
    while (!isOver) {
      try {
        await ask();
        answered.push(torrent);
        return;
      } catch {
        failures.push(torrent);
      }
    }
  };
  const all = Promise.all(Array.from({ length: 20 }, (_, torrent) => keepAnnouncing(torrent)));
  await world.run(2 * 3_600 * second);
  t.true(trackers.isSilent(to));
  const [before, probes] = [
    log.filter(({ atMs }) => atMs < 45 * second),
    log.filter(({ atMs }) => atMs > 45 * second),
  ];
  t.is(before.length, 15, "a connect of another torrent every three seconds");
  const gaps = probes
    .slice(1)
    .map(({ atMs }, i) => Math.round((atMs - (probes[i]?.atMs ?? 0)) / second));
  t.deepEqual(gaps.slice(0, 7), [60, 120, 240, 480, 960, 1_800, 1_800]);
  t.true(actions().every((line) => line.endsWith("connect")));
  state.mood = "answer";
  await world.run(1_800 * second);
  isOver = true;
  await world.settle(all);
  t.is(answered.length, 20);
  t.true(failures.length >= 20);
  t.false(trackers.isSilent(to));
});

test("a torrent that is stopped leaves its turn to probe to another torrent", async (t) => {
  const { world, trackers, state, none } = await scene();
  state.mood = "silent";
  const result = (signal: AbortSignal) =>
    trackers
      .announce(to, "udp://t:80", () => announce, { signal })
      .then(
        () => "answered",
        (error: unknown) => (error as { code?: string }).code ?? "stopped",
      );
  await world.settle(result(none));
  await world.settle(result(none));
  const stop = new AbortController();
  const [stopped, other] = [result(stop.signal), result(none)];
  await world.run(second);
  stop.abort(new Error("stopped"));
  state.mood = "answer";
  t.is(await world.settle(stopped), "stopped");
  t.is(await world.settle(other), "answered");
  t.is(Math.round(world.scheduler.nowMs / second), 105);
});

test("a tracker that was started again is connected to again at once", async (t) => {
  const { world, ask, state, actions } = await scene();
  await world.settle(ask());
  state.idsKnown = 100n;
  await world.settle(ask());
  t.deepEqual(
    actions().map((line) => line.split(" ")[1]),
    ["connect", "announce", "announce", "connect", "announce"],
  );
});

test("a refusal has the tracker's cleaned reason", async (t) => {
  const { world, ask, state } = await scene();
  state.mood = "refuse";
  await t.throwsAsync(world.settle(ask()), {
    code: "tracker-refused",
    message: "the tracker refused the announce: not here",
  });
});

test("`stopped` alone is repeated after 0.3 s and 0.7 s", async (t) => {
  const { world, ask, state, actions } = await scene();
  await world.settle(ask());
  state.mood = "silent";
  const stop = ask({ event: "stopped" }).catch(() => undefined);
  await world.run(2 * second);
  t.deepEqual(actions().slice(2), ["0.25 announce", "0.55 announce", "0.95 announce"]);
  state.mood = "answer";
  await world.settle(stop);
});

test("with a fresh id `stopped` arrives in at least 90 % of cases where a fifth of datagrams is lost", async (t) => {
  const { world, ask, log, none, trackers } = await scene("loss");
  await world.settle(ask());
  world.network.datagramConditions = { ...world.network.datagramConditions, lossChance: 0.2 };
  let arrived = 0;
  const cases = 200;
  for (let i = 0; i < cases; i++) {
    await world.settle(ask().catch(() => undefined));
    log.length = 0;
    const limit = new AbortController();
    const stopping = trackers
      .announce(to, "udp://t:80", () => ({ ...announce, event: "stopped" }), {
        signal: AbortSignal.any([none, limit.signal]),
        isLast: true,
      })
      .catch(() => undefined);
    await world.run(1.5 * second);
    limit.abort(new Error("over"));
    await world.settle(stopping);
    if (log.some(({ request }) => request.action === "announce")) arrived++;
  }
  t.true(arrived >= 0.9 * cases, `${arrived} of ${cases}`);
});

test("a scrape of any number of torrents asks for 74 at a time", async (t) => {
  const { world, trackers, log, none } = await scene();
  const hashes = Array.from({ length: 150 }, () => infoHash);
  const counts = await world.settle(trackers.scrape(to, hashes, none));
  t.is(counts.length, 150);
  t.deepEqual(counts[149], { complete: 1, downloaded: 2, incomplete: 3 });
  const sizes = log.map(({ request }) => request.action === "scrape" && request.infoHashes.length);
  t.deepEqual(sizes, [false, 74, 74, 2]);
});

test("each address family has a socket of its own", async (t) => {
  const { world, ask } = await scene();
  t.deepEqual((await world.settle(ask({}, "2001:db8::9"))).peers, [
    { host: "2001:db8::5", port: 5 },
  ]);
});

test("an address that cannot be reached fails at once, and the next question tries again", async (t) => {
  const world = new SimulatedWorld({ seed: "four" });
  const { datagrams, timers, clock, random } = world
    .machine({ addresses: ["203.0.113.1"] })
    .ports("client");
  const trackers = new UdpTrackers({ datagrams, timers, clock, random });
  const { signal } = new AbortController();
  for (let i = 0; i < 2; i++) {
    const asked = trackers.announce({ host: "2001:db8::9", port: 1 }, "udp://t:1", () => announce, {
      signal,
    });
    await t.throwsAsync(world.settle(asked), { code: "tracker-unreachable" });
  }
  t.is(world.scheduler.nowMs, 0);
});

test("the end of the engine ends every request", async (t) => {
  const { world, trackers, ask, state } = await scene();
  state.mood = "silent";
  const asked = ask();
  await world.run(second);
  await world.settle(trackers.close());
  await t.throwsAsync(world.settle(asked), { code: "tracker-closed" });
});

test("an announce waits for its place only while the address replies, and frees it", async (t) => {
  const { world, trackers, state, none } = await scene();
  const held = { now: 0, most: 0, taken: 0 };
  const takePlace = () => {
    held.most = Math.max(held.most, ++held.now);
    held.taken++;
    return Promise.resolve(() => void held.now--);
  };
  const ask = () =>
    trackers.announce(to, "udp://t:80", () => announce, { signal: none, takePlace });
  state.mood = "silent";
  await t.throwsAsync(world.settle(ask()), { code: "tracker-silent" });
  t.deepEqual(held, { now: 0, most: 1, taken: 1 });
  const waiting = Promise.allSettled(Array.from({ length: 20 }, ask));
  await world.run(3_600 * second);
  t.is(held.most, 1, "one torrent alone probes");
  state.mood = "answer";
  await world.settle(waiting);
  t.is(held.now, 0);
});

test("`stopped` is sent to a silent address too", async (t) => {
  const { world, ask, state, log } = await scene();
  state.mood = "silent";
  await t.throwsAsync(world.settle(ask()), { code: "tracker-silent" });
  log.length = 0;
  state.mood = "answer";
  await world.settle(ask({ event: "stopped" }));
  t.is(log.at(-1)?.request.action, "announce");
});

const dead = { host: "203.0.113.66", port: 80 };

for (const [title, addresses, withinMs] of [
  ["behind a dead address", [dead, to], 500],
  [
    "behind five dead addresses",
    [...Array.from({ length: 5 }, (_, i) => ({ host: `203.0.113.${70 + i}`, port: 80 })), to],
    1_500,
  ],
  ["before a dead address", [to, dead], 200],
  ["alone", [to], 0],
] as const)
  test(`the address of a tracker that answers is found ${title}`, async (t) => {
    const { world, trackers, none } = await scene();
    const startMs = world.scheduler.nowMs;
    const found = await world.settle(trackers.findAnswering(addresses, { signal: none }));
    t.deepEqual(found, to);
    t.true(world.scheduler.nowMs - startMs <= withinMs, `${world.scheduler.nowMs - startMs}`);
  });

test("the address that answered last is asked first, and alone while its id is known", async (t) => {
  const { world, trackers, log, none } = await scene();
  await world.settle(trackers.findAnswering([dead, to], { signal: none }));
  t.deepEqual(await trackers.findAnswering([dead, to], { signal: none }), to);
  t.is(log.length, 1);
  await world.run(60 * second);
  const startMs = world.scheduler.nowMs;
  t.deepEqual(await world.settle(trackers.findAnswering([dead, to], { signal: none })), to);
  t.true(world.scheduler.nowMs - startMs < 250);
  t.is(log.length, 2);
});

test("a tracker is silent within 46 s if none of its addresses answers", async (t) => {
  const { world, trackers, none, state } = await scene();
  state.mood = "silent";
  const startMs = world.scheduler.nowMs;
  const address = await world.settle(trackers.findAnswering([to, dead], { signal: none }));
  t.deepEqual(address, to);
  const asked = trackers.announce(address, "udp://t:80", () => announce, { signal: none });
  await t.throwsAsync(world.settle(asked), { code: "tracker-silent" });
  t.true(world.scheduler.nowMs - startMs <= 46 * second);
  t.true(trackers.isSilent(to));
});

test("`stopped` searches for no address, and a search that is given up ends at once", async (t) => {
  const { world, trackers, none, log } = await scene();
  t.deepEqual(await trackers.findAnswering([dead, to], { signal: none, isLast: true }), dead);
  t.is(log.length, 0);
  const end = new AbortController();
  const search = trackers.findAnswering([dead, { ...dead, port: 81 }], { signal: end.signal });
  await world.run(second);
  end.abort(new Error("the torrent stops"));
  await t.throwsAsync(world.settle(search), { message: "the torrent stops" });
});

test("of silent addresses each is probed, so that one that is back is found within half an hour", async (t) => {
  const { world, trackers, state, none } = await scene();
  const ask = async (): Promise<void> => {
    const address = await trackers.findAnswering([dead, to], { signal: none });
    await trackers.announce(address, "udp://t:80", () => announce, { signal: none });
  };
  state.mood = "silent";
  for (let i = 0; i < 4; i++) await world.settle(ask().catch(() => undefined));
  t.true(trackers.isSilent(to) && trackers.isSilent(dead));
  state.mood = "answer";
  let isBack = false;
  for (let i = 0; i < 3 && !isBack; i++)
    await world.settle(
      ask().then(
        () => void (isBack = true),
        () => undefined,
      ),
    );
  t.true(isBack);
});

test("torrents that wait at a silent address go on when another address of the tracker answers", async (t) => {
  const { world, trackers, state, none } = await scene();
  const ask = async (): Promise<unknown> => {
    const address = await trackers.findAnswering([dead, to], { signal: none });
    return await trackers.announce(address, "udp://t:80", () => announce, { signal: none });
  };
  state.mood = "silent";
  for (let i = 0; i < 4; i++) await world.settle(ask().catch(() => undefined));
  const outcomes: string[] = [];
  const waiting = Array.from({ length: 20 }, () =>
    trackers
      .announce(dead, "udp://t:80", () => announce, { signal: none })
      .then(
        () => void outcomes.push("replied"),
        ({ code }: { readonly code: string }) => void outcomes.push(code),
      ),
  );
  state.mood = "answer";
  await world.settle(trackers.announce(to, "udp://t:80", () => announce, { signal: none }));
  await world.run(31 * second);
  await world.settle(Promise.all(waiting));
  t.deepEqual([...new Set(outcomes)], ["tracker-silent"]);
  await world.settle(Promise.all(Array.from({ length: 20 }, ask)));
});
