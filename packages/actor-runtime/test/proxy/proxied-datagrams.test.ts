import test from "ava";
import type { Address, DatagramHandlers, DatagramSocket } from "../../src/index.ts";
import type { ProxyRule } from "../../src/ports/network-rules.ts";
import { ScriptedProxy } from "../support/testing/scripted-proxy.ts";
import {
  proxyBench,
  proxyHost,
  proxyPort,
  serverHost,
  serverPort,
  type ProxyBench,
} from "./proxy-bench.ts";

const target = { host: serverHost, port: serverPort };
const anywhere = { host: "0.0.0.0", port: 0 };

/** A socket behind the proxy, and the calls of its handlers. */
async function bound({
  ports,
  world,
}: ProxyBench): Promise<{ readonly socket: DatagramSocket; readonly events: string[] }> {
  const events: string[] = [];
  const handlers: DatagramHandlers = {
    received: (bytes, { host, port }) =>
      void events.push(`${Buffer.from(bytes).toString()} from ${host}:${port}`),
    notSent: ({ host }, code) => void events.push(`${host} ${code}`),
  };
  const socket = await world.settle(ports.datagrams.bind(anywhere, handlers), 60_000);
  return { socket, events };
}

const said = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

for (const relayHost of ["0.0.0.0", proxyHost, "relay.example"]) {
  test(`datagrams go through the relay that the proxy says is at ${relayHost}`, async (t) => {
    const bench = await proxyBench({}, { relayHost });
    const { socket, events } = await bound(bench);
    socket.send(said("hello"), target);
    socket.send(said("named"), { host: "server.example", port: serverPort });
    await bench.world.run(1_000);
    t.deepEqual(events.toSorted(), [
      `hello from ${serverHost}:${serverPort}`,
      `named from ${serverHost}:${serverPort}`,
    ]);
    t.deepEqual(bench.seen, [`udp ${proxyHost}`, `udp ${proxyHost}`]);
    t.deepEqual(bench.proxy.asked.toSorted(), [
      `udp ${serverHost}:${serverPort}`,
      `udp server.example:${serverPort}`,
    ]);
  });
}

test("a relay lives as long as its control connection: its loss sends nothing, and a proxy that returns is used again", async (t) => {
  const bench = await proxyBench();
  const { socket, events } = await bound(bench);
  await bench.world.settle(bench.proxy.kill());
  await bench.world.run(100);
  socket.send(said("lost"), target);
  await bench.world.run(30_000);
  t.deepEqual(events, [`${serverHost} proxy-unreachable`]);
  t.deepEqual(bench.seen, []);
  const { world, proxyPorts } = bench;
  await world.settle(ScriptedProxy.listen(proxyPorts, proxyHost, {}, proxyPort));
  await world.run(60_000);
  socket.send(said("back"), target);
  await world.run(1_000);
  t.deepEqual(events.slice(1), [`back from ${serverHost}:${serverPort}`]);
});

test("a proxy that cannot be reached at first is tried again", async (t) => {
  const bench = await proxyBench();
  await bench.world.settle(bench.proxy.kill());
  const { socket, events } = await bound(bench);
  socket.send(said("early"), target);
  t.deepEqual(events, []);
  await bench.world.run(1);
  t.deepEqual(events, [`${serverHost} proxy-unreachable`]);
  const { world, proxyPorts } = bench;
  await world.settle(ScriptedProxy.listen(proxyPorts, proxyHost, {}, proxyPort));
  await world.run(5_000);
  socket.send(said("late"), target);
  await world.run(1_000);
  t.deepEqual(events.slice(1), [`late from ${serverHost}:${serverPort}`]);
});

test("D06: a proxy without UDP refuses the socket, and is not asked again", async (t) => {
  for (const [rule, script, code] of [
    [{}, { refusesUdp: true }, "proxy-refused"],
    [{}, { login: { user: "ann", password: "secret" } }, "proxy-login"],
    [{ protocol: "http" }, {}, "proxy-no-udp"],
  ] as const) {
    const bench = await proxyBench(rule, script);
    await t.throwsAsync(bound(bench), { code });
    await bench.world.run(120_000);
    const connections = bench.world.trace.filter((line) => line.endsWith("accepted"));
    t.is(connections.length, protocol(rule) === "http" ? 0 : 1);
  }
});

function protocol(rule: Partial<ProxyRule>): string {
  return rule.protocol ?? "socks5";
}

test("a group is not joined behind a proxy", async (t) => {
  const { ports } = await proxyBench();
  const options = { ...anywhere, group: { host: "239.192.152.143" } };
  await t.throwsAsync(ports.datagrams.bind(options, { received: () => undefined }), {
    code: "proxy-no-udp",
  });
});

test("only datagrams of the relay are received", async (t) => {
  const bench = await proxyBench();
  const { socket, events } = await bound(bench);
  socket.send(said("hello"), target);
  await bench.world.run(1_000);
  const stranger = await bench.world.settle(
    bench.proxyPorts.datagrams.bind(anywhere, { received: () => undefined }),
  );
  // The first free ports of the machine: one of them is the socket's.
  for (let port = 49_152; port < 49_200; port += 1)
    stranger.send(said("\0\0\0\u0001\u0001\u0001\u0001\u0001\0\u0001forged"), {
      host: "192.0.2.1",
      port,
    });
  await bench.world.run(1_000);
  t.deepEqual(events, [`hello from ${serverHost}:${serverPort}`]);
});

test("a closed socket is silent, and its control connection is closed", async (t) => {
  const bench = await proxyBench();
  const { socket, events } = await bound(bench);
  socket.close();
  socket.send(said("late"), target);
  await bench.world.run(120_000);
  t.deepEqual(events, []);
  t.deepEqual(bench.seen, []);
});

test("a datagram takes the header of its family, and of a relay at IPv6 the longer header of its packets", async (t) => {
  for (const [host, proxy, headerBytes] of [
    ["0.0.0.0", proxyHost, 10],
    ["::", proxyHost, 22],
    ["0.0.0.0", "2001:db8::9", 30],
    ["::", "2001:db8::9", 22],
  ] as const) {
    const { ports, world } = await proxyBench({ host: proxy });
    const binding = ports.datagrams.bind({ host, port: 0 }, { received: () => undefined });
    const socket = await world.settle(binding, 60_000);
    t.is(socket.headerBytes, headerBytes);
  }
});

test("a header is that of the target also where the same target is sent to again, and by a new relay", async (t) => {
  const bench = await proxyBench();
  const { socket, events } = await bound(bench);
  const other = { ...target, host: "server.example" };
  for (const to of [target, other, target, target]) socket.send(said("a"), to);
  await bench.world.run(1_000);
  t.is(events.length, 4);
  t.deepEqual(bench.proxy.asked.toSorted(), [
    ...Array.from({ length: 3 }, () => `udp ${serverHost}:${serverPort}`),
    `udp server.example:${serverPort}`,
  ]);
});

test("a refusal of the system names the target that the owner gave, and not the relay", async (t) => {
  const refusals: (readonly [Address, string])[] = [];
  const bench = await proxyBench();
  const notSent = (to: Address, code: string): void => void refusals.push([to, code]);
  const binding = bench.ports.datagrams.bind(anywhere, { received: () => undefined, notSent });
  const socket = await bench.world.settle(binding, 60_000);
  // No network carries it.
  socket.send(new Uint8Array(70_000), target);
  await bench.world.run(1_000);
  t.is(refusals.length, 1);
  t.is(refusals[0]?.[0], target);
});
