import test from "ava";
import { boundBench, otherTunnelHost, outerHost, tunnelHost, tunnelWith } from "./bound-bench.ts";

test("the gateways of the interface are those that its addresses lead to", async (t) => {
  const { machine, ports } = await boundBench();
  const own = { host: "198.51.100.254", localHost: tunnelHost };
  machine.gateways = [{ host: "192.0.2.1", localHost: outerHost }, own];
  t.deepEqual(ports.gateways.list(), [own]);
});

test("a gateway is asked from the address of the rule, also where the system names another", async (t) => {
  const both = [tunnelWith(tunnelHost, otherTunnelHost)];
  const { machine, ports } = await boundBench("device", both, [otherTunnelHost]);
  const host = "198.51.100.254";
  machine.gateways = [{ host, localHost: tunnelHost }];
  t.deepEqual(ports.gateways.list(), [{ host, localHost: otherTunnelHost }]);
  machine.gateways = [{ host: "203.0.113.254", localHost: tunnelHost }];
  const first = { host: "198.51.100.1", localHost: otherTunnelHost };
  t.deepEqual(ports.gateways.list(), [first]);
});

test("a tunnel without a gateway has the first address of its network", async (t) => {
  const { machine, ports } = await boundBench();
  machine.gateways = [{ host: "192.0.2.1", localHost: outerHost }];
  t.deepEqual(ports.gateways.list(), [{ host: "198.51.100.1", localHost: tunnelHost }]);
});

test("the end of a tunnel has the first address of the 256 around it", async (t) => {
  const { ports, machine, world } = await boundBench();
  const address = { host: "10.2.0.2", prefixLength: 32, isInternal: false };
  machine.interfaces.set([{ name: "wg0", addresses: [address] }]);
  await world.run(100);
  t.deepEqual(ports.gateways.list(), [{ host: "10.2.0.1", localHost: "10.2.0.2" }]);
});

test("a first address of our own is no gateway, and there is none while the interface is down", async (t) => {
  const { has, ports, world } = await boundBench();
  has(tunnelWith("198.51.100.1", "2001:db8:7::7"));
  await world.run(100);
  t.deepEqual(ports.gateways.list(), []);
  has();
  await world.run(100);
  t.deepEqual(ports.gateways.list(), []);
});
