import test from "ava";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import { AnnouncePlaces, type PlaceBounds } from "../../src/trackers/announce-places.ts";

const bounds: PlaceBounds = { places: 4, placesPerHost: 2, perSecond: 1_000 };
const { signal } = new AbortController();

/** Requests by name, and the places that they got, in order. */
function scene(own: Partial<PlaceBounds> = {}) {
  const time = new ManualTime();
  const places = new AnnouncePlaces({ ...bounds, ...own }, { clock: time, timers: time });
  const taken: string[] = [];
  const release = new Map<string, () => void>();
  const take = (name: string, host = "a", isSeed = false, until = signal) =>
    places.take({ host, isSeed, signal: until }).then(
      (free) => {
        taken.push(name);
        release.set(name, free);
      },
      () => void taken.push(`${name} gave up`),
    );
  const free = async (name: string): Promise<void> => {
    release.get(name)?.();
    await time.pass(1);
    await settle();
  };
  return { time, places, taken, take, free, release };
}

test("one host gets all places while no other waits, and gives them up to one that does", async (t) => {
  const { taken, take, free } = scene();
  for (const name of ["a1", "a2", "a3", "a4", "a5", "a6"]) void take(name);
  void take("b1", "b");
  await settle();
  t.deepEqual(taken, ["a1", "a2", "a3", "a4"]);
  await free("a1");
  t.deepEqual(taken.slice(4), ["b1"]);
  await free("a2");
  t.deepEqual(taken.slice(5), ["a5"]);
});

test("a host with all its places waits behind the seeds of another host", async (t) => {
  const { taken, take, free } = scene();
  for (const name of ["a1", "a2", "a3", "a4", "a5"]) void take(name);
  void take("b1", "b", true);
  await settle();
  await free("a1");
  t.deepEqual(taken.slice(4), ["b1"]);
});

test("downloads go before seeds", async (t) => {
  const { taken, take, free } = scene({ places: 1 });
  for (const [name, isSeed] of [
    ["first", true],
    ["seed", true],
    ["download", false],
  ] as const) {
    void take(name, "a", isSeed);
  }
  await settle();
  await free("first");
  await free("download");
  t.deepEqual(taken, ["first", "download", "seed"]);
});

test("a request that gives up leaves the line, and one that has given up never enters it", async (t) => {
  const { taken, take, free, places } = scene({ places: 1 });
  const stop = new AbortController();
  void take("a1");
  void take("a2", "a", false, stop.signal);
  void take("a3");
  await settle();
  stop.abort();
  await settle();
  await take("a4", "a", false, stop.signal);
  await free("a1");
  t.deepEqual(taken, ["a1", "a2 gave up", "a4 gave up", "a3"]);
  t.is(places.waiting, 0);
});

test("after a burst of as many as there are places, announces begin at the pace", async (t) => {
  const { time, taken, take, release } = scene({ places: 50, placesPerHost: 10, perSecond: 60 });
  const names = Array.from({ length: 5_000 }, (_, i) => String(i));
  for (const name of names) void take(name);
  const perSecond: number[] = [];
  for (let freed = 0; taken.length < names.length;) {
    const before = taken.length;
    for (let tenth = 0; tenth < 10; tenth++) {
      await time.pass(100);
      await settle();
      for (; freed < taken.length; freed++) release.get(taken[freed] ?? "")?.();
      await settle();
    }
    perSecond.push(taken.length - before);
  }
  t.true(perSecond.length < 120, `${perSecond.length} s`);
  const mean = names.length / perSecond.length;
  t.true(Math.max(...perSecond) <= 3 * mean, `${Math.max(...perSecond)} of ${mean}`);
  t.deepEqual(taken, names);
});
