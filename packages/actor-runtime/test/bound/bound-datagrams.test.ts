import test from "ava";
import type { Address, BindOptions } from "../../src/index.ts";
import {
  besideHost,
  boundBench,
  otherTunnelHost,
  outerHost,
  serverHost,
  serverHost6,
  serverPort,
  tunnelHost,
  tunnelWith,
  type BoundBench,
} from "./bound-bench.ts";

const server = { host: serverHost, port: serverPort };
const said = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A bound socket, and the calls of its handlers. */
async function bound({ ports, world }: BoundBench, options: Partial<BindOptions> = {}) {
  const events: string[] = [];
  const socket = await world.settle(
    ports.datagrams.bind(
      { host: "0.0.0.0", port: 0, ...options },
      {
        received: (bytes) => void events.push(Buffer.from(bytes).toString()),
        notSent: ({ host }: Address, code) => void events.push(`${host} ${code}`),
      },
    ),
  );
  return { socket, events };
}

test("datagrams leave from the interface and come back to it", async (t) => {
  const bench = await boundBench();
  const { socket, events } = await bound(bench);
  socket.send(said("hello"), server);
  await bench.world.run(1_000);
  t.deepEqual(events, ["hello"]);
  t.deepEqual(bench.seen, [`udp ${tunnelHost}`]);
  t.is(socket.address.host, "0.0.0.0");
});

test("while the interface is down nothing is sent; the port is the same after its return", async (t) => {
  const bench = await boundBench();
  const { socket, events } = await bound(bench);
  const { port } = socket.address;
  bench.has();
  await bench.world.run(1_000);
  socket.send(said("lost"), server);
  await bench.world.run(1_000);
  t.deepEqual(events, [`${serverHost} interface-down`]);
  t.deepEqual(bench.seen, []);
  bench.has(tunnelWith(otherTunnelHost));
  await bench.world.run(1_000);
  socket.send(said("back"), server);
  await bench.world.run(1_000);
  t.deepEqual(events.slice(1), ["back"]);
  t.deepEqual(bench.seen, [`udp ${otherTunnelHost}`]);
  t.is(socket.address.port, port);
});

test("a socket waits for an interface that is absent, with a free port", async (t) => {
  const bench = await boundBench("device", []);
  const { socket, events } = await bound(bench);
  const { port } = socket.address;
  t.not(port, 0);
  bench.has(tunnelWith(tunnelHost));
  await bench.world.run(1_000);
  socket.send(said("hello"), server);
  await bench.world.run(1_000);
  t.deepEqual(events, ["hello"]);
  t.is(socket.address.port, port);
});

test("the guard closes a socket within a second when the route leaves the interface", async (t) => {
  const bench = await boundBench("guard");
  const { socket, events } = await bound(bench);
  bench.machine.interfaces.defaultRoute = "eth0";
  await bench.world.run(1_000);
  socket.send(said("lost"), server);
  await bench.world.run(1_000);
  t.deepEqual(events, [`${serverHost} interface-down`]);
  t.deepEqual(bench.seen, []);
});

test("nothing is sent to this machine, and with the guard alone nothing beside the interface", async (t) => {
  const bench = await boundBench("guard");
  const { socket, events } = await bound(bench);
  for (const host of ["127.0.0.1", besideHost]) socket.send(said("no"), { host, port: 53 });
  await bench.world.run(1);
  t.deepEqual(events, ["127.0.0.1 ENETUNREACH", `${besideHost} ENETUNREACH`]);
});

test("a family that the interface lacks is off", async (t) => {
  const bench = await boundBench("device", [tunnelWith(tunnelHost)]);
  const { socket, events } = await bound(bench, { host: "::" });
  socket.send(said("no"), { host: serverHost6, port: serverPort });
  await bench.world.run(1_000);
  t.deepEqual(events, [`${serverHost6} ENETUNREACH`]);
  t.deepEqual(bench.seen, []);
});

test("a socket at an address of another interface is refused, as is its group", async (t) => {
  const { ports } = await boundBench();
  const handlers = { received: () => undefined };
  const at = { host: outerHost, port: 0 };
  await t.throwsAsync(ports.datagrams.bind(at, handlers), { code: "EADDRNOTAVAIL" });
  const group = { host: "239.192.152.143", through: outerHost };
  const joining = ports.datagrams.bind({ host: "0.0.0.0", port: 6_771, group }, handlers);
  await t.throwsAsync(joining, { code: "EADDRNOTAVAIL" });
});

test("a closed socket sends nothing, and does not return with the interface", async (t) => {
  const bench = await boundBench();
  const { socket, events } = await bound(bench);
  socket.close();
  bench.has();
  await bench.world.run(1_000);
  bench.has(tunnelWith(tunnelHost));
  await bench.world.run(1_000);
  socket.send(said("no"), server);
  await bench.world.run(1_000);
  t.deepEqual(events, []);
  t.deepEqual(bench.seen, []);
});
