import test from "ava";

import type { Http } from "../../../src/ports/http.ts";
import { systemError } from "../../../src/errors.ts";
import { SimulatedWorld, type SimulatedRequest } from "../../../src/simulated/index.ts";
import { httpFamilySuite } from "../../io/support/http-family-suite.ts";

const limits = { deadlineMs: 5000, maxBodyBytes: 100 };

function worldWithClient(): { world: SimulatedWorld; http: Http } {
  const world = new SimulatedWorld({ seed: "http" });
  const machine = world.machine({ addresses: ["10.0.0.1", "2001:db8::1"] });
  return { world, http: machine.ports("script").http };
}

httpFamilySuite(test, async () => {
  const { world, http } = worldWithClient();
  world.names.set("both.example", "8.0.0.1", "2a10::1");
  world.names.set("four.example", "8.0.0.1");
  for (const host of ["both", "four"]) {
    world.http.serve(`http://${host}.example`, ({ url, from }) =>
      url.pathname === "/away"
        ? { redirect: "http://four.example/" }
        : { body: from.includes(":") ? "IPv6" : "IPv4" },
    );
  }
  return {
    http,
    urlOf: (families) => `http://${families}.example`,
    settle: (promise) => world.settle(promise),
  };
});

test("the answer of a handler arrives after a delay", async (t) => {
  const { world, http } = worldWithClient();
  const asked: SimulatedRequest[] = [];
  world.http.serve("http://tracker.example/announce", (request) => {
    asked.push(request);
    return { status: 404, body: "text", delayMs: 1000 };
  });
  const url = "http://tracker.example/announce?a=1";
  const options = { ...limits, family: 6 as const, headers: { "x-a": "b" } };
  const reply = await world.settle(http.get(url, options));
  t.is(reply.status, 404);
  t.is(new TextDecoder().decode(reply.body), "text");
  t.is(reply.url, url);
  t.is(asked[0]?.url.search, "?a=1");
  t.deepEqual(asked[0]?.headers, { "x-a": "b" });
  t.is(asked[0]?.from, "2001:db8::1");
  t.true(world.scheduler.nowMs >= 1040 && world.scheduler.nowMs <= 1080);
});

test("a POST brings its body, and follows no redirect", async (t) => {
  const { world, http } = worldWithClient();
  world.http.serve("http://10.0.0.9:5000/control", ({ body, url }) =>
    url.search === "" ? { status: 500, body: `${body?.length} bytes` } : { redirect: "http://b/" },
  );
  const url = "http://10.0.0.9:5000/control";
  const body = new Uint8Array(7);
  const reply = await world.settle(http.post(url, { ...limits, body }));
  t.is(new TextDecoder().decode(reply.body), "7 bytes");
  t.is(reply.status, 500);
  await t.throwsAsync(world.settle(http.post(`${url}?away`, { ...limits, body })), {
    code: "http-redirect-refused",
  });
});

test("an origin answers for paths without a handler of their own", async (t) => {
  const { world, http } = worldWithClient();
  world.http.serve("http://a.example", () => ({ body: "origin" }));
  world.http.serve("http://a.example/own", () => ({ body: "own" }));
  const bodies = await world.settle(
    Promise.all(["/own", "/other"].map((path) => http.get(`http://a.example${path}`, limits))),
  );
  t.deepEqual(
    bodies.map(({ body }) => new TextDecoder().decode(body)),
    ["own", "origin"],
  );
});

test("simulated redirects have the bound of real ones", async (t) => {
  const { world, http } = worldWithClient();
  world.http.serve("http://a.example", ({ url }) => {
    const left = Number(url.pathname.slice(1));
    return left === 0 ? { body: "here" } : { redirect: `/${left - 1}` };
  });
  const reply = await world.settle(http.get("http://a.example/5", limits));
  t.is(reply.url, "http://a.example/0");
  await t.throwsAsync(world.settle(http.get("http://a.example/6", limits)), {
    code: "http-redirect-refused",
  });
});

test("failures have the codes of real requests", async (t) => {
  const { world, http } = worldWithClient();
  world.http.serve("http://silent.example", () => new Promise(() => {}));
  world.http.serve("http://large.example", () => ({ body: new Uint8Array(101) }));
  world.http.serve("http://broken.example", () => {
    throw systemError("ECONNRESET", "cut");
  });
  const codeOf = async (url: string, options: object = {}): Promise<unknown> => {
    const error = await world.settle(
      http.get(url, { ...limits, ...options }).catch((thrown: unknown) => thrown),
    );
    const { code, details } = error as { code: string; details: { cause?: string } };
    return [code, details.cause];
  };
  t.deepEqual(await codeOf("http://silent.example"), ["http-deadline", undefined]);
  t.deepEqual(await codeOf("http://large.example"), ["http-too-large", undefined]);
  t.deepEqual(await codeOf("http://broken.example"), ["http-failed", "ECONNRESET"]);
  t.deepEqual(await codeOf("http://none.example"), ["http-failed", "ENOTFOUND"]);
  t.deepEqual(await codeOf("no url"), ["http-failed", "ERR_INVALID_URL"]);
  const signal = AbortSignal.abort();
  t.deepEqual(await codeOf("http://large.example", { signal }), ["http-failed", "ABORT_ERR"]);
});

test("an aborted request ends at once", async (t) => {
  const { world, http } = worldWithClient();
  world.http.serve("http://silent.example", () => new Promise(() => {}));
  const controller = new AbortController();
  world.scheduler.after(100, () => controller.abort());
  const { signal } = controller;
  await t.throwsAsync(world.settle(http.get("http://silent.example", { ...limits, signal })), {
    code: "http-failed",
  });
  t.is(world.scheduler.nowMs, 100);
});

test("a public host that leads to a local address is refused, and no local handler is asked", async (t) => {
  const { world, http } = worldWithClient();
  let asked = 0;
  for (const inside of ["http://127.0.0.1", "http://10.0.0.9", "http://[fe80::1]"]) {
    world.http.serve(inside, () => ({ body: `${++asked}` }));
  }
  world.names.set("public.example", "8.0.0.1");
  world.names.set("rebound.example", "127.0.0.1");
  const refused = { code: "http-redirect-refused" };
  for (const redirect of ["http://127.0.0.1/", "http://10.0.0.9/", "http://[fe80::1]/"]) {
    world.http.serve("http://public.example", () => ({ redirect }));
    world.http.serve("http://no-address.example", () => ({ redirect }));
    await t.throwsAsync(world.settle(http.get("http://public.example/", limits)), refused);
    await t.throwsAsync(world.settle(http.get("http://no-address.example/", limits)), refused);
  }
  await t.throwsAsync(world.settle(http.get("http://rebound.example/", limits)), refused);
  t.is(asked, 0);
  await world.settle(http.get("http://10.0.0.9/", limits));
  t.is(asked, 1);
});
