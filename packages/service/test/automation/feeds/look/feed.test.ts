import { type Http, type HttpReply } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { setImmediate } from "node:timers/promises";
import { Feed } from "../../../../src/automation/feeds/look/feed.ts";
import { FeedMemory } from "../../../../src/automation/feeds/look/feed-memory.ts";
import { readFeed } from "../../../../src/automation/feeds/document/read-feed.ts";

const minute = 60_000;
const text = `<rss version="2.0"><channel><ttl>30</ttl><item><title>A</title><link>http://a/a</link></item></channel></rss>`;

type Answer = Partial<HttpReply> | Error;

/** A feed in virtual time, and a server that answers what a test says. */
function scene(answer: (headers: Readonly<Record<string, string>>) => Answer) {
  const time = new ManualTime();
  const files = new Map<string, string>();
  const asked: number[] = [];
  const warnings: string[] = [];
  const taken: string[] = [];
  let writes = 0;
  const get: Http["get"] = async (url, { headers = {} }) => {
    asked.push(time.nowMs() - 1_000_000);
    const reply = answer(headers);
    if (reply instanceof Error) throw reply;
    return { status: 200, body: Buffer.from(text), url, ...reply };
  };
  const memory = new FeedMemory(
    {
      read: (name) => files.get(name),
      replace: async (name, content) => {
        writes++;
        files.set(name, content);
      },
      remove: async (name) => void files.delete(name),
    },
    "f",
  );
  const feed = new Feed(
    { name: "f", url: "http://a/feed?passkey=secret", intervalMs: 15 * minute, from: "api" },
    memory,
    {
      ...{ clock: time, timers: time, random: { next: () => 0 }, http: { get } },
      hops: () => () => undefined,
      inTurn: (work) => work(),
      read: async (bytes, url) => readFeed(bytes, url),
      take: async (_, items) => void taken.push(...items.map(({ title }) => title)),
      warned: (code, message) => void warnings.push(`${code} ${message}`),
    },
  );
  const pass = async (ms: number): Promise<void> => {
    const until = time.nowMs() + ms;
    while (time.step(until)) await setImmediate();
    await setImmediate();
  };
  return { asked, feed, pass, taken, time, warnings, writes: () => writes, files };
}

test("a feed is looked at again and again; its time to live is longer than the interval", async (t) => {
  const { asked, feed, pass, taken } = scene(() => ({}));
  feed.begin();
  await pass(100 * minute);
  t.deepEqual(
    asked.map((ms) => ms / minute),
    [0, 30, 60, 90],
  );
  t.deepEqual(taken, ["A", "A", "A", "A"]);
  await feed.end();
  await pass(100 * minute);
  t.is(asked.length, 4);
  t.is(feed.state.kind, "removed");
});

test("the server is asked for a changed document alone", async (t) => {
  const seen: Readonly<Record<string, string>>[] = [];
  const { feed, taken } = scene((headers) => {
    seen.push(headers);
    return "if-none-match" in headers
      ? { status: 304, body: new Uint8Array() }
      : { etag: '"v1"', lastModified: "Fri, 27 Nov 2026 10:00:00 GMT" };
  });
  await feed.look();
  await feed.look();
  t.deepEqual(seen, [
    {},
    { "if-none-match": '"v1"', "if-modified-since": "Fri, 27 Nov 2026 10:00:00 GMT" },
  ]);
  t.deepEqual(taken, ["A"]);
  t.is(feed.items.length, 1);
  t.is(feed.error, undefined);
  feed.forgetDocument();
  await feed.look();
  t.deepEqual(taken, ["A", "A"]);
});

test("a document that is forgotten during a look is fetched again", async (t) => {
  const seen: Readonly<Record<string, string>>[] = [];
  const { feed } = scene((headers) => {
    if (seen.push(headers) === 1) feed.forgetDocument();
    return { etag: '"v1"' };
  });
  await feed.look();
  await feed.look();
  await feed.look();
  t.deepEqual(seen, [{}, {}, { "if-none-match": '"v1"' }]);
});

test("waits grow after errors, of which the first is a warning without the passkey", async (t) => {
  let isDown = true;
  const failure = Object.assign(new Error("cannot get http://a/feed?passkey=secret"), {
    code: "http-failed",
  });
  const { asked, feed, pass, warnings } = scene(() => (isDown ? failure : {}));
  feed.begin();
  await pass(29 * minute);
  t.is(feed.failures, 1);
  t.is(feed.error?.code, "http-failed");
  await pass(240 * minute);
  t.deepEqual(
    asked.map((ms) => ms / minute),
    [0, 30, 90, 210],
  );
  t.is(warnings.length, 1);
  t.notRegex(warnings.join(), /secret/);
  t.notRegex(JSON.stringify(feed.error), /secret/);
  isDown = false;
  await pass(240 * minute);
  t.is(feed.failures, 0);
  t.is(feed.error, undefined);
});

test("answers that are no feed are errors", async (t) => {
  for (const [answer, code] of [
    [{ status: 404 }, "feed-not-fetched"],
    [{ status: 304 }, "feed-not-fetched"],
    [{ body: Buffer.from("<html></html>") }, "feed-malformed"],
    [{ body: Buffer.from(`<!DOCTYPE rss><rss version="2.0"/>`) }, "feed-refused"],
    [{ body: new Uint8Array() }, "feed-malformed"],
  ] as const) {
    const { feed } = scene(() => answer);
    await feed.look();
    t.is(feed.error?.code, code);
  }
});

test("a look that a user asks for takes the place of the next one; two at once are one", async (t) => {
  const { asked, feed, pass } = scene(() => ({}));
  feed.begin();
  await pass(10 * minute);
  await Promise.all([feed.look(), feed.look()]);
  t.is(asked.length, 2);
  await pass(29 * minute);
  t.is(asked.length, 2);
  await pass(2 * minute);
  t.is(asked.length, 3);
});
