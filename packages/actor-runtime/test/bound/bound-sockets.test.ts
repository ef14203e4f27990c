import test from "ava";
import type { Address, Stream } from "../../src/index.ts";
import {
  besideHost,
  boundBench,
  otherTunnelHost,
  outerHost,
  serverHost,
  serverHost6,
  serverPort,
  tunnelHost,
  tunnelHost6,
  tunnelWith,
  type BoundBench,
} from "./bound-bench.ts";

const server = { host: serverHost, port: serverPort };
const anywhere = { host: "0.0.0.0", port: 0 };

/** A dial, and the calls of its handlers. */
function dialled({ ports }: BoundBench, to: Address, localHost?: string) {
  const events: string[] = [];
  const handlers = {
    opened: (stream: Stream) => void events.push(`opened from ${stream.local.host}`),
    bytes: () => undefined,
    closed: (_: Stream, reason: string | undefined) => void events.push(`closed ${reason}`),
  };
  const options = { timeoutMs: 10_000, ...(localHost !== undefined && { localHost }) };
  return { events, stream: ports.sockets.dial(to, handlers, options) };
}

test("a dial begins at the interface, also where another address comes first", async (t) => {
  const bench = await boundBench();
  const { events } = dialled(bench, server);
  const six = dialled(bench, { host: serverHost6, port: serverPort });
  await bench.world.run(1_000);
  t.deepEqual(
    [...events, ...six.events],
    [`opened from ${tunnelHost}`, `opened from ${tunnelHost6}`],
  );
  t.deepEqual(bench.seen.toSorted(), [`tcp ${tunnelHost}`, `tcp ${tunnelHost6}`]);
});

test("a dial while the interface is down fails at once, and nothing is sent", async (t) => {
  const bench = await boundBench("device", []);
  const { events, stream } = dialled(bench, server);
  stream.destroy();
  await bench.world.run(1);
  t.deepEqual(events, ["closed interface-down"]);
  t.deepEqual(bench.seen, []);
});

test("a dial from an address of another interface fails", async (t) => {
  const bench = await boundBench();
  const { events } = dialled(bench, server, outerHost);
  await bench.world.run(1);
  t.deepEqual(events, ["closed EADDRNOTAVAIL"]);
});

test("a dial over a family that the interface lacks, and to this machine, fails", async (t) => {
  const bench = await boundBench("device", [tunnelWith(tunnelHost)]);
  const dials = [serverHost6, "127.0.0.1"].map((host) => dialled(bench, { host, port: 1 }));
  await bench.world.run(1);
  for (const { events } of dials) t.deepEqual(events, ["closed ENETUNREACH"]);
});

for (const [what, change] of [
  ["its interface goes", ({ has }: BoundBench) => has()],
  ["its address goes", ({ has }: BoundBench) => has(tunnelWith(otherTunnelHost))],
  [
    "its interface is made anew",
    ({ has }: BoundBench) => {
      has();
      has(tunnelWith(tunnelHost, tunnelHost6));
    },
  ],
] as const) {
  test(`a stream is reset within a second when ${what}`, async (t) => {
    const bench = await boundBench();
    const { events } = dialled(bench, server);
    await bench.world.run(1_000);
    change(bench);
    await bench.world.run(1_000);
    t.deepEqual(events, [`opened from ${tunnelHost}`, "closed interface-down"]);
  });
}

test("the guard resets a stream within a second when the route leaves the interface", async (t) => {
  const bench = await boundBench("guard");
  const { events } = dialled(bench, server);
  await bench.world.run(1_000);
  bench.machine.interfaces.defaultRoute = "eth0";
  await bench.world.run(1_000);
  t.deepEqual(events, [`opened from ${tunnelHost}`, "closed interface-down"]);
});

test("a stream stays while its address does", async (t) => {
  const bench = await boundBench();
  const { events, stream } = dialled(bench, server);
  await bench.world.run(1_000);
  bench.has(tunnelWith(tunnelHost, tunnelHost6));
  await bench.world.run(2_000);
  t.deepEqual(events, [`opened from ${tunnelHost}`]);
  stream.destroy();
  await bench.world.run(1);
  t.deepEqual(events.slice(1), ["closed undefined"]);
});

/** A listener at all addresses, and the hosts that it accepted. */
async function listening({ ports, world }: BoundBench, port = 0) {
  const accepted: string[] = [];
  const listener = await world.settle(
    ports.sockets.listen({ ...anywhere, port }, (stream) => {
      accepted.push(stream.local.host);
      return { bytes: () => undefined, closed: (_, reason) => void accepted.push(`${reason}`) };
    }),
  );
  return { listener, accepted };
}

