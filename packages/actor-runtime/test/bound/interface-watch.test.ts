import test from "ava";
import {
  besideHost,
  boundBench,
  otherTunnelHost,
  serverHost,
  serverHost6,
  tunnelHost,
  tunnelHost6,
  tunnelWith,
} from "./bound-bench.ts";

test("an interface is up with its first address of each family, and absent without one", async (t) => {
  const { has, watch, world } = await boundBench();
  const state = watch.look();
  t.is(state.kind, "up");
  t.deepEqual(state.kind === "up" && state.hosts, { 4: tunnelHost, 6: tunnelHost6 });
  has(tunnelWith("fe80::1"));
  await world.run(100);
  t.deepEqual(watch.look(), { kind: "absent" });
  has();
  await world.run(100);
  t.deepEqual(watch.look(), { kind: "absent" });
});

test("a look within 100 ms of the last one is not repeated", async (t) => {
  const { has, watch, world } = await boundBench();
  watch.look();
  has();
  await world.run(99);
  t.is(watch.look().kind, "up");
  await world.run(1);
  t.is(watch.look().kind, "absent");
});

test("the guard finds a route that leaves the interface; a device needs no route", async (t) => {
  const guarded = await boundBench("guard");
  t.is(guarded.watch.look().kind, "up");
  guarded.machine.interfaces.defaultRoute = "eth0";
  await guarded.world.run(100);
  t.is(guarded.watch.look().kind, "misrouted");
  const device = await boundBench("device");
  device.machine.interfaces.defaultRoute = "eth0";
  t.is(device.watch.look().kind, "up");
});

test("an interface that was made anew with the same address has another key", async (t) => {
  const { has, watch, world } = await boundBench();
  const first = watch.look();
  has();
  has(tunnelWith(tunnelHost, tunnelHost6));
  await world.run(100);
  const second = watch.look();
  t.true(first.kind === "up" && second.kind === "up" && first.key !== second.key);
});

test("a way begins at the interface's address of the target's family", async (t) => {
  const { watch } = await boundBench();
  t.deepEqual(watch.wayTo(serverHost), { host: tunnelHost });
  t.deepEqual(watch.wayTo(serverHost6), { host: tunnelHost6 });
  t.deepEqual(watch.wayTo(`::ffff:${serverHost}`), { host: tunnelHost });
});

test("no way leads to this machine, nor over a family that the interface lacks", async (t) => {
  const { watch } = await boundBench("device", [tunnelWith(otherTunnelHost)]);
  for (const host of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", serverHost6])
    t.deepEqual(watch.wayTo(host), { refused: "ENETUNREACH" }, host);
});

test("with the guard alone no way leads to the network of another interface", async (t) => {
  const { watch } = await boundBench("guard");
  t.deepEqual(watch.wayTo(besideHost), { refused: "ENETUNREACH" });
  t.deepEqual(watch.wayTo(serverHost), { host: tunnelHost });
});

test("name servers of this machine, of another network and of a lacking family are never asked", async (t) => {
  for (const hold of ["device", "guard"] as const) {
    const { watch } = await boundBench(hold, [tunnelWith(tunnelHost)]);
    watch.look();
    const asked = ["127.0.0.53", "::1", besideHost, serverHost6, serverHost, "198.51.100.1"];
    t.deepEqual(
      asked.filter((host) => watch.mayAsk(host)),
      [serverHost, "198.51.100.1"],
      hold,
    );
  }
});

const both = [tunnelWith(tunnelHost, otherTunnelHost, tunnelHost6)];

test("an interface is up with the addresses of the rule alone, the first of each family", async (t) => {
  const { watch } = await boundBench("guard", both, [otherTunnelHost]);
  const state = watch.look();
  t.deepEqual(state.kind === "up" && state.hosts, { 4: otherTunnelHost });
  t.deepEqual(watch.wayTo(serverHost), { host: otherTunnelHost });
  t.deepEqual(watch.wayTo(serverHost6), { refused: "ENETUNREACH" });
  t.deepEqual(
    [otherTunnelHost, tunnelHost, tunnelHost6].map((host) => watch.has(host)),
    [true, false, false],
  );
});

test("the rule's order chooses the address, and an unspecified one is all of its family", async (t) => {
  const hosts = ["::", otherTunnelHost, tunnelHost];
  const { watch } = await boundBench("device", both, hosts);
  const state = watch.look();
  t.deepEqual(state.kind === "up" && state.hosts, { 4: otherTunnelHost, 6: tunnelHost6 });
});

test("an interface without an address of the rule is unaddressed, and nothing leaves by it", async (t) => {
  const { has, watch, world } = await boundBench("device", both, [otherTunnelHost]);
  has(tunnelWith(tunnelHost, tunnelHost6));
  t.deepEqual(watch.look(), { kind: "unaddressed" });
  t.deepEqual(watch.wayTo(serverHost), { refused: "interface-down" });
  t.deepEqual([watch.lacks(otherTunnelHost), watch.mayAsk(serverHost)], [true, false]);
  has();
  await world.run(100);
  t.deepEqual(watch.look(), { kind: "absent" });
  t.false(watch.lacks(otherTunnelHost));
});

test("looks end with the last socket", async (t) => {
  const { machine, ports, world } = await boundBench();
  let looks = 0;
  const { list } = machine.interfaces;
  machine.interfaces.list = () => {
    looks++;
    return list.call(machine.interfaces);
  };
  const socket = await world.settle(
    ports.datagrams.bind({ host: "0.0.0.0", port: 0 }, { received: () => undefined }),
  );
  looks = 0;
  await world.run(5_000);
  t.is(looks, 10);
  socket.close();
  looks = 0;
  await world.run(5_000);
  t.is(looks, 0);
});
