import test from "ava";
import type { NetworkSpec } from "../../../src/scenario/scenario.ts";
import {
  nameCount,
  networkNames,
  networkPlan,
} from "../../../src/targets/networks/network-plan.ts";

const names = networkNames(10);

function linesOf(spec: Partial<NetworkSpec>, sources = "10.77.0.0/16"): readonly string[] {
  const whole = {
    prefix: "45.10.3.0/24",
    downBytesPerSecond: undefined,
    upBytesPerSecond: undefined,
    loss: 0,
    ...spec,
  };
  return networkPlan(whole, sources, names).commands.map((words) => words.join(" "));
}

function addedBy(spec: Partial<NetworkSpec>): readonly string[] {
  const plain = linesOf({});
  return linesOf(spec).filter((line) => !plain.includes(line));
}

test("a network is a namespace and a veth pair without a default route", (t) => {
  t.deepEqual(linesOf({}), [
    "ip netns add troupe-8000000a",
    "ip link add trp8000000a type veth peer name eth0 netns troupe-8000000a",
    "ip link set dev trp8000000a addrgenmode none",
    "ip -n troupe-8000000a link set dev eth0 addrgenmode none",
    "ip address add 45.10.3.1/24 dev trp8000000a",
    "ip -n troupe-8000000a address add 45.10.3.2/24 dev eth0",
    "ip -n troupe-8000000a link set lo up",
    "ip -n troupe-8000000a link set eth0 up",
    "ip link set trp8000000a up",
    "ip -n troupe-8000000a route add 10.77.0.0/16 via 45.10.3.1 dev eth0",
  ]);
});

test("the route that refuses packets is less preferred than any other, and of this network alone", (t) => {
  const { refuse } = networkPlan(
    { prefix: "45.10.3.9/24", downBytesPerSecond: 1, upBytesPerSecond: 1, loss: 0 },
    "system",
    names,
  );
  t.is(refuse.join(" "), "ip route add unreachable 45.10.3.0/24 metric 2147483658");
});

test("peers without addresses of their own, or with IPv6 ones, need no route back", (t) => {
  for (const sources of ["system", "fd00:77::/64"]) {
    t.false(linesOf({}, sources).some((line) => line.includes("route add")));
  }
});

test("each end limits what it sends, with a hundredth of a second at once", (t) => {
  const spec = { downBytesPerSecond: 1_000_000, upBytesPerSecond: 10_000_000 };
  t.deepEqual(addedBy(spec), [
    "tc qdisc add dev trp8000000a root tbf rate 8000000bit burst 16384 latency 200ms",
    "tc -n troupe-8000000a qdisc add dev eth0 root tbf rate 80000000bit burst 100000 latency 200ms",
  ]);
});

test("each end drops packets that it receives, each of them as small as on a wire", (t) => {
  const drop = (device: string): string =>
    `table netdev troupe_8000000a { chain in { type filter hook ingress device ${device} priority 0; meta protocol ip numgen random mod 1000000 < 15000 drop; }; }`;
  t.deepEqual(addedBy({ loss: 0.015 }), [
    "ip link add trp8000000a gso_max_segs 1 type veth peer name eth0 netns troupe-8000000a gso_max_segs 1",
    `nft ${drop("trp8000000a")}`,
    `ip netns exec troupe-8000000a nft ${drop("eth0")}`,
  ]);
});

test("names fit the system's bounds, whatever was drawn", (t) => {
  for (const drawn of [0, 1, nameCount - 1]) {
    const { device, metric, namespace } = networkNames(drawn);
    t.true(device.length <= 15);
    t.true(metric >= 2 ** 31 && metric < 2 ** 32 - 1);
    t.regex(namespace, /^troupe-[0-9a-f]{8}$/);
  }
});

test("the smallest network has an address for each end", (t) => {
  const lines = linesOf({ prefix: "45.10.4.4/30" });
  t.true(lines.includes("ip address add 45.10.4.5/30 dev trp8000000a"));
  t.true(lines.includes("ip -n troupe-8000000a address add 45.10.4.6/30 dev eth0"));
});

test("the report tells the prefix, the rates and the loss", (t) => {
  const spec = { prefix: "45.10.3.0/24", downBytesPerSecond: 1e6, upBytesPerSecond: undefined };
  const { description, host, lastHost } = networkPlan({ ...spec, loss: 0.001 }, "system", names);
  t.is(description, "45.10.3.0/24, down 1000000 bytes/s, loss 0.1 % each way");
  t.deepEqual([host, lastHost], ["45.10.3.2", "45.10.3.254"]);
});
