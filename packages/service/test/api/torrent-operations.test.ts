import { TroupeError } from "@troupe/control";
import test from "ava";
import { allOperations, apiRoute } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

const torrent = "aa".repeat(20);
const path = `/api/v1/torrents/${torrent}`;

test("a torrent is shown from the view, whatever the case of its hash", async (t) => {
  const calls = new RecordedCalls([exampleRow()]);
  const route = apiRoute("GET", "torrents/:torrent");
  for (const url of [path, path.replace("aaaa", "AAAA")]) {
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const response = await answerOf(route, calls, { url });
    t.deepEqual(jsonOf(response), { result: exampleRow(), version: 1 });
  }
  t.deepEqual(calls.made, []);
});

test("the questions about a torrent have paths of their own", async (t) => {
  const paths = allOperations().map(({ path: each }) => each);
  const own = paths.flatMap((each) => each.split("/api/v1/torrents/:torrent/")[1] ?? []);
  const names = own.filter((name) => name !== "stream-link");
  t.deepEqual(names, [
    ...["files", "metainfo", "peers", "piece-origins", "pieces"],
    ...["settings", "swarm", "tiers", "web-seeds", "why"],
  ]);
  const answers = Object.fromEntries(names.map((name) => [name, { asked: name }]));
  const calls = new RecordedCalls([exampleRow()], answers);
  for (const name of names) {
    const route = apiRoute("GET", `torrents/:torrent/${name}`);
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const response = await answerOf(route, calls, { url: `${path}/${name}` });
    t.deepEqual(jsonOf(response), { result: { asked: name }, version: 1 });
  }
});

test("a torrent that is not there is 404, and a text that is no hash is refused", async (t) => {
  const calls = new RecordedCalls();
  for (const [end, name] of [
    ["", "torrents/:torrent"],
    ["/files", "torrents/:torrent/files"],
  ] as const) {
    const route = apiRoute("GET", name);
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const missing = await answerOf(route, calls, { url: `${path}${end}` });
    t.is(missing.status, 404);
    t.like(jsonOf(missing)["error"], { code: "no-torrent" });
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const wrong = await answerOf(route, calls, { url: `/api/v1/torrents/..%2f${end}` });
    t.is(wrong.status, 400);
    t.like(jsonOf(wrong)["error"], { code: "option-out-of-range" });
  }
});

test("an error of a question has its status, and an unknown parameter is refused", async (t) => {
  const calls = new RecordedCalls([exampleRow()], {
    peers: new TroupeError("engine-restarting", "cannot ask the engine: it restarts"),
  });
  const route = apiRoute("GET", "torrents/:torrent/peers");
  t.is((await answerOf(route, calls, { url: `${path}/peers` })).status, 503);
  const unknown = await answerOf(route, calls, { url: `${path}/peers?x=1` });
  t.deepEqual(jsonOf(unknown)["error"], {
    code: "option-unknown",
    message: 'there is no option "x"; there are none',
    details: { option: "x", allowed: [] },
  });
});

test("health says only that the service listens", async (t) => {
  const route = apiRoute("GET", "health");
  t.is(route.isOpen, true);
  const response = await answerOf(route, new RecordedCalls(), { url: "/api/v1/health" });
  t.is(response.body, '{"status":"ok"}');
});

test("no other route is open but those of the login", (t) => {
  const open = allOperations().filter(({ right }) => right === "open");
  t.deepEqual(
    open.map(({ path: each }) => each),
    ["/api/v1/health", "/api/v1/session", "/api/v1/session/open"],
  );
});
