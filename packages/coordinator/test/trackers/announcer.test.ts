import test from "ava";
import type { AnnounceReply } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { AnnounceMode } from "@troupe/control";
import { TrackerTransports } from "../../src/trackers/tracker-transport.ts";
import { makeTransportLimits } from "../../src/trackers/transport-limits.ts";
import { Announcer } from "../../src/trackers/announcer.ts";
import { chosenRandom } from "../support/chosen-random.ts";
import { at } from "../support/engine-scene.ts";
import { FakeHttp } from "../support/fake-http.ts";

const minute = 60_000;
const answer = "d8:intervali1800e5:peers0:e";
const onePeerEachMinute = "d8:intervali1800e12:min intervali60e5:peers6:\x08\x00\x00\x01\x1a\xe1e";
const onePeer = "d8:intervali1800e5:peers6:\x08\x00\x00\x01\x1a\xe1e";

interface Setting {
  /** Trackers by tier, each `a` for `http://a/announce`. */
  readonly tiers: readonly (readonly string[])[];
  /** Random numbers for the shuffle. */
  readonly shuffle?: readonly number[];
  readonly mode?: AnnounceMode;
  readonly isPrivate?: boolean;
}

function scene({ tiers, shuffle = [], mode = "strict", isPrivate = false }: Setting) {
  const time = new ManualTime();
  const http = new FakeHttp();
  const names = { resolve: unused, resolveAllowed: unused };
  const udpTrackers = { announce: unused, findAnswering: unused, isSilent: () => false };
  const limits = makeTransportLimits(150, { clock: time, timers: time });
  const world = {
    isHungry: false,
    isPartialSeed: false,
    uploaded: 0,
    downloaded: 0,
    left: 1000,
    port: 6_881,
    broken: undefined as Error | undefined,
  };
  const answers: { url: string; reply: AnnounceReply }[] = [];
  const failures: { url: string; code: string }[] = [];
  const ownFailures: unknown[] = [];
  // The identity of a shuffle is "each stays": the highest number that is allowed.
  const random = shuffle.length > 0 ? chosenRandom(...shuffle) : chosenRandom(...stay(tiers));
  const announcer = new Announcer(
    {
      tiers: tiers.map((tier) => tier.map((name) => `http://${name}/announce`)),
      mode,
      isPrivate,
    },
    {
      transport: new TrackerTransports({ http, names, udpTrackers, limits, clock: time }),
      families: [4, 6],
      clock: time,
      timers: time,
      random,
      identity: () => ({
        infoHash: "0".repeat(40) as InfoHash,
        peerId: new Uint8Array(20),
        port: world.port,
        key: "00c0ffee",
      }),
      turnHash: () => false,
      isSeed: () => world.left === 0,
      isPartialSeed: () => world.isPartialSeed,
      counters: () => ({
        uploaded: world.uploaded,
        downloaded: world.downloaded,
        left: world.left,
      }),
      needsPeers: () => world.isHungry,
      isOwn: () => false,
      answered: (url, reply) => {
        if (world.broken !== undefined) throw world.broken;
        answers.push({ url, reply });
      },
      failed: (url, code) => void failures.push({ url, code }),
      fail: (error) => void ownFailures.push(error),
    },
  );
  /** Answers every announce from now on: by tracker, or all alike. `undefined` is a refused connection. */
  const answerAll = (body: string | undefined | Record<string, string | undefined>) => {
    http.respond = (request) => {
      const text = typeof body === "object" ? body[new URL(request.url).host] : body;
      if (text === undefined) request.fail("http-failed");
      else request.reply(text);
    };
  };
  const events = (host: string) =>
    http.story.filter((line) => line.startsWith(`${host} `)).map((line) => line.split(" ")[1]);
  return { time, http, world, answers, failures, ownFailures, announcer, answerAll, events };
}

function unused(): never {
  throw new Error("not part of this test");
}

/** Numbers with which a shuffle changes nothing. */
function stay(tiers: readonly (readonly string[])[]): number[] {
  return tiers.flatMap((tier) => tier.map((_, index) => tier.length - 1 - index).slice(0, -1));
}