/** Whether the server's machine can connect to this address. */
async function connects({ world }: BoundBench, from: string, to: Address): Promise<boolean> {
  const { sockets } = world.machine({ addresses: [from] }).ports("visitor");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const handlers = {
    opened: () => resolve(true),
    bytes: () => undefined,
    closed: () => resolve(false),
  };
  sockets.dial(to, handlers, { timeoutMs: 1_000 });
  return await world.settle(promise);
}

test("a listener at all addresses listens at those of the interface alone", async (t) => {
  const bench = await boundBench();
  const { accepted, listener } = await listening(bench);
  const { port } = listener.address;
  t.true(await connects(bench, "203.0.113.1", { host: tunnelHost, port }));
  t.false(await connects(bench, "203.0.113.2", { host: outerHost, port }));
  t.deepEqual(accepted, [tunnelHost]);
});

test("a listener returns at the same port, with another address too, and its streams are reset", async (t) => {
  const bench = await boundBench();
  const { accepted, listener } = await listening(bench);
  const { port } = listener.address;
  t.true(await connects(bench, "203.0.113.1", { host: tunnelHost, port }));
  bench.has();
  await bench.world.run(1_000);
  t.deepEqual(accepted, [tunnelHost, "interface-down"]);
  t.false(await connects(bench, "203.0.113.2", { host: tunnelHost, port }));
  bench.has(tunnelWith(otherTunnelHost));
  await bench.world.run(1_000);
  t.true(await connects(bench, "203.0.113.3", { host: otherTunnelHost, port }));
  await bench.world.settle(listener.close());
  t.false(await connects(bench, "203.0.113.4", { host: otherTunnelHost, port }));
});

test("a listener waits for an interface that is absent, with a free port", async (t) => {
  const bench = await boundBench("device", []);
  const { listener } = await listening(bench);
  const { port } = listener.address;
  t.not(port, 0);
  t.false(await connects(bench, "203.0.113.1", { host: outerHost, port }));
  bench.has(tunnelWith(tunnelHost));
  await bench.world.run(1_000);
  t.true(await connects(bench, "203.0.113.2", { host: tunnelHost, port }));
});

test("a port in use is refused while the interface is absent, too", async (t) => {
  const bench = await boundBench("device", []);
  const handlers = { bytes: () => undefined, closed: () => undefined };
  await bench.direct.sockets.listen({ host: "0.0.0.0", port: 6_881 }, () => handlers);
  await t.throwsAsync(listening(bench, 6_881), { code: "EADDRINUSE" });
});

test("a listener at an address of another interface is refused", async (t) => {
  const { ports } = await boundBench();
  const handlers = { bytes: () => undefined, closed: () => undefined };
  const listen = ports.sockets.listen({ host: outerHost, port: 0 }, () => handlers);
  await t.throwsAsync(listen, { code: "EADDRNOTAVAIL" });
});

test("a listener at an address that the rule leaves out is refused", async (t) => {
  const both = [tunnelWith(tunnelHost, otherTunnelHost)];
  const { ports } = await boundBench("device", both, [otherTunnelHost]);
  const handlers = { bytes: () => undefined, closed: () => undefined };
  const listen = ports.sockets.listen({ host: tunnelHost, port: 0 }, () => handlers);
  await t.throwsAsync(listen, { code: "EADDRNOTAVAIL" });
});

test("a listener at the address of the rule waits while the interface has another alone", async (t) => {
  const both = [tunnelWith(tunnelHost, otherTunnelHost)];
  const bench = await boundBench("device", both, [otherTunnelHost]);
  const { accepted, listener } = await listening(bench);
  const { port } = listener.address;
  t.true(await connects(bench, "203.0.113.1", { host: otherTunnelHost, port }));
  t.false(await connects(bench, "203.0.113.2", { host: tunnelHost, port }));
  bench.has(tunnelWith(tunnelHost));
  await bench.world.run(1_000);
  t.deepEqual(accepted, [otherTunnelHost, "interface-down"]);
  t.false(await connects(bench, "203.0.113.3", { host: tunnelHost, port }));
  bench.has(tunnelWith(tunnelHost, otherTunnelHost));
  await bench.world.run(1_000);
  t.true(await connects(bench, "203.0.113.4", { host: otherTunnelHost, port }));
});

test("with the guard alone a connection from the network of another interface is not accepted", async (t) => {
  const bench = await boundBench("guard");
  const { accepted, listener } = await listening(bench);
  const { port } = listener.address;
  await connects(bench, "192.0.2.99", { host: tunnelHost, port });
  t.deepEqual(accepted, []);
  t.not(besideHost, "192.0.2.99");
});
