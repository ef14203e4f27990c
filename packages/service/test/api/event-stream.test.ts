import { ManualTime } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import test from "ava";
import { apiRoutes } from "../../src/api/api-routes.ts";
import { EventRing } from "../../src/api/event-ring.ts";
import type { ServiceResponse } from "../../src/routes/route.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { apiParts } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf } from "../support/request.ts";
import { SlowSink, type ReadEvent } from "../support/slow-sink.ts";

const kibibyte = 1_024;

class Scene {
  readonly ring = new EventRing("a1");
  readonly time = new ManualTime();
  readonly calls: RecordedCalls;

  constructor(rows: readonly TorrentRow[] = [], answers: Record<string, unknown> = {}) {
    this.calls = new RecordedCalls(rows, answers);
  }

  async answer(lastEventId?: string): Promise<ServiceResponse> {
    const { calls, ring, time: timers } = this;
    const routes = apiRoutes({ ...apiParts(), ring, timers });
    const route = routes.find(({ path }) => path === "/api/v1/events");
    if (route === undefined) throw new Error("no route");
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    return await answerOf(route, calls, { url: "/api/v1/events", headers });
  }

  async open(lastEventId?: string): Promise<SlowSink> {
    const { body } = await this.answer(lastEventId);
    if (typeof body !== "function") throw new Error("no stream");
    const sink = new SlowSink();
    body(sink);
    return sink;
  }
}

function hash(number: number): string {
  return number.toString(16).padStart(40, "0");
}

function row(number: number, more: Partial<TorrentRow> = {}): TorrentRow {
  return exampleRow({ torrent: hash(number), number, ...more });
}

const kinds = (events: readonly ReadEvent[]): string[] => events.map(({ event }) => event);
const rowsIn = (events: readonly ReadEvent[]): TorrentRow[] =>
  events.flatMap(({ data, event }) => (event === "rows" ? (data["rows"] as TorrentRow[]) : []));

test("a new reader is told to get all torrents, and gets the changes after that version", async (t) => {
  const scene = new Scene([row(1)]);
  scene.ring.push("complete", { torrent: hash(1) });
  const sink = await scene.open();
  t.deepEqual(sink.read(), [{ id: "a1-1-1", event: "reset", data: { version: 1 } }]);
  scene.calls.change([row(2)], [hash(1)]);
  scene.ring.push("stopped", { torrent: hash(2) });
  t.deepEqual(sink.read(), [
    { id: "a1-1-2", event: "rows", data: { version: 2, rows: [row(2)], removed: [hash(1)] } },
    { id: "a1-2-2", event: "stopped", data: { torrent: hash(2) } },
  ]);
});

test("the response is a stream that proxies pass on at once, and says when to connect again", async (t) => {
  const scene = new Scene();
  const { headers, status } = await scene.answer();
  t.is(status, 200);
  t.is(headers?.["Content-Type"], "text/event-stream");
  t.is(headers?.["X-Accel-Buffering"], "no");
  const sink = await scene.open();
  sink.take();
  t.is(sink.taken[0], "retry: 1000\n\n");
});

test("G06: a reader that comes back gets the events and rows that it missed", async (t) => {
  const scene = new Scene([row(1), row(2)]);
  scene.ring.push("complete", {});
  const first = await scene.open();
  const { id } = first.read().at(-1) ?? { id: "" };
  first.close();
  scene.ring.push("stopped", { missed: 1 });
  scene.ring.push("stopped", { missed: 2 });
  scene.calls.change([row(2, { peers: 3 })]);
  scene.calls.change([row(2, { peers: 4 })]);
  const second = await scene.open(id);
  t.deepEqual(second.read(), [
    { id: "a1-2-1", event: "stopped", data: { missed: 1 } },
    { id: "a1-3-1", event: "stopped", data: { missed: 2 } },
    {
      id: "a1-3-3",
      event: "rows",
      data: { version: 3, rows: [row(2, { peers: 4 })], removed: [] },
    },
  ]);
});

test("a reader that missed nothing gets nothing", async (t) => {
  const scene = new Scene([row(1)]);
  scene.ring.push("complete", {});
  const sink = await scene.open("a1-1-1");
  t.deepEqual(sink.read(), []);
});

for (const id of [
  ...[
    "a2-1-1",
    "a1-2-1",
    "a1-1-99",
    "a1-1",
    "a1-1-1-1",
    "A1-1-1",
    "a1--1-1",
    "",
    "x".repeat(5_000),
  ],
]) {
  test(`a reader with the place ${JSON.stringify(id.slice(0, 20))} begins anew`, async (t) => {
    const scene = new Scene([row(1)]);
    scene.ring.push("complete", {});
    const sink = await scene.open(id);
    t.deepEqual(sink.read(), [{ id: "a1-1-1", event: "reset", data: { version: 1 } }]);
  });
}

test("a reader that missed more than 10,000 events begins anew", async (t) => {
  const scene = new Scene([row(1)]);
  for (let count = 0; count < 10_002; count++) scene.ring.push("complete", {});
  t.deepEqual(kinds((await scene.open("a1-1-1")).read()), ["reset"]);
  const events = (await scene.open("a1-2-1")).read();
  t.is(events.length, 10_000);
  t.is(events[0]?.id, "a1-3-1");
});