test("the first announce is sent at once with the event started", async (t) => {
  const { announcer, http, time, answerAll, answers } = scene({ tiers: [["a"]] });
  answerAll(onePeer);
  announcer.start();
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story, ["a started"]);
  t.deepEqual(at(answers, 0).reply.peers, [{ host: "8.0.0.1", port: 6881 }]);
});

test("a new port is announced as early as the tracker permits, and once", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  const ports = () => http.requests.map(({ url }) => new URL(url).searchParams.get("port"));
  answerAll(answer);
  announcer.start();
  await time.pass(10_000);
  world.port = 7_000;
  announcer.portChanged();
  await time.pass(49_000);
  t.deepEqual(ports(), ["6881"]);
  await time.pass(2_000);
  t.deepEqual(ports(), ["6881", "7000"]);
  announcer.portChanged();
  await time.pass(600_000);
  t.is(http.requests.length, 2);
});

test("a port that changes during an announce is announced again", async (t) => {
  const { announcer, http, time, world } = scene({ tiers: [["a"]] });
  announcer.start();
  await time.pass(0);
  world.port = 7_000;
  announcer.portChanged();
  at(http.requests, 0).reply(answer);
  await time.pass(61_000);
  t.is(http.requests.length, 2);
  t.is(new URL(at(http.requests, 1).url).searchParams.get("port"), "7000");
});

test("PI1: the next announce comes after the tracker's interval, without event", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(30 * minute - 1);
  t.deepEqual(http.story, ["a started"]);
  await time.pass(1);
  t.deepEqual(http.story, ["a started", "a -"]);
});

test("B05: a partial seed announces with the event paused, but at its start and its end", async (t) => {
  const { announcer, events, time, world, answerAll } = scene({ tiers: [["a"]] });
  world.isPartialSeed = true;
  answerAll(answer);
  announcer.start();
  await time.pass(61 * minute);
  world.isPartialSeed = false;
  await time.pass(30 * minute);
  t.deepEqual(events("a"), ["started", "paused", "paused", "-"]);
});

test("tiers are asked in order, the next tier only when a whole tier is silent", async (t) => {
  const { announcer, http, time, answerAll, failures } = scene({
    tiers: [["a", "b"], ["c"], ["d"]],
  });
  answerAll({ c: answer });
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "b started", "c started"]);
  t.deepEqual(
    failures.map(({ code }) => code),
    ["http-failed", "http-failed"],
  );
});

test("a silent tracker does not delay the next tracker", async (t) => {
  const { announcer, http, time, answers } = scene({ tiers: [["a"], ["b"], ["c"]] });
  announcer.start();
  await time.pass(3_000);
  t.deepEqual(http.story, ["a started", "b started"]);
  await time.pass(1_000);
  t.deepEqual(http.story, ["a started", "b started", "c started"]);
  at(http.requests, 1).reply(onePeer);
  await time.pass(0);
  t.deepEqual(
    answers.map(({ url }) => url),
    ["http://b/announce"],
  );
  t.deepEqual(
    http.requests.map(({ options }) => options.signal?.aborted === true),
    [true, false, true],
  );
  t.deepEqual(
    announcer.status().map(({ failures }) => failures),
    [0, 0, 0],
  );
});

test("a tracker whose answer came too late gets stopped too", async (t) => {
  const { announcer, http, time } = scene({ tiers: [["a"], ["b"]] });
  announcer.start();
  await time.pass(3_000);
  at(http.requests, 1).reply(answer);
  await time.pass(0);
  void announcer.stop();
  await time.pass(0);
  t.deepEqual(http.story.slice(2), ["a stopped", "b stopped"]);
});

test("while there are peers a slow tracker of the first tier is waited for", async (t) => {
  const { announcer, http, time, answerAll, answers } = scene({ tiers: [["a"], ["b"]] });
  answerAll({ a: answer });
  announcer.start();
  await time.pass(0);
  http.respond = () => undefined;
  await time.pass(30 * minute + 14_000);
  at(http.requests, 1).reply(answer);
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "a -"]);
  t.is(answers.length, 2);
});

