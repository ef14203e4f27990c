import test from "ava";
import type { ExecutionContext } from "ava";
import { AnnounceWorld, type HeardAnnounce } from "../support/announce-world.ts";

const second = 1_000;
const minute = 60 * second;
const urls = { http: "http://t.example/announce", udp: "udp://t.example" };
const protocols = ["http", "udp"] as const;

/** Fails when the counts of announces fall between `started` and `stopped`, in the order of their arrival. */
function holdRising(t: ExecutionContext, heard: readonly HeardAnnounce[]): void {
  for (const [i, announce] of heard.entries()) {
    const before = heard[i - 1];
    if (before === undefined || before.event === "stopped") continue;
    t.true(announce.uploaded >= before.uploaded, `${i}: ${before.uploaded} ${announce.uploaded}`);
    t.true(announce.downloaded >= before.downloaded);
  }
}

for (const protocol of protocols) {
  test(`over ${protocol}, each family gets every event once, with the same counts`, async (t) => {
    const scene = new AnnounceWorld(protocol);
    const tracker = await scene.tracker("t.example");
    const { announcer, counters } = scene.torrent({ tiers: [[urls[protocol]]] });
    announcer.start();
    for (let i = 0; i < 40; i++) {
      await scene.world.run(minute);
      Object.assign(counters, { uploaded: i * 1_000, downloaded: i * 10, left: 50 });
    }
    counters.left = 0;
    announcer.completed();
    await scene.world.run(40 * minute);
    await scene.world.settle(announcer.stop());
    for (const family of [4, 6] as const) {
      const own = tracker.story.filter((line) => line.startsWith(String(family)));
      t.deepEqual(
        own,
        ["started", "-", "completed", "-", "stopped"].map((event) => `${family} ${event}`),
      );
    }
    const counts = (family: 4 | 6) =>
      tracker.heard
        .filter((announce) => announce.family === family)
        .map(({ uploaded, downloaded, left, key, peerId }) => ({
          uploaded,
          downloaded,
          left,
          key,
          peerId,
        }));
    t.deepEqual(counts(4), counts(6));
    holdRising(t, tracker.heard);
  });

  test(`over ${protocol}, a tracker without an address of a family works over the other one`, async (t) => {
    for (const family of [4, 6] as const) {
      const scene = new AnnounceWorld(`${protocol}${family}`);
      const tracker = await scene.tracker("t.example", [family]);
      const { announcer, failures } = scene.torrent({ tiers: [[urls[protocol]]] });
      announcer.start();
      await scene.world.run(45 * minute);
      t.deepEqual(tracker.story, [`${family} started`, `${family} -`]);
      t.deepEqual(failures, []);
      t.like(announcer.status()[0], { isWorking: true, failures: 0, error: undefined });
    }
  });

  test(`over ${protocol}, a family that comes back gets started, and the counts do not fall`, async (t) => {
    const scene = new AnnounceWorld(`back ${protocol}`);
    const tracker = await scene.tracker("t.example");
    tracker.mood.cut = [6];
    const { announcer, counters, failures } = scene.torrent({ tiers: [[urls[protocol]]] });
    announcer.start();
    for (let i = 0; i < 80; i++) {
      counters.uploaded += 1_000;
      if (i === 35) tracker.mood.cut = [];
      await scene.world.run(minute);
    }
    await scene.world.settle(announcer.stop());
    t.deepEqual(tracker.story.filter((line) => line.startsWith("6")).slice(0, 1), ["6 started"]);
    t.is(tracker.story.filter((line) => line.endsWith("started")).length, 2);
    holdRising(t, tracker.heard);
    t.deepEqual(failures, [], "the tracker worked all the time");
  });

  test(`over ${protocol}, a private torrent announces over one family, and over the other when it fails`, async (t) => {
    const scene = new AnnounceWorld(`private ${protocol}`);
    const tracker = await scene.tracker("t.example");
    const { announcer, counters } = scene.torrent({ tiers: [[urls[protocol]]], isPrivate: true });
    announcer.start();
    const pass = async (minutes: number) => {
      for (let i = 0; i < minutes; i++) {
        counters.uploaded += 7;
        await scene.world.run(minute);
      }
    };
    await pass(45);
    t.deepEqual(tracker.story, ["4 started", "4 -"]);
    tracker.mood.cut = [4];
    await pass(60);
    t.deepEqual(new Set(tracker.story.slice(2)), new Set(["6 -"]), "without a second started");
    tracker.mood.cut = [];
    await pass(60);
    t.is(tracker.story.at(-1), "6 -", "the family that replied last stays");
    counters.left = 0;
    announcer.completed();
    await scene.world.settle(announcer.stop());
    t.deepEqual(tracker.story.slice(-2), ["6 completed", "6 stopped"]);
    holdRising(t, tracker.heard);
  });

  test(`over ${protocol}, a tracker that credits differences by peer id credits each byte once`, async (t) => {
    for (const isPrivate of [true, false]) {
      const scene = new AnnounceWorld(`credit ${protocol} ${isPrivate}`);
      const tracker = await scene.tracker("t.example");
      const { announcer, counters } = scene.torrent({ tiers: [[urls[protocol]]], isPrivate });
      const cuts = [[], [4], [], [6], [4], []] as const;
      for (let run = 0; run < 3; run++) {
        announcer.start();
        for (const cut of cuts) {
          tracker.mood.cut = cut;
          for (let i = 0; i < 70; i++) {
            counters.uploaded += 1_000 + i;
            counters.downloaded += 10;
            await scene.world.run(minute);
          }
        }
        await scene.world.settle(announcer.stop());
        t.deepEqual(credited(tracker.heard), {
          uploaded: counters.uploaded,
          downloaded: counters.downloaded,
        });
      }
      t.deepEqual(new Set(tracker.heard.map(({ family }) => family)), new Set([4, 6]));
    }
  });
}

