import test from "ava";
import type { SimulatedReply } from "@troupe/actor-runtime/simulated";
import type { AnnounceMode } from "@troupe/control";
import { AnnounceWorld, type WorldTracker } from "../support/announce-world.ts";

const second = 1_000;
const minute = 60 * second;

/** Trackers a, b, c … by UDP, and the torrent that announces to them. */
async function scene(
  tiers: readonly string[],
  { mode = "parallel", isPrivate = false }: { mode?: AnnounceMode; isPrivate?: boolean } = {},
) {
  const world = new AnnounceWorld(`tiers ${tiers.join(" ")} ${mode}`);
  const trackers = new Map<string, WorldTracker>();
  for (const name of new Set(tiers.join(""))) trackers.set(name, await world.tracker(name, [4]));
  const torrent = world.torrent({
    tiers: tiers.map((names) => Array.from(names, (name) => `udp://${name}`)),
    mode,
    isPrivate,
  });
  /** Names of the trackers that heard an announce of a torrent that is there. */
  const heard = () =>
    [...trackers]
      .filter(([, { story }]) => story.length > 0)
      .map(([name]) => name)
      .join("");
  const tracker = (name: string) => {
    const found = trackers.get(name);
    if (found === undefined) throw new Error(`no tracker ${name}`);
    return found;
  };
  return { world: world.world, ...torrent, heard, tracker };
}

test("`parallel` announces to one tracker of each tier", async (t) => {
  const { announcer, world, heard } = await scene(["ab", "cd", "e"]);
  announcer.start();
  await world.run(60 * minute);
  t.regex(heard(), /^[ab][cd]e$/);
});

test("`strict` announces to one tracker of all tiers, `all` to every one", async (t) => {
  for (const [mode, count] of [
    ["strict", 1],
    ["all", 5],
  ] as const) {
    const { announcer, world, heard } = await scene(["ab", "cd", "e"], { mode });
    announcer.start();
    await world.run(60 * minute);
    t.is(heard().length, count);
  }
});

test("twenty tiers are announced to at once, a further one when an earlier one fails", async (t) => {
  const tiers = Array.from("abcdefghijklmnopqrstuvwxyz");
  const { announcer, world, heard, tracker } = await scene(tiers);
  announcer.start();
  await world.run(minute);
  t.is(heard(), "abcdefghijklmnopqrst");
  tracker("b").mood.cut = [4];
  await world.run(60 * minute);
  t.is(heard(), "abcdefghijklmnopqrstv");
});

test("a URL that several tiers name is announced to once", async (t) => {
  const { announcer, world, tracker } = await scene(["a", "a", "ba"]);
  announcer.start();
  await world.run(minute);
  t.deepEqual(tracker("a").story, ["4 started"]);
  t.deepEqual(tracker("b").story, ["4 started"]);
});

test("beside a silent UDP tracker the next of its tier is asked after 15 s", async (t) => {
  const { announcer, world, tracker } = await scene(["a", "bc"]);
  for (const name of ["a", "b", "c"]) tracker(name).mood.cut = [4];
  announcer.start();
  await world.run(14.9 * second);
  const asked = () => ["b", "c"].filter((name) => tracker(name).messages > 0).length;
  t.is(asked(), 1);
  await world.run(0.2 * second);
  t.is(asked(), 2);
  t.is(tracker("a").messages, 2, "15 s later a is asked again, in a tier of its own");
});

test("of a private torrent the next tracker is asked when the one before has failed", async (t) => {
  const { announcer, world, heard, tracker } = await scene(["a", "b"], {
    isPrivate: true,
    mode: "all",
  });
  tracker("a").mood.cut = [4];
  announcer.start();
  await world.run(44 * second);
  t.is(tracker("b").messages, 0);
  await world.run(2 * second);
  t.is(heard(), "b");
  await world.settle(announcer.stop());
  t.deepEqual(tracker("b").story, ["4 started", "4 stopped"]);
});

test("a tracker that was silent is asked again within 30 minutes", async (t) => {
  const { announcer, world, tracker } = await scene(["a"]);
  tracker("a").mood.cut = [4];
  announcer.start();
  let before = 0;
  for (let halfHours = 0; halfHours < 12; halfHours++) {
    await world.run(30 * minute);
    t.true(tracker("a").messages > before);
    before = tracker("a").messages;
  }
  tracker("a").mood.cut = [];
  await world.run(31 * minute);
  t.is(tracker("a").story[0], "4 started");
});