test("the first announce is given up sooner than later ones", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(30 * minute);
  t.deepEqual(
    http.requests.map(({ options }) => options.deadlineMs),
    [15_000, 30_000],
  );
});

test("inside a tier the order is shuffled, over tiers it is not", async (t) => {
  const { announcer, http, time, answerAll } = scene({
    tiers: [["a", "b", "c"], ["d"]],
    shuffle: [0, 0],
  });
  answerAll(undefined);
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story, ["b started", "c started", "a started", "d started"]);
});

test("a tracker that answers is asked first from then on, in its tier", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a", "b"], ["c"]] });
  answerAll({ b: answer });
  announcer.start();
  await time.pass(30 * minute);
  t.deepEqual(http.story, ["a started", "b started", "b -"]);
  t.deepEqual(
    announcer.status().map(({ url }) => new URL(url).host),
    ["b", "a", "c"],
  );
});

test("the first announce to each tracker is started", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"]] });
  answerAll({ a: answer });
  announcer.start();
  await time.pass(0);
  answerAll({ b: answer });
  await time.pass(30 * minute);
  t.deepEqual(http.story, ["a started", "a -", "b started"]);
});

test("completed is sent once, at once", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(minute);
  announcer.completed();
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "a completed"]);
  await time.pass(30 * minute);
  t.deepEqual(http.story, ["a started", "a completed", "a -"]);
});

test("completed during an announce is sent after the announce", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  announcer.start();
  await time.pass(0);
  announcer.completed();
  await time.pass(0);
  t.deepEqual(http.story, ["a started"]);
  answerAll(answer);
  at(http.requests, 0).reply(answer);
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "a completed"]);
});

test("completed that failed is sent once again", async (t) => {
  const { announcer, time, answerAll, events } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  answerAll(undefined);
  announcer.completed();
  await time.pass(0);
  answerAll(answer);
  await time.pass(40 * minute);
  t.deepEqual(events("a"), ["started", "completed", "completed", "-"]);
});

test("completed goes only to a tracker that had started", async (t) => {
  const { announcer, world, time, answerAll, events } = scene({ tiers: [["a"], ["b"]] });
  answerAll({ a: answer });
  announcer.start();
  await time.pass(0);
  answerAll({ b: answer });
  world.left = 0;
  announcer.completed();
  await time.pass(60 * minute);
  t.deepEqual(events("b").slice(0, 2), ["started", "-"]);
  answerAll({ a: answer });
  await time.pass(40 * minute);
  t.deepEqual(events("a").filter((event) => event === "completed").length > 0, true);
  t.is(events("a").at(-1), "-", "once it is told, it is not told again");
});

test("counters of an earlier run are not reported again", async (t) => {
  const { announcer, http, world, time, answerAll } = scene({ tiers: [["a"]] });
  const told = () =>
    http.requests.map(({ url }) => {
      const { searchParams } = new URL(url);
      return `${searchParams.get("event")} ${searchParams.get("uploaded")} ${searchParams.get("downloaded")}`;
    });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  Object.assign(world, { uploaded: 500, downloaded: 700 });
  await announcer.stop();
  t.deepEqual(told(), ["started 0 0", "stopped 500 700"]);
  announcer.start();
  await time.pass(0);
  Object.assign(world, { uploaded: 501, downloaded: 702 });
  await announcer.stop();
  t.deepEqual(told().slice(2), ["started 0 0", "stopped 1 2"]);
});

test("completed that is due at a stop is sent before stopped", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  announcer.completed();
  await announcer.stop();
  t.deepEqual(http.story, ["a started", "a completed", "a stopped"]);
  t.is(time.pending, 0);
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story.slice(3), ["a started"]);
});

test("completed that is under way at a stop is waited for before stopped is sent", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  http.respond = () => undefined;
  announcer.completed();
  await time.pass(0);
  const stopped = announcer.stop();
  await time.pass(100);
  t.deepEqual(http.story, ["a started", "a completed"]);
  t.false(at(http.requests, 1).options.signal?.aborted);
  answerAll(answer);
  at(http.requests, 1).reply(answer);
  await stopped;
  t.deepEqual(http.story, ["a started", "a completed", "a stopped"]);
  t.is(time.pending, 0);
});

