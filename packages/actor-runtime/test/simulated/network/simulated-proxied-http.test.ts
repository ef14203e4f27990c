import test from "ava";
import type { HttpClient, HttpExchange } from "../../../src/index.ts";
import { proxyBench, proxyHost, type ProxyBench } from "../../proxy/proxy-bench.ts";

const url = "http://web.example/a";
const limits = { deadlineMs: 90_000, maxBodyBytes: 1_000 };

/** Serves the web, which says who asks. */
function serve({ world }: ProxyBench): void {
  world.http.serve("http://web.example/", ({ from }) => ({ body: from }));
}

for (const protocol of ["socks5", "http"] as const) {
  test(`${protocol}: the web is asked by the machine of the proxy`, async (t) => {
    const bench = await proxyBench({ protocol }, { dialsNone: true });
    serve(bench);
    const { body } = await bench.world.settle(bench.ports.http.get(url, limits));
    t.is(Buffer.from(body).toString(), proxyHost);
    t.deepEqual(bench.proxy.asked, protocol === "http" ? [] : ["connect web.example:80"]);
  });

  test(`${protocol}: without the proxy no request reaches the web`, async (t) => {
    const bench = await proxyBench({ protocol });
    serve(bench);
    await bench.world.settle(bench.proxy.kill());
    const error = await t.throwsAsync(bench.world.settle(bench.ports.http.get(url, limits)));
    t.like(error, { code: "http-failed", details: { cause: "proxy-unreachable" } });
    t.false(bench.world.trace.some((line) => line.includes("http ")));
  });
}

test("an exchange through a proxy ends with its error, or silently once it is destroyed", async (t) => {
  const bench = await proxyBench({ protocol: "http" });
  serve(bench);
  await bench.world.settle(bench.proxy.kill());
  const client = await bench.world.settle(
    bench.ports.http.openClient({ allow: "any", maxConnections: 1 }),
  );
  const ends: unknown[] = [];
  const open = (to: HttpClient): HttpExchange =>
    to.open(
      url,
      { headDeadlineMs: 1_000, maxBodyBytes: 1_000 },
      { head: () => undefined, bytes: () => undefined, closed: (error) => void ends.push(error) },
    );
  open(client).destroy();
  open(client);
  await bench.world.runUntil(() => ends.length === 2, 60_000);
  t.is(ends[0], undefined);
  t.like(ends[1], { code: "http-failed" });
});
