import test, { type ExecutionContext } from "ava";

import type { HttpClientOptions, HttpExchange, HttpRequest } from "../../../src/ports/http.ts";
import { SimulatedWorld, type HttpHandler } from "../../../src/simulated/index.ts";

const url = "http://files.example/name";
const usual: HttpRequest = { headDeadlineMs: 5_000, maxBodyBytes: 1_000 };

/** @param act Called with the length so far. */
async function fetchFrom(
  t: ExecutionContext,
  handler: HttpHandler,
  request: Partial<HttpRequest> = {},
  allow: HttpClientOptions["allow"] = "any",
  act: (exchange: HttpExchange, lengthBytes: number, world: SimulatedWorld) => void = () => {},
) {
  const world = new SimulatedWorld({ seed: t.title });
  world.names.set("router.lan", "192.168.1.1");
  world.http.serve("http://files.example", handler);
  world.http.serve("http://router.lan", () => ({ body: "router" }));
  const { http } = world.machine({ addresses: ["10.0.0.1"] }).ports("script");
  const client = await http.openClient({ allow, maxConnections: 3 });
  const chunks: number[] = [];
  let status: number | undefined;
  const done = Promise.withResolvers<(Error & { code?: string }) | undefined>();
  const exchange = client.open(
    url,
    { ...usual, ...request },
    {
      head: (head) => (status = head.status),
      bytes(chunk) {
        chunks.push(chunk.length);
        act(
          exchange,
          chunks.reduce((sum, length) => sum + length, 0),
          world,
        );
      },
      closed: done.resolve,
    },
  );
  const error = await world.settle(done.promise);
  return { chunks, status, code: error?.code, nowMs: world.scheduler.nowMs };
}

test("a body comes in chunks over time, of the range that was asked for", async (t) => {
  const { chunks, status, code, nowMs } = await fetchFrom(
    t,
    ({ headers }) => {
      t.is(headers["range"], "bytes=5-9");
      return { status: 206, body: "56789", chunkBytes: 2, chunkMs: 1_000 };
    },
    { range: { begin: 5, end: 10 } },
  );
  t.deepEqual(chunks, [2, 2, 1]);
  t.is(status, 206);
  t.is(code, undefined);
  t.true(nowMs > 3_000 && nowMs < 3_100);
});

test("a body over the bound ends there", async (t) => {
  const { chunks, code } = await fetchFrom(t, () => ({ body: "123456" }), { maxBodyBytes: 4 });
  t.deepEqual(chunks, [4]);
  t.is(code, "http-too-large");
});

test("a connection may break inside a body", async (t) => {
  const { chunks, code } = await fetchFrom(t, () => ({ body: "123456", breaksAfterBytes: 3 }));
  t.deepEqual(chunks, [3]);
  t.is(code, "http-failed");
});

test("a server without an answer meets the deadline of the head", async (t) => {
  const { code, nowMs } = await fetchFrom(t, () => new Promise(() => {}));
  t.is(code, "http-deadline");
  t.is(nowMs, 5_000);
});

test("an address that a stranger has named follows the rules of the real client", async (t) => {
  const toRouter: HttpHandler = () => ({ redirect: "http://router.lan/" });
  t.is((await fetchFrom(t, toRouter, {}, "internet")).code, "http-redirect-refused");
  t.is((await fetchFrom(t, toRouter, {}, "any")).code, "http-redirect-refused");
});

test("nothing arrives after destroy, nor before resume", async (t) => {
  const answer: HttpHandler = () => ({ body: "123456", chunkBytes: 3 });
  const cut = await fetchFrom(t, answer, {}, "any", (exchange) => exchange.destroy());
  t.deepEqual(cut.chunks, [3]);
  t.is(cut.code, undefined);
  const paused = await fetchFrom(t, answer, {}, "any", (exchange, _lengthBytes, { scheduler }) => {
    exchange.pause();
    scheduler.after(60_000, () => exchange.resume());
  });
  t.deepEqual(paused.chunks, [3, 3]);
  t.true(paused.nowMs > 60_000);
});