test("a tracker that does not answer completed gets stopped, without waiting", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  http.respond = () => undefined;
  announcer.completed();
  await time.pass(0);
  const stopped = announcer.stop();
  await time.pass(700);
  t.deepEqual(http.story, ["a started", "a completed", "a stopped"]);
  await time.pass(800);
  await stopped;
  t.true(http.requests.slice(1).every(({ options }) => options.signal?.aborted));
  t.is(time.pending, 0);
});

test("stopped goes to every tracker that got started, and to no other", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"], ["c"]] });
  answerAll({ a: answer });
  announcer.start();
  await time.pass(0);
  answerAll({ b: answer });
  await time.pass(30 * minute);
  answerAll(answer);
  http.requests.length = 0;
  await announcer.stop();
  t.deepEqual(http.story, ["a stopped", "b stopped"]);
  t.true(http.requests.every(({ options }) => options.deadlineMs === 1_500));
  t.is(time.pending, 0);
});

test("a tracker whose started is under way gets stopped too", async (t) => {
  const { announcer, http, time } = scene({ tiers: [["a"], ["b"]] });
  announcer.start();
  await time.pass(0);
  const stopped = announcer.stop();
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "a stopped"]);
  t.true(at(http.requests, 0).options.signal?.aborted);
  at(http.requests, 1).reply(answer);
  await stopped;
});

test("stop settles also when no tracker answers", async (t) => {
  const { announcer, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  answerAll(undefined);
  await announcer.stop();
  await announcer.stop();
  t.pass();
});

test("no announce is sent after the stop, and late answers are ignored", async (t) => {
  const { announcer, http, time, answers, failures } = scene({ tiers: [["a"], ["b"]] });
  announcer.start();
  await time.pass(0);
  const stopped = announcer.stop();
  at(http.requests, 0).reply(onePeer);
  await time.pass(0);
  at(http.requests, 1).fail("http-deadline");
  await stopped;
  await time.pass(60 * minute);
  t.deepEqual(http.story, ["a started", "a stopped"]);
  t.deepEqual(answers, []);
  t.deepEqual(failures, []);
});

test("a second start sends started again", async (t) => {
  const { announcer, time, answerAll, events } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(0);
  await announcer.stop();
  announcer.start();
  await time.pass(0);
  t.deepEqual(events("a"), ["started", "stopped", "started"]);
});

test("a second start sends started at once, even while the last answer is due", async (t) => {
  const { announcer, http, time, answerAll, events } = scene({ tiers: [["a"]] });
  announcer.start();
  await time.pass(0);
  answerAll(answer);
  await announcer.stop();
  announcer.start();
  await time.pass(0);
  t.deepEqual(events("a"), ["started", "stopped", "started"]);
  t.is(http.requests.length, 3);
});

test("without peers the next announce comes after the interval", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  world.isHungry = true;
  announcer.start();
  await time.pass(30 * minute - 1);
  t.is(http.requests.length, 1);
  await time.pass(1);
  t.is(http.requests.length, 2);
});

test("without peers the tracker's min interval is kept", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  answerAll("d8:intervali1800e12:min intervali300e5:peers0:e");
  world.isHungry = true;
  announcer.start();
  await time.pass(5 * minute - 1);
  t.is(http.requests.length, 1);
  await time.pass(1);
  t.is(http.requests.length, 2);
});

test("when peers run out later the announce is brought forward, not before its time", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  answerAll(onePeerEachMinute);
  announcer.start();
  await time.pass(20_000);
  world.isHungry = true;
  announcer.announceForPeers();
  announcer.announceForPeers();
  await time.pass(40_000 - 1);
  t.is(http.requests.length, 1);
  await time.pass(1);
  t.is(http.requests.length, 2);
});

test("when peers run out after the min interval the announce comes at once", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  answerAll(onePeerEachMinute);
  announcer.start();
  await time.pass(10 * minute);
  world.isHungry = true;
  announcer.announceForPeers();
  await time.pass(0);
  t.is(http.requests.length, 2);
});

