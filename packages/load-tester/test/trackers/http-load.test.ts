import test from "ava";
import {
  encodeAnnounceFailure,
  encodeAnnounceReply,
  encodeScrapeReply,
} from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { emptyReply, response } from "../support/scripted-http-tracker.ts";
import { httpUrl, TrackerScene, type TrackerSceneOptions } from "../support/tracker-scene.ts";

const closed = { kind: "depth", depth: 1 } as const;

function open(options: TrackerSceneOptions): Promise<TrackerScene> {
  return TrackerScene.open({ url: httpUrl, ...options });
}

test("a client announces its life over HTTP, on one connection that the tracker keeps", async (t) => {
  const scene = await open({ clients: 1, spec: { pace: closed } });
  scene.arrive(0, { stayMs: 2_000 });
  await scene.world.run(3_000);
  const { requests } = scene.httpTracker;
  const events = requests.map(({ query }) => query?.event);
  t.is(events[0], "started");
  t.is(events.at(-1), "stopped");
  t.is(events.filter((event) => event === "completed").length, 1);
  t.is(scene.recorder.countOf("announces"), requests.length);
  // The stop does not wait for the announce under way, and needs a connection of its own.
  t.is(scene.httpTracker.connections, 2);
  t.is(scene.recorder.samplesOf("connect").length, 2);
});

test("each announce has a connection of its own at a tracker that closes them", async (t) => {
  const scene = await open({ clients: 2, spec: { pace: closed } });
  scene.httpTracker.behaviour = { answer: () => emptyReply(), closes: true };
  for (const member of [0, 1]) scene.arrive(member);
  await scene.world.run(2_000);
  const { requests, connections } = scene.httpTracker;
  t.true(requests.length > 20);
  t.is(connections, requests.length);
  t.is(scene.recorder.countOf("wrong_answers") + scene.recorder.countOf("unanswered"), 0);
});

test("each client dials from its own source address", async (t) => {
  const scene = await open({ clients: 4 });
  for (let member = 0; member < 4; member++) scene.act(member);
  await scene.world.run(500);
  const hosts = scene.httpTracker.requests.map(({ host }) => host);
  t.deepEqual(hosts.toSorted(), ["10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.4"]);
});

test("the latency of an open load includes the connect, and a late intent", async (t) => {
  const scene = await open({ clients: 1 });
  scene.act(0, { lateMs: 30 });
  await scene.world.run(500);
  const [sample] = scene.recorder.samplesOf("announce");
  const [connect] = scene.recorder.samplesOf("connect");
  const connectMs = (connect?.endedMs ?? 0) - (connect?.beganMs ?? 0);
  t.true(connectMs >= 40);
  t.true((sample?.endedMs ?? 0) - (sample?.beganMs ?? 0) >= 30 + connectMs + 40);
});

test("two requests of a client at a time never share a connection", async (t) => {
  const scene = await open({ clients: 1 });
  scene.act(0);
  scene.act(0);
  await scene.world.run(500);
  t.deepEqual(new Set(scene.httpTracker.requests.map(({ connection }) => connection)).size, 2);
  t.is(scene.recorder.countOf("announces"), 2);
});

test("a request that meets the end of a kept connection is sent once more", async (t) => {
  const scene = await open({ clients: 1 });
  scene.act(0);
  await scene.world.run(500);
  scene.httpTracker.behaviour = {
    // The first request of each kept connection meets its end.
    answer: ({ connection }) => (connection === 0 ? "" : emptyReply()),
    closes: true,
  };
  scene.act(0);
  await scene.world.run(500);
  t.is(scene.recorder.countOf("announces"), 2);
  t.is(scene.httpTracker.requests.length, 3);
  t.is(scene.recorder.countOf("unanswered"), 0);
  t.is(scene.recorder.countOf("repeats"), 1);
});

test("a tracker that closes each kept connection instead of answering has a repeat for each second announce", async (t) => {
  const scene = await open({ clients: 1, spec: { pace: closed } });
  const asked = new Map<number, number>();
  scene.httpTracker.behaviour = {
    answer({ connection }) {
      const count = 1 + (asked.get(connection) ?? 0);
      asked.set(connection, count);
      if (count === 1) return emptyReply();
      scene.httpTracker.drop(connection);
      return undefined;
    },
    closes: false,
  };
  scene.arrive(0);
  await scene.world.run(2_000);
  const [requests = 0, answered = 0] = scene.recorder.requests;
  t.true(answered > 10);
  t.true(requests - answered <= 1);
  t.true(scene.recorder.countOf("repeats") >= answered - 2);
});

test("a request without a local address is abandoned by us, and not unanswered", async (t) => {
  const scene = await open({ clients: 1, sources: ["10.99.0.1"] });
  scene.act(0);
  await scene.world.run(500);
  t.is(scene.recorder.countOf("own_failures: EADDRNOTAVAIL"), 1);
  t.deepEqual(scene.recorder.requests, [1, 0, 0, 0, 1, 0]);
});

test("a connection that ends without a reply is counted by its reason", async (t) => {
  const scene = await open({ clients: 1 });
  scene.httpTracker.behaviour = { answer: () => "", closes: true };
  scene.act(0);
  await scene.world.run(500);
  t.deepEqual(scene.recorder.labels("unanswered"), ["closed"]);
  t.is(scene.httpTracker.requests.length, 1);
});