/** Minutes at which a download without peers asks an HTTP tracker with this reply, in some hours. */
async function asked(reply: SimulatedReply, hours = 10): Promise<number[]> {
  const world = new AnnounceWorld(`asked ${String(reply.body)}`);
  const atMinutes: number[] = [];
  world.world.names.set("t.example", "198.51.100.7");
  world.world.http.serve("http://t.example/announce", () => {
    atMinutes.push(world.nowMs / minute);
    return reply;
  });
  const tiers = [["http://t.example/announce"]];
  const { announcer } = world.torrent({ tiers, isHungry: true });
  announcer.start();
  await world.world.run(hours * 60 * minute);
  return atMinutes;
}

const refusal = (fields = "") => ({ body: `d14:failure reason4:full${fields}e` });
const retryAfter = (status: number, text: string) => ({
  ...{ status, body: "busy" },
  headers: { "retry-after": text },
});

for (const [title, reply, pauseMinutes] of [
  ["the `interval` of a refusal", refusal("8:intervali3600e"), 60],
  ["the `min interval` of a refusal", refusal("12:min intervali1200e"), 20],
  ["the longer of `retry in` and `interval`", refusal("8:intervali60e8:retry ini30e"), 30],
  ["`retry in`", refusal("8:retry in3:120e"), 120],
  ["`Retry-After` beside status 429", retryAfter(429, "600"), 10],
  ["`Retry-After` beside status 503", retryAfter(503, "3600"), 60],
  ["`Retry-After` of a refusal", { ...retryAfter(429, "900"), ...refusal("8:intervali60e") }, 15],
  [
    "a `min interval` that is longer than the `interval`",
    { body: "d8:intervali600e12:min intervali3600e5:peers0:e" },
    60,
  ],
  [
    "the `interval` of a reply with a warning",
    { body: "d8:intervali3438e5:peers0:15:warning message14:not registerede" },
    57.3 * 0.9,
  ],
] as const)
  test(`a download without peers keeps ${title}`, async (t) => {
    const atMinutes = await asked(reply);
    const pauses = atMinutes.map((at, i) => at - (atMinutes[i - 1] ?? 0)).slice(1);
    t.true(pauses.every((pause) => pause >= pauseMinutes));
    const most = Math.floor(600 / pauseMinutes) + 1;
    t.true(atMinutes.length <= most && atMinutes.length >= 0.75 * most, `${atMinutes.length}`);
  });

test("a tracker that wants no announce gets none, and no other wait is longer than a day", async (t) => {
  t.is((await asked(refusal("8:retry in5:never"), 50)).length, 1);
  const atMinutes = await asked(refusal("8:retry ini999999999e"), 50);
  t.deepEqual(atMinutes.map(Math.round), [0, 24 * 60, 48 * 60]);
});

test("a Retry-After beside an error page that begins with d is kept", async (t) => {
  const page = { ...retryAfter(503, "3600"), body: "down for maintenance" };
  t.is((await asked(page)).length, 10);
});

test("a private tracker that is busy is not asked over its other address family", async (t) => {
  const world = new AnnounceWorld("a busy private tracker");
  let count = 0;
  world.world.names.set("t.example", "198.51.100.7", "2001:db8::7");
  world.world.http.serve("http://t.example/announce", () => {
    count++;
    return retryAfter(429, "3600");
  });
  const tiers = [["http://t.example/announce"]];
  const { announcer } = world.torrent({ tiers, isPrivate: true });
  announcer.start();
  await world.world.run(59 * minute);
  t.is(count, 1);
});

test("a tracker that fails is not asked more often beside twenty that refuse", async (t) => {
  const world = new AnnounceWorld("a failing tracker beside others that refuse");
  let count = 0;
  const names = Array.from({ length: 20 }, (_, i) => `t${i}.example`);
  for (const [i, name] of ["page.example", ...names].entries()) {
    world.world.names.set(name, `198.51.100.${i + 1}`);
    world.world.http.serve(`http://${name}/announce`, () => {
      if (name !== "page.example") return refusal();
      count++;
      return { body: "<html>" };
    });
  }
  const tiers = [["page.example", ...names].map((name) => `http://${name}/announce`)];
  const { announcer } = world.torrent({ tiers });
  announcer.start();
  await world.world.run(10 * 60 * minute);
  t.true(count >= 100 && count <= 140, `${count}`);
});

