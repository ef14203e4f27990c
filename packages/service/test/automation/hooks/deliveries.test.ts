import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { Deliveries, type TryEnd } from "../../../src/automation/hooks/deliveries.ts";
import type { OutboxEntry } from "../../../src/automation/hooks/outbox-entry.ts";
import { exampleEntry, exampleTorrent } from "../../support/example-entry.ts";

const hourMs = 3_600_000;

function open(end: (entry: OutboxEntry, signal: AbortSignal) => Promise<TryEnd> | TryEnd) {
  const time = new ManualTime();
  const tries: (readonly [atMs: number, id: string])[] = [];
  const ended: string[] = [];
  const warnings: (readonly [code: string, message: string])[] = [];
  const beganMs = time.nowMs();
  const deliveries = new Deliveries({
    ...{ clock: time, timers: time },
    attempt: async (entry, signal) => {
      tries.push([time.nowMs() - beganMs, entry.id]);
      return await end(entry, signal);
    },
    ended: (ids) => ended.push(...ids),
    warned: (code, message) => warnings.push([code, message]),
  });
  const put = (id: string, more: Partial<OutboxEntry> = {}): void =>
    deliveries.put([exampleEntry({ id, atMs: time.epochMs(), ...more })]);
  return { deliveries, ended, put, time, tries, warnings };
}

const failed: TryEnd = { failed: "it ended with exit code 1" };

test("a hook that fails is tried after 1 s, 2 s … 1 h for 24 h, then dropped, and named twice", async (t) => {
  const { ended, put, time, tries, warnings } = open(() => failed);
  put("a");
  await time.pass(25 * hourMs);
  const times = tries.map(([atMs]) => atMs);
  t.deepEqual(times.slice(0, 6), [0, 1_000, 3_000, 7_000, 15_000, 31_000]);
  const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  t.is(Math.max(...pauses), hourMs);
  t.true((times.at(-1) ?? 0) < 24 * hourMs && (times.at(-1) ?? 0) > 23 * hourMs - 1);
  t.deepEqual(ended, ["a"]);
  t.deepEqual(
    warnings.map(([code]) => code),
    ["hook-failed", "hook-dropped"],
  );
  t.is(time.pending, 0);
});

test("events of a torrent keep their order: a later one lets the earlier be tried first", async (t) => {
  let isDown = true;
  const { ended, put, time, tries } = open(() => (isDown ? failed : "arrived"));
  put("a");
  await time.pass(500);
  put("b");
  await time.pass(500);
  isDown = false;
  await time.pass(10_000);
  t.deepEqual(
    tries.map(([, id]) => id),
    ["a", "a", "b", "a", "b"],
  );
  t.deepEqual(ended, ["a", "b"]);
});

test("an event that always fails does not hold up later ones of its torrent", async (t) => {
  const { ended, put, time } = open(({ id }) => (id === "a" ? failed : "arrived"));
  put("a");
  put("b");
  await time.pass(1);
  t.deepEqual(ended, ["b"]);
});

test("four programs run at once, and requests have four slots of their own", async (t) => {
  const running = new Map<string, (end: TryEnd) => void>();
  const { put, time, tries } = open(
    ({ id }) => new Promise((resolve) => void running.set(id, resolve)),
  );
  for (const kind of ["hook", "webhook"] as const)
    for (let index = 0; index < 6; index++)
      put(`${kind} ${index}`, {
        hook: { kind, name: "all" },
        torrent: { ...exampleTorrent, infoHash: String(index) },
      });
  await time.pass(1);
  t.deepEqual([...running.keys()].toSorted(), [
    ...["hook 0", "hook 1", "hook 2", "hook 3"],
    ...["webhook 0", "webhook 1", "webhook 2", "webhook 3"],
  ]);
  running.get("hook 2")?.("arrived");
  await time.pass(1);
  t.is(tries.at(-1)?.[1], "hook 4");
  t.is(tries.length, 9);
});

test("the end of a service ends tries, and their entries stay", async (t) => {
  const signals: AbortSignal[] = [];
  const { deliveries, ended, put, time, warnings } = open(
    (_, signal) =>
      new Promise((resolve) => {
        signals.push(signal);
        signal.addEventListener("abort", () => resolve({ failed: "it was ended by SIGKILL" }));
      }),
  );
  put("a");
  await time.pass(1);
  deliveries.close();
  await time.pass(hourMs);
  put("b");
  await time.pass(hourMs);
  t.deepEqual([signals.length, ended, warnings, time.pending], [1, [], [], 0]);
});

test("a dropped entry is not tried again", async (t) => {
  const { deliveries, put, time, tries } = open(() => failed);
  put("a");
  await time.pass(1);
  deliveries.drop([exampleEntry({ id: "a" })]);
  await time.pass(hourMs);
  t.is(tries.length, 1);
  t.is(time.pending, 0);
});