test("a need for peers that is over does not bring the announce forward", async (t) => {
  const { announcer, http, time, world, answerAll } = scene({ tiers: [["a"]] });
  answerAll(onePeer);
  world.isHungry = true;
  announcer.start();
  await time.pass(0);
  world.isHungry = false;
  await time.pass(30 * minute - 1);
  t.is(http.requests.length, 1);
  await time.pass(1);
  t.is(http.requests.length, 2);
});

test("while no tracker answers the pause doubles from 5 seconds to 5 minutes", async (t) => {
  const { announcer, http, time, answerAll, world } = scene({ tiers: [["a"]] });
  answerAll(undefined);
  world.isHungry = true;
  announcer.start();
  await time.pass(0);
  const pauses: number[] = [];
  for (let round = 0; round < 9; round++) {
    const before = http.requests.length;
    let passedMs = 0;
    while (http.requests.length === before) {
      announcer.announceForPeers();
      await time.pass(2_500);
      passedMs += 2_500;
    }
    pauses.push(passedMs / 1000);
  }
  t.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("an answer resets the pause", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(undefined);
  announcer.start();
  await time.pass(35_000);
  t.is(http.requests.length, 4);
  answerAll(answer);
  await time.pass(40_000);
  answerAll(undefined);
  await time.pass(30 * minute);
  t.is(http.requests.length, 6);
  await time.pass(5_000);
  t.is(http.requests.length, 7, "the first pause again");
});

test("a tracker's id is sent back to that tracker alone", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"]] });
  answerAll({ a: "d8:intervali1800e5:peers0:10:tracker id3:xyze" });
  announcer.start();
  await time.pass(0);
  answerAll({ b: answer });
  await time.pass(30 * minute);
  const ids = http.requests.map(({ url }) => new URL(url).searchParams.get("trackerid"));
  t.deepEqual(ids, [null, "xyz", null]);
});

test("the status has the last result of each tracker", async (t) => {
  const { announcer, time, answerAll } = scene({ tiers: [["a"], ["b"]] });
  answerAll({
    b: "d8:completei5e10:incompletei7e8:intervali1800e5:peers6:\x08\x00\x00\x01\x1a\xe1e",
  });
  announcer.start();
  await time.pass(0);
  t.deepEqual(announcer.status(), [
    {
      url: "http://a/announce",
      tier: 0,
      failures: 1,
      peers: 0,
      isWorking: false,
      error: "cannot get: http-failed",
      errorCode: "http-failed",
    },
    {
      url: "http://b/announce",
      tier: 1,
      failures: 0,
      peers: 1,
      isWorking: true,
      nextInSeconds: 1800,
      complete: 5,
      incomplete: 7,
    },
  ]);
});

test("the status has the time of the next announce", async (t) => {
  const { announcer, time, answerAll } = scene({ tiers: [["a"]] });
  const nextInSeconds = (): unknown => announcer.status()[0]?.nextInSeconds;
  t.is(nextInSeconds(), undefined);
  announcer.start();
  await time.pass(0);
  t.is(nextInSeconds(), 0, "one is under way");
  void announcer.stop();
  answerAll({ a: answer });
  announcer.start();
  await time.pass(0);
  const first = Number(nextInSeconds());
  await time.pass(10_000);
  t.is(nextInSeconds(), first - 10);
});

test("a failure of the owner at an answer does not count as a failed tracker", async (t) => {
  const { announcer, time, world, failures, ownFailures, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  world.broken = new Error("bug: no room");
  announcer.start();
  await time.pass(0);
  t.deepEqual(failures, []);
  t.deepEqual(ownFailures, [world.broken]);
});

test("without trackers no announce is sent", async (t) => {
  const { announcer, http, time } = scene({ tiers: [] });
  announcer.start();
  await time.pass(60 * minute);
  announcer.completed();
  await time.pass(60 * minute);
  await announcer.stop();
  t.is(http.requests.length, 0);
  t.is(time.pending, 0);
});

const minInterval = "d8:intervali1800e12:min intervali300e5:peers0:e";

test("L01: a requested announce waits for the tracker's minimum interval, and says how long", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  t.is(announcer.request(), undefined);
  answerAll(minInterval);
  announcer.start();
  await time.pass(100_000);
  t.deepEqual(announcer.request(), [{ url: "http://a/announce", inSeconds: 200 }]);
  await time.pass(199_000);
  t.is(http.requests.length, 1);
  await time.pass(1_000);
  t.is(http.requests.length, 1, "a request that was refused is forgotten");
  t.deepEqual(announcer.request(), [{ url: "http://a/announce", inSeconds: 0 }]);
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "a -"]);
});