for (const [title, reply] of [
  ["refuses and names no time", refusal()],
  ["answers with status 429 and names no time", { status: 429, body: "busy" }],
] as const)
  test(`a tracker that ${title} is asked again after 15, 30 and 60 s, and then at most each 5 minutes`, async (t) => {
    const seconds = (await asked(reply)).map((at) => 60 * at);
    const pauses = seconds.map((at, i) => at - (seconds[i - 1] ?? 0)).slice(1);
    for (const [i, due] of [15, 30, 60, 120, 240].entries()) {
      const pause = pauses[i] ?? NaN;
      t.true(pause >= due && pause <= 1.25 * due, `${pause}`);
    }
    t.true(pauses.slice(5).every((pause) => pause >= 300 && pause <= 375));
  });

test("a tracker that refuses is not asked more often for the failures of another one", async (t) => {
  const world = new AnnounceWorld("a refusal beside a dead tracker");
  let count = 0;
  world.world.names.set("t.example", "198.51.100.7");
  world.world.http.serve("http://t.example/announce", () => {
    count++;
    return refusal();
  });
  const tiers = [["http://gone.example/announce", "http://t.example/announce"]];
  const { announcer } = world.torrent({ tiers });
  announcer.start();
  await world.world.run(3 * minute);
  t.is(count, 4);
});

/** A tracker at an address of each family, whose replies the test gives; `asked` has the minutes of the requests by family. */
function twoFamilies(
  seed: string,
  answer: (family: 4 | 6) => SimulatedReply | Promise<SimulatedReply>,
  isPrivate = false,
) {
  const world = new AnnounceWorld(seed);
  const askedAt: Record<4 | 6, number[]> = { 4: [], 6: [] };
  world.world.names.set("t.example", "198.51.100.7", "2001:db8::7");
  world.world.http.serve("http://t.example/announce", ({ from }) => {
    const family = from.includes(":") ? 6 : 4;
    askedAt[family].push(world.nowMs);
    return answer(family);
  });
  const tiers = [["http://t.example/announce"]];
  const { announcer } = world.torrent({ tiers, isPrivate });
  return { announcer, askedAt, world };
}

const reply = { body: "d8:intervali600e5:peers0:e" };
const broken = (): never => {
  throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
};

test("a family that stays dead does not delay the other one after a short failure", async (t) => {
  let isCut = false;
  const { announcer, askedAt, world } = twoFamilies("a dead family", (family) =>
    family === 6 || isCut ? broken() : reply,
  );
  announcer.start();
  await world.world.run(25 * minute);
  t.true(askedAt[4].length > 1 && askedAt[6].length > 3);
  isCut = true;
  const before = askedAt[4].length;
  while (askedAt[4].length === before) await world.world.run(second);
  isCut = false;
  await world.world.run(10 * second);
  t.is(askedAt[4].length, before + 2);
});

test("an announce that the user wants goes to a private tracker none of whose families answers", async (t) => {
  const { announcer, askedAt, world } = twoFamilies("both are dead", broken, true);
  announcer.start();
  await world.world.run(60 * minute);
  for (let i = 0; i < 5; i++) {
    await world.world.run(60 * second);
    const before = askedAt[4].length + askedAt[6].length;
    t.is(announcer.request()?.[0]?.inSeconds, 0);
    await world.world.run(second);
    t.true(askedAt[4].length + askedAt[6].length > before);
  }
});

test("a private tracker with an error page over one family is used over the other one", async (t) => {
  const { announcer, askedAt, world } = twoFamilies(
    "an error page",
    (family) => (family === 4 ? { status: 404, body: "no such page" } : reply),
    true,
  );
  announcer.start();
  await world.world.run(60 * minute);
  t.true(askedAt[6].length >= 5);
  t.true(askedAt[4].length <= 1);
});
