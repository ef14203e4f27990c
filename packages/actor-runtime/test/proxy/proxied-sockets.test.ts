import test from "ava";
import { dialled, proxyBench, proxyHost, serverHost, serverPort } from "./proxy-bench.ts";

const target = { host: serverHost, port: serverPort };
const named = { host: "server.example", port: serverPort };
const login = { user: "ann", password: "secret" };

for (const protocol of ["socks5", "http"] as const) {
  test(`${protocol}: the server sees the proxy, and bytes go both ways`, async (t) => {
    const bench = await proxyBench({ protocol });
    const { events, stream, until } = dialled(bench, target, "hello");
    await until("hello");
    t.deepEqual(events, ["opened", "hello"]);
    t.deepEqual(stream.remote, target);
    t.deepEqual(bench.seen, [`tcp ${proxyHost}`]);
    stream.end();
    await until("closed");
    t.deepEqual(events.slice(2), ["closed undefined"]);
  });

  test(`${protocol}: a name goes to the proxy, and no name is looked up here`, async (t) => {
    const bench = await proxyBench({ protocol });
    await dialled(bench, named, "hello").until("hello");
    t.deepEqual(bench.proxy.asked, [`connect server.example:${serverPort}`]);
    t.false(bench.world.trace.some((line) => line.includes("names ")));
  });

  test(`${protocol}: a login is proved; a wrong one is proxy-login, without one too`, async (t) => {
    const bench = await proxyBench({ protocol, login }, { login });
    await dialled(bench, target, "hello").until("hello");
    for (const rule of [{ protocol, login: { ...login, password: "no" } }, { protocol }]) {
      const refused = await proxyBench(rule, { login });
      const { events, until } = dialled(refused, target);
      await until("closed");
      t.deepEqual(events, ["closed proxy-login"]);
      t.deepEqual(refused.seen, []);
    }
  });

  test(`${protocol}: a port that the proxy refuses is proxy-refused`, async (t) => {
    const bench = await proxyBench({ protocol }, { refusedPorts: [serverPort] });
    const { events, until } = dialled(bench, target);
    await until("closed");
    t.deepEqual(events, ["closed proxy-refused"]);
    t.deepEqual(bench.seen, []);
  });

  test(`${protocol}: a target that does not listen is not the proxy's fault`, async (t) => {
    const bench = await proxyBench({ protocol });
    const { events, until } = dialled(bench, { ...target, port: 9 });
    await until("closed");
    t.deepEqual(events, [protocol === "http" ? "closed EHOSTUNREACH" : "closed ECONNREFUSED"]);
  });

  test(`${protocol}: a proxy that is silent ends the dial after 10 s`, async (t) => {
    const bench = await proxyBench({ protocol }, { isSilent: true });
    const { events, until } = dialled(bench, target);
    await bench.world.run(10_000);
    t.deepEqual(events, []);
    await until("closed");
    t.deepEqual(events, ["closed dial-timeout"]);
    t.true(bench.world.scheduler.nowMs < 10_500);
  });

  test(`${protocol}: without a proxy nothing reaches the server, before and after it`, async (t) => {
    const bench = await proxyBench({ protocol });
    const before = dialled(bench, target, "hello");
    await before.until("hello");
    await bench.world.settle(bench.proxy.kill());
    await before.until("closed");
    const { events, until } = dialled(bench, target);
    await until("closed");
    t.deepEqual(events, ["closed proxy-unreachable"]);
    t.deepEqual(bench.seen, [`tcp ${proxyHost}`]);
  });
}

test("the proxy's own name is looked up, once a minute", async (t) => {
  const bench = await proxyBench({ host: "proxy.example" });
  bench.world.names.set("proxy.example", proxyHost);
  const lookUps = (): number =>
    bench.world.trace.filter((line) => line.includes("names proxy.example")).length;
  await dialled(bench, target, "hello").until("hello");
  await dialled(bench, target, "hello").until("hello");
  t.is(lookUps(), 1);
  await bench.world.run(60_000);
  await dialled(bench, target, "hello").until("hello");
  t.is(lookUps(), 2);
});

test("an unknown name of the proxy is proxy-unreachable", async (t) => {
  const bench = await proxyBench({ host: "proxy.example" });
  const { events, until } = dialled(bench, target);
  await until("closed");
  t.deepEqual(events, ["closed proxy-unreachable"]);
});

test("a dial that its owner destroys calls `closed` once, later", async (t) => {
  for (const host of ["proxy.example", proxyHost]) {
    const bench = await proxyBench({ host });
    const { events, stream } = dialled(bench, target);
    stream.destroy();
    stream.destroy();
    t.deepEqual(events, []);
    await bench.world.run(5_000);
    t.deepEqual(events, ["closed undefined"]);
    t.deepEqual(bench.seen, []);
  }
});

test("D06: nothing listens behind a proxy, no gateway is listed, and names are refused", async (t) => {
  const { ports } = await proxyBench();
  const accept = () => ({ bytes: () => undefined, closed: () => undefined });
  await t.throwsAsync(ports.sockets.listen({ host: "0.0.0.0", port: 0 }, accept), {
    code: "proxy-no-listening",
  });
  t.deepEqual(ports.gateways.list(), []);
  t.deepEqual(await ports.names.resolve("[2001:DB8::7]"), ["2001:db8::7"]);
  await t.throwsAsync(ports.names.resolveAllowed("server.example"), { code: "proxy-no-look-ups" });
});

test("a proxy for some calls alone leaves the other ports direct", async (t) => {
  const bench = await proxyBench({ use: "viaProxy" });
  await dialled(bench, target, "hello").until("hello");
  t.not(bench.ports.viaProxy, undefined);
  t.deepEqual(await bench.ports.viaProxy?.names.resolve("Server.example"), ["server.example"]);
  t.deepEqual(bench.proxy.asked, []);
});