test("changes of rows within 100 ms are one event; the first comes at once", async (t) => {
  const scene = new Scene([row(1)]);
  const sink = await scene.open("a1-0-1");
  for (const peers of [1, 2, 3]) scene.calls.change([row(1, { peers })]);
  t.deepEqual(
    rowsIn(sink.read()).map(({ peers }) => peers),
    [1],
  );
  scene.time.advance(99);
  t.deepEqual(sink.read(), []);
  scene.time.advance(1);
  t.deepEqual(
    rowsIn(sink.read()).map(({ peers }) => peers),
    [3],
  );
});

test("a change that changes no row is no event", async (t) => {
  const scene = new Scene([row(1)]);
  const sink = await scene.open("a1-0-1");
  scene.calls.change([row(1)]);
  t.deepEqual(sink.read(), []);
  scene.calls.change([row(1, { peers: 1 })]);
  t.is(sink.read()[0]?.id, "a1-0-3");
});

test("case 90: a reader that takes nothing has 256 KiB at most, and then gets the latest rows alone", async (t) => {
  const many = 2_000;
  const all = (peers: number): TorrentRow[] =>
    Array.from({ length: many }, (_, number) => row(number, { peers }));
  const scene = new Scene(all(0));
  const sink = await scene.open("a1-0-1");
  for (let peers = 1; peers <= 20; peers++) {
    scene.calls.change(all(peers));
    scene.time.advance(1_000);
  }
  t.true(sink.mostWaitingBytes > 200 * kibibyte && sink.mostWaitingBytes <= 256 * kibibyte);
  sink.take();
  const old =
    sink.taken
      .splice(0)
      .join("")
      .match(/"peers":1\b/g)?.length ?? 0;
  t.true(old > 0 && old < many);
  const rows = [];
  for (let round = 0; round < 20; round++) {
    rows.push(...rowsIn(sink.read()));
    scene.time.advance(100);
  }
  t.true(sink.mostWaitingBytes <= 256 * kibibyte);
  const seen = new Map(rows.map(({ peers, torrent }) => [torrent, peers]));
  t.is(seen.size, many);
  t.deepEqual([...new Set(seen.values())], [20]);
  t.deepEqual(
    [...new Set(rows.map(({ peers }) => peers))],
    [20],
    "no state between the first and the last",
  );
});

test("a slow reader that loses events is told to begin anew", async (t) => {
  const scene = new Scene([row(1)]);
  const sink = await scene.open("a1-0-1");
  const text = "x".repeat(1_000);
  for (let count = 0; count < 20_000; count++) scene.ring.push("complete", { text });
  t.true(sink.mostWaitingBytes <= 256 * kibibyte);
  const events = sink.read();
  t.is(events.at(-1)?.event, "reset");
  t.is(events.at(-1)?.id, "a1-20000-1");
  t.true(events.length < 300);
});

test("a reader that comes back in the middle of a change gets all of it", async (t) => {
  const rows = Array.from({ length: 600 }, (_, number) => row(number));
  const scene = new Scene(rows);
  const sink = await scene.open("a1-0-1");
  scene.calls.change(rows.map((each) => ({ ...each, peers: 1 })));
  sink.take();
  sink.close();
  const ids = [...sink.taken.join("").matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
  t.deepEqual([...new Set(ids)], ["a1-0-1"], "the version is reached with the last piece");
  const again = await scene.open("a1-0-1");
  const events = again.read();
  t.is(rowsIn(events).length, 600);
  t.is(events.at(-1)?.id, "a1-0-2");
});

test("a row of more than 32 KiB is named instead", async (t) => {
  const scene = new Scene([row(1)]);
  const sink = await scene.open("a1-0-1");
  scene.calls.change([row(1, { name: "x".repeat(33 * kibibyte) }), row(2)]);
  t.deepEqual(sink.read()[0]?.data, {
    version: 2,
    rows: [row(2)],
    removed: [],
    long: [hash(1)],
  });
});

test("a silent stream has a comment every 15 s, but none that would fill a slow reader", async (t) => {
  const scene = new Scene();
  const sink = await scene.open();
  sink.read();
  scene.time.advance(15_000);
  scene.time.advance(15_000);
  sink.take();
  t.deepEqual(sink.taken, [":\n\n", ":\n\n"]);
  for (let count = 0; count < 300; count++)
    scene.ring.push("complete", { text: "x".repeat(kibibyte) });
  const full = sink.waitingBytes;
  scene.time.advance(15_000);
  t.is(sink.waitingBytes, full);
});

test("a reader that is gone leaves no timer and no listener", async (t) => {
  const scene = new Scene([row(1)]);
  const sink = await scene.open();
  scene.calls.change([row(2)]);
  sink.close();
  t.is(scene.time.pending, 0);
  sink.read();
  scene.calls.change([row(3)]);
  scene.ring.push("complete", {});
  t.deepEqual(sink.read(), []);
});

test("without torrents yet the stream is 503 with Retry-After", async (t) => {
  const scene = new Scene();
  scene.calls.view = () =>
    Promise.reject(new TroupeError("restore-running", "the torrents are still being restored"));
  const { headers, status } = await scene.answer();
  t.is(status, 503);
  t.is(headers?.["Retry-After"], "1");
});
