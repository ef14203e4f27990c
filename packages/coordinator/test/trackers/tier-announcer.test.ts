import test from "ava";
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

/** An HTTP tracker that refuses, and how often a torrent asks it in a day. */
async function refused(retryIn: string): Promise<number[]> {
  const world = new AnnounceWorld(`refused ${retryIn}`);
  const atMs: number[] = [];
  world.world.names.set("t.example", "198.51.100.7");
  world.world.http.serve("http://t.example/announce", () => {
    atMs.push(Math.round(world.nowMs / minute));
    return { body: `d14:failure reason4:full${retryIn}e` };
  });
  const { announcer } = world.torrent({ tiers: [["http://t.example/announce"]] });
  announcer.start();
  await world.world.run(24 * 60 * minute);
  return atMs;
}

test("a tracker that says when to announce again is obeyed, one that wants no announce too", async (t) => {
  t.deepEqual((await refused("8:retry ini300e")).slice(0, 4), [0, 300, 600, 900]);
  t.is((await refused("8:retry in5:never")).length, 1);
  const usual = await refused("");
  t.true(usual.every((at, i) => at - (usual[i - 1] ?? 0) <= 30));
});