test("a request that waits for its timeout is unanswered, and its connection is closed", async (t) => {
  const scene = await open({ clients: 1 });
  scene.httpTracker.behaviour = { answer: () => undefined, closes: false };
  scene.act(0);
  await scene.world.run(16_000);
  t.deepEqual(scene.recorder.labels("unanswered"), ["timeout"]);
  scene.httpTracker.behaviour = { answer: () => emptyReply(), closes: false };
  scene.act(0);
  await scene.world.run(500);
  t.is(scene.recorder.countOf("announces"), 1);
  t.is(scene.httpTracker.connections, 2);
});

const wrong: readonly [string, () => string | Uint8Array, string][] = [
  ["is no HTTP", () => "SSH-2.0\r\n\r\n", "malformed"],
  ["is no bencode", () => response("hello"), "malformed"],
  ["is packed", () => response("x", "Content-Encoding: gzip\r\n"), "encoded"],
  [
    "redirects",
    () => "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n",
    "status 3xx",
  ],
  ["has an error status", () => "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "status 5xx"],
  ["refuses", () => response(encodeAnnounceFailure("not here")), "refused: not here"],
  ["is longer than a MiB", () => response(new Uint8Array(1024 * 1024 + 1)), "too long"],
];

for (const [title, answer, label] of wrong) {
  test(`a reply that ${title} is a wrong answer`, async (t) => {
    const scene = await open({ clients: 1 });
    scene.httpTracker.behaviour = { answer, closes: false };
    scene.act(0);
    await scene.world.run(2_000);
    t.is(scene.recorder.countOf("announces"), 0);
    t.deepEqual(scene.recorder.labels("wrong_answers"), [label]);
    t.is(scene.recorder.countOf("unanswered"), 0);
  });
}

test("bytes behind a reply never answer the next request", async (t) => {
  const scene = await open({ clients: 1, spec: { pace: closed } });
  const twice = Buffer.concat([emptyReply(), emptyReply()]);
  scene.httpTracker.behaviour = { answer: () => twice, closes: false };
  scene.arrive(0);
  await scene.world.run(1_000);
  t.true(scene.recorder.countOf("announces") > 3);
  t.true(scene.recorder.countOf("announces") <= scene.httpTracker.requests.length);
  const used = scene.httpTracker.requests.map(({ connection }) => connection);
  t.is(new Set(used).size, used.length);
});

test("rules of answers hold over HTTP as over UDP", async (t) => {
  const scene = await open({ clients: 2 });
  const peers = [{ host: "10.77.0.9", port: 9 }];
  const reply = response(encodeAnnounceReply({ intervalSeconds: 1_800, peers, compact: true }));
  scene.httpTracker.behaviour = { answer: () => reply, closes: false };
  scene.act(0);
  await scene.world.run(500);
  t.deepEqual(scene.recorder.labels("broken_rules"), ["names a stranger"]);
});

test("a scrape reads the counts of its own swarm", async (t) => {
  const scene = await open({ clients: 1, spec: { pace: closed, scrapes: 0.5 } });
  scene.httpTracker.behaviour = {
    answer: ({ path, head }) => {
      if (!path.endsWith("/scrape")) return emptyReply();
      const query = /info_hash=([^& ]+)/.exec(head)?.[1] ?? "";
      const bytes = Buffer.from(unescape(query), "latin1");
      const counts = { complete: 0, downloaded: 0, incomplete: 1 };
      const swarms = new Map([
        [bytes.toString("hex") as InfoHash, counts],
        ["00".repeat(20) as InfoHash, { ...counts, incomplete: 9 }],
      ]);
      return response(encodeScrapeReply(swarms));
    },
    closes: false,
  };
  scene.arrive(0);
  await scene.world.run(3_000);
  t.true(scene.recorder.countOf("scrapes") > 5);
  t.deepEqual(scene.recorder.labels("broken_rules"), []);
});

test("the end of a load closes every connection", async (t) => {
  const scene = await open({ clients: 3, spec: { pace: closed } });
  for (const member of [0, 1, 2]) scene.arrive(member);
  await scene.world.run(500);
  await scene.end();
  const seen = scene.httpTracker.requests.length;
  await scene.world.run(5_000);
  t.true(scene.httpTracker.requests.length <= seen + 6);
  t.is(scene.recorder.countOf("unanswered"), 0);
});

test("a client announces its life over HTTPS", async (t) => {
  const url = "https://10.0.0.1/announce";
  const scene = await TrackerScene.open({ clients: 1, spec: { pace: closed }, url });
  const events: (string | null)[] = [];
  const body = encodeAnnounceReply({ intervalSeconds: 1_800, peers: [], compact: true });
  scene.world.http.serve(url, ({ url: asked }) => {
    events.push(asked.searchParams.get("event"));
    return events.length === 2 ? { status: 503 } : { body };
  });
  scene.arrive(0, { stayMs: 2_000 });
  await scene.world.run(3_000);
  t.is(events[0], "started");
  t.is(events.at(-1), "stopped");
  t.is(events.filter((event) => event === "completed").length, 1);
  t.is(scene.recorder.countOf("announces"), events.length - 1);
  t.deepEqual(scene.recorder.labels("wrong_answers"), ["status 5xx"]);
});

test("an HTTPS tracker that cannot be reached is counted by its code", async (t) => {
  const url = "https://10.0.0.1/announce";
  const scene = await TrackerScene.open({ clients: 1, url });
  scene.act(0);
  await scene.world.run(16_000);
  t.deepEqual(scene.recorder.labels("unanswered"), ["http-failed"]);
  t.is(scene.recorder.countOf("announces"), 0);
});
