import type { Ref } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { setImmediate } from "node:timers/promises";
import { ReaderThread } from "../../../../src/automation/feeds/look/reader-thread.ts";

/** A thread that answers what a test says. */
function scene(answer: () => Promise<unknown>) {
  const time = new ManualTime();
  const story: string[] = [];
  const root = {
    ref: () => ({ call: (name: string) => (story.push(name), answer()) }) as unknown as Ref<never>,
    startChild: async () => void story.push("start"),
    stopChild: async () => void story.push("stop"),
  };
  const progress = new SharedArrayBuffer(8);
  const ports = { root, clock: time, timers: time, progress: () => progress };
  return { reader: new ReaderThread(ports), story, time };
}

test("a feed that takes longer than two seconds to read ends the thread; the next one gets another", async (t) => {
  let answer: () => Promise<unknown> = () => new Promise(() => undefined);
  const { reader, story, time } = scene(() => answer());
  const late = reader.read(new Uint8Array(), "http://a/");
  const next = reader.read(new Uint8Array(), "http://b/");
  await setImmediate();
  t.deepEqual(time.delaysMs, [250]);
  answer = async () => ({ kind: "feed", items: [] });
  while (time.step(time.nowMs() + 2_000)) await setImmediate();
  await t.throwsAsync(late, { code: "feed-late" });
  t.like(await next, { kind: "feed" });
  t.deepEqual(story.slice(0, 5), ["start", "read-feed", "stop", "start", "read-feed"]);
});

test("a thread that crashes costs the call alone; a thread without work ends after 30 s", async (t) => {
  const gone = Object.assign(new Error("out of memory"), { code: "actor-gone" });
  let answer: () => Promise<unknown> = () => Promise.reject(gone);
  const { reader, story, time } = scene(() => answer());
  await t.throwsAsync(reader.read(new Uint8Array(), "http://a/"), { code: "feed-reader-ended" });
  answer = async () => ({ found: [0] });
  const matched = await reader.match("a", ["a"]);
  t.deepEqual("found" in matched ? [...matched.found] : [], [0]);
  t.deepEqual(story, ["start", "read-feed", "stop", "start", "match-titles"]);
  t.deepEqual(time.delaysMs, [30_000]);
  while (time.step(time.nowMs() + 30_000)) await setImmediate();
  await setImmediate();
  t.is(story.at(-1), "stop");
});

test("a thread that is closed during a call ends after it, and leaves no timer behind", async (t) => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { reader, story, time } = scene(() => promise);
  const reading = reader.read(new Uint8Array(), "http://a/");
  await setImmediate();
  const closing = reader.close();
  resolve({ kind: "feed", items: [] });
  t.like(await reading, { kind: "feed" });
  await closing;
  t.deepEqual(story, ["start", "read-feed", "stop"]);
  t.deepEqual(time.delaysMs, []);
});
