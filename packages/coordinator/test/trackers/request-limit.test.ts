import test from "ava";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import {
  RequestLimit,
  type AnnounceUrgency,
  type RequestBounds,
} from "../../src/trackers/request-limit.ts";

const bounds: RequestBounds = { places: 4, placesPerHost: 2, perSecond: 1_000, burst: 1_000 };
const { signal } = new AbortController();

/** Requests by name, and the places that they got, in order. */
function scene(own: Partial<RequestBounds> = {}) {
  const time = new ManualTime();
  const places = new RequestLimit({ ...bounds, ...own }, { clock: time, timers: time });
  const taken: string[] = [];
  const release = new Map<string, () => void>();
  const take = (name: string, host = "a", urgency: AnnounceUrgency = "download", until = signal) =>
    places.take({ host, urgency, signal: until }).then(
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
  void take("b1", "b", "seed");
  await settle();
  await free("a1");
  t.deepEqual(taken.slice(4), ["b1"]);
});

test("`stopped` goes before other announces, and downloads before seeds", async (t) => {
  const { taken, take, free } = scene({ places: 1 });
  void take("first", "a", "seed");
  const urgencies = ["retry", "seed", "download", "stop-seed", "stop-download"] as const;
  for (const urgency of urgencies) void take(urgency, "a", urgency);
  await settle();
  for (const name of ["first", ...urgencies.toReversed()]) await free(name);
  t.deepEqual(taken, ["first", ...urgencies.toReversed()]);
});

test("a request that gives up leaves the line, and one that has given up never enters it", async (t) => {
  const { taken, take, free, places } = scene({ places: 1 });
  const stop = new AbortController();
  void take("a1");
  void take("a2", "a", "download", stop.signal);
  void take("a3");
  await settle();
  stop.abort();
  await settle();
  await take("a4", "a", "download", stop.signal);
  await free("a1");
  t.deepEqual(taken, ["a1", "a2 gave up", "a4 gave up", "a3"]);
  t.is(places.waiting, 0);
});

test("after a burst, announces begin at the pace", async (t) => {
  const { time, taken, take, release } = scene({
    places: 50,
    placesPerHost: 10,
    perSecond: 60,
    burst: 20,
  });
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

test("`stopped` does not wait for the pace", async (t) => {
  const { time, taken, take } = scene({ places: 50, placesPerHost: 50, perSecond: 1, burst: 1 });
  for (let i = 0; i < 10; i++) void take(`download ${i}`);
  for (let i = 0; i < 10; i++) void take(`stop ${i}`, "a", "stop-seed");
  await time.pass(0);
  await settle();
  t.is(taken.filter((name) => name.startsWith("stop")).length, 10);
  t.is(taken.length, 11);
});