/**
 * Credits like Ocelot: `started` sets the counts of a peer id without credit, every other announce credits what is
 * beyond them, and lower counts are believed.
 */
function credited(heard: readonly HeardAnnounce[]): { uploaded: number; downloaded: number } {
  const total = { uploaded: 0, downloaded: 0 };
  const peers = new Map<string, { uploaded: number; downloaded: number }>();
  for (const { event, peerId, uploaded, downloaded } of heard) {
    const id = Buffer.from(peerId).toString("hex");
    const known = event === "started" ? undefined : peers.get(id);
    if (known !== undefined) {
      total.uploaded += Math.max(0, uploaded - known.uploaded);
      total.downloaded += Math.max(0, downloaded - known.downloaded);
    }
    if (event === "stopped") peers.delete(id);
    else if (known !== undefined || event === "started") peers.set(id, { uploaded, downloaded });
  }
  return total;
}

test("a family that stays silent does not delay the other one after a failure", async (t) => {
  const scene = new AnnounceWorld("beside");
  const tracker = await scene.tracker("t.example");
  tracker.mood.cut = [6];
  const { announcer } = scene.torrent({ tiers: [[urls.udp]] });
  announcer.start();
  await scene.world.run(2 * 60 * minute);
  tracker.mood.cut = [4, 6];
  const isWorking = () => announcer.status()[0]?.isWorking === true;
  while (isWorking()) await scene.world.run(second);
  tracker.mood.cut = [6];
  const failedMs = scene.nowMs;
  while (!isWorking() && scene.nowMs < failedMs + 60 * minute) await scene.world.run(second);
  t.true(scene.nowMs - failedMs < 3 * minute, `${(scene.nowMs - failedMs) / second} s`);
  const heard = tracker.heard.length;
  await scene.world.run(60 * minute);
  t.true(tracker.heard.length > heard, "the tracker is in use again");
});

test("a stop does not wait for a tracker that was never reached", async (t) => {
  const scene = new AnnounceWorld("never");
  const tracker = await scene.tracker("t.example");
  tracker.mood.cut = [4, 6];
  const { announcer } = scene.torrent({ tiers: [[urls.udp]] });
  announcer.start();
  await scene.world.run(5 * minute);
  const stopMs = scene.nowMs;
  await scene.world.settle(announcer.stop());
  t.is(scene.nowMs, stopMs);
});

test("announces to a tracker that names no family but one use that one", async (t) => {
  const scene = new AnnounceWorld("numeric");
  const tracker = await scene.tracker("t.example");
  const { announcer } = scene.torrent({
    tiers: [["udp://198.51.100.1:80"], ["udp://[2001:db8:1::1]:80"]],
  });
  announcer.start();
  await scene.world.run(minute);
  t.deepEqual(tracker.story.toSorted(), ["4 started", "6 started"]);
});

test("the failures of both families are one failure of the tracker", async (t) => {
  const scene = new AnnounceWorld("both");
  const tracker = await scene.tracker("t.example");
  tracker.mood.refusal = "not here";
  const { announcer, failures } = scene.torrent({ tiers: [[urls.udp]] });
  announcer.start();
  await scene.world.run(second);
  t.deepEqual(failures, ["tracker-refused"]);
  t.like(announcer.status()[0], { isWorking: false, failures: 1 });
});

for (const [families, first] of [
  [[4, 6], 4],
  [[6, 4], 6],
] as const) {
  test(`L11: with the families ${families.join()} a private tracker is announced to over IPv${first}`, async (t) => {
    const scene = new AnnounceWorld("preferred", { families });
    const tracker = await scene.tracker("t.example");
    const { announcer } = scene.torrent({ tiers: [[urls.http]], isPrivate: true });
    announcer.start();
    await scene.world.run(minute);
    t.deepEqual(tracker.story, [`${first} started`]);
  });
}

test("L11: no announce goes over a family that is off", async (t) => {
  const scene = new AnnounceWorld("off", { families: [6] });
  const tracker = await scene.tracker("t.example");
  const { announcer } = scene.torrent({ tiers: [[urls.udp]] });
  announcer.start();
  await scene.world.run(40 * minute);
  await scene.world.settle(announcer.stop());
  t.deepEqual(tracker.story, ["6 started", "6 -", "6 stopped"]);
});

test("L11: a tracker at an IPv4 address in IPv6 is announced to over IPv4 alone", async (t) => {
  const scene = new AnnounceWorld("mapped");
  const tracker = await scene.tracker("t.example");
  const { announcer } = scene.torrent({ tiers: [["udp://[::ffff:198.51.100.1]:80"]] });
  announcer.start();
  await scene.world.run(minute);
  t.deepEqual(tracker.story, ["4 started"]);
});