test("L01: a requested announce asks failing trackers again, but for those that want none", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a", "b"]] });
  answerAll({ a: undefined, b: "d14:failure reason4:busy8:retry in2:10e" });
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "b started"]);
  t.deepEqual(announcer.request(), [{ url: "http://a/announce", inSeconds: 0 }]);
  await time.pass(0);
  t.deepEqual(http.story, ["a started", "b started", "a started"]);
});

test("L02: a tracker that is replaced gets stopped, the new one started, and one that stays nothing", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"]], mode: "all" });
  answerAll(answer);
  announcer.start();
  await time.pass(1_000);
  const tiers = [["http://b/announce"], ["http://c/announce"]];
  announcer.setTrackers({ tiers, mode: "all", isPrivate: false });
  await time.pass(1_000);
  t.deepEqual(http.story, ["a started", "b started", "a stopped", "c started"]);
  t.deepEqual(
    announcer.status().map(({ url }) => url),
    ["http://b/announce", "http://c/announce"],
  );
  await time.pass(40 * minute);
  t.deepEqual(http.story.slice(4).toSorted(), ["b -", "c -"]);
});

test("L02: a tracker that stays and wants no further announce gets none (BEP 31), until the next start", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"], ["b"]], mode: "all" });
  answerAll({ a: "d14:failure reason4:gone8:retry in5:nevere", b: answer, c: answer });
  announcer.start();
  await time.pass(1_000);
  const tiers = [["http://a/announce"], ["http://c/announce"]];
  announcer.setTrackers({ tiers, mode: "all", isPrivate: false });
  await time.pass(20 * minute);
  t.deepEqual(http.story, ["a started", "b started", "b stopped", "c started"]);
  void announcer.stop();
  await time.pass(minute);
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story.slice(4), ["c stopped", "a started", "c started"]);
});

test("L02: a stop waits for trackers that an earlier change has replaced", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.start();
  await time.pass(1_000);
  http.respond = (request) => {
    if (new URL(request.url).host !== "a") request.reply(answer);
  };
  for (const name of ["b", "c"]) {
    const tiers = [[`http://${name}/announce`]];
    announcer.setTrackers({ tiers, mode: "strict", isPrivate: false });
    // oxlint-disable-next-line no-await-in-loop
    await time.pass(100);
  }
  let isOver = false;
  void announcer.stop().then(() => (isOver = true));
  await time.pass(100);
  t.false(isOver);
  await time.pass(1_500);
  t.true(isOver);
});

test("L02: trackers that change while the torrent is stopped hold from its next start", async (t) => {
  const { announcer, http, time, answerAll } = scene({ tiers: [["a"]] });
  answerAll(answer);
  announcer.setTrackers({ tiers: [["http://b/announce"]], mode: "strict", isPrivate: false });
  announcer.start();
  await time.pass(0);
  t.deepEqual(http.story, ["b started"]);
});

test("D08: a return of the network is announced at once, after failed rounds and to a tracker that replied just now", async (t) => {
  const { announcer, time, answerAll, events } = scene({ tiers: [["a"]] });
  answerAll(undefined);
  announcer.start();
  await time.pass(10 * minute);
  const failed = events("a").length;
  answerAll(answer);
  announcer.networkChanged();
  await time.pass(0);
  t.is(events("a").length, failed + 1);
  announcer.networkChanged();
  await time.pass(0);
  t.is(events("a").length, failed + 2);
  await time.pass(minute);
  t.is(events("a").length, failed + 2);
});
