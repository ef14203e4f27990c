import type { HttpReply } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { readFeed } from "../../../src/automation/feeds/document/read-feed.ts";
import { Feeds } from "../../../src/automation/feeds/feeds.ts";

const document = `<rss version="2.0"><channel><item><title>A</title><link>http://a/a</link></item></channel></rss>`;

test("rules that cannot be saved never come into force; the rules of before stay as they were", async (t) => {
  const { call, disk, late } = scene();
  const old = [{ name: "old", pattern: "(a|aa)+$" }];
  t.deepEqual(await call("set-rules", { rules: old }), { result: {} });
  t.deepEqual(await call("add-feed", { name: "f", url: "http://a/feed" }), { result: {} });
  await late;
  const before = await call("list-rules");
  t.regex(JSON.stringify(before), /"off":"its pattern takes too long/);
  const { promise: full, reject } = Promise.withResolvers<never>();
  const { promise: saving, resolve: saves } = Promise.withResolvers<void>();
  disk.replace = () => {
    saves();
    return full;
  };
  const setting = call("set-rules", { rules: [{ name: "new", words: "*" }] });
  await saving;
  t.deepEqual(await call("list-rules"), before);
  reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  t.like(await setting, { error: { code: "feeds-not-saved" } });
  t.deepEqual(await call("list-rules"), before);
});

/** Feeds whose patterns are late at every title, and a disk that a test may replace. */
function scene() {
  const time = new ManualTime();
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const disk = { replace: async (): Promise<void> => undefined };
  const feeds = new Feeds(
    {
      ...{ clock: time, timers: time, random: { next: () => 0 } },
      files: {
        read: () => undefined,
        replace: () => disk.replace(),
        remove: async () => undefined,
      },
      http: {
        get: async (url): Promise<HttpReply> => ({ status: 200, body: Buffer.from(document), url }),
      },
      hops: () => () => undefined,
      inTurn: (work) => work(),
      turn: async () => undefined,
      read: async (bytes, url) => readFeed(bytes, url),
      match: async () => ({ lateAt: 0 }),
      add: async () => undefined,
      checkFolder: async () => undefined,
      warned: (code) => {
        if (code === "pattern-late") resolve();
      },
    },
    { feeds: [], rules: [] },
  );
  feeds.begin();
  const call = (name: "add-feed" | "list-rules" | "set-rules", given: object = {}) =>
    feeds.run({ name, given, right: "control" });
  return { call, disk, late };
}
