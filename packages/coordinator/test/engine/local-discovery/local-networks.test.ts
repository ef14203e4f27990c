import test from "ava";
import type { NetworkInterface } from "@troupe/actor-runtime";
import {
  isNeighbour,
  localNetworks,
  mostInterfaces,
  type LocalNetwork,
} from "../../../src/engine/local-discovery/local-networks.ts";

const all = ["0.0.0.0", "::"];

/** An interface with addresses such as `192.168.1.5/24`. */
function eth(name: string, ...addresses: readonly string[]): NetworkInterface {
  return {
    name,
    addresses: addresses.map((text) => {
      const [host = "", length] = text.split("/");
      const isInternal = host === "127.0.0.1" || host === "::1";
      return { host, prefixLength: Number(length), isInternal };
    }),
  };
}

const lo = eth("lo", "127.0.0.1/8", "::1/128");
const eth0 = eth("eth0", "192.168.1.5/24", "2001:db8:1::5/64", "fe80::5/64");
const wlan0 = eth("wlan0", "10.1.2.3/16", "fe80::6/64");

const drawn = (networks: readonly LocalNetwork[]): string[] =>
  networks.map(({ interface: name, family, through }) => `${name} ${family} ${through}`);

const used = test.macro(
  (t, interfaces: readonly NetworkInterface[], hosts: readonly string[], networks: string[]) => {
    t.deepEqual(drawn(localNetworks(interfaces, hosts)), networks);
  },
);

test("every interface but loopback has a network a family", used, [lo, eth0, wlan0], all, [
  "eth0 4 192.168.1.5",
  "eth0 6 ::%eth0",
  "wlan0 4 10.1.2.3",
]);
test(
  "without IPv6 there are IPv4 networks alone",
  used,
  [eth0],
  ["0.0.0.0"],
  ["eth0 4 192.168.1.5"],
);
test(
  "a bound address limits the networks to its own",
  used,
  [eth0, wlan0],
  ["10.1.2.3"],
  ["wlan0 4 10.1.2.3"],
);
test(
  "an IPv6 address may be written in any form",
  used,
  [eth0],
  ["2001:DB8:1:0:0::5"],
  ["eth0 6 ::%eth0"],
);
test("announces over IPv6 leave from the bound address, over IPv4 from that of the interface", (t) => {
  const sources = (hosts: readonly string[]) =>
    localNetworks([eth0], hosts).map(({ source }) => source);
  t.deepEqual(sources(["192.168.1.5", "2001:db8:1::5"]), [undefined, "2001:db8:1::5"]);
  t.deepEqual(sources(all), [undefined, undefined]);
});
test("loopback addresses alone have no network", used, [lo, eth0], ["127.0.0.1", "::1"], []);
test("an engine that does not listen has no network", used, [lo, eth0], [], []);
test("link-local IPv6 alone is no network", used, [eth("eth1", "fe80::7/64")], all, []);
test("an interface without addresses is no network", used, [eth("eth1")], all, []);

test("eight interfaces are used", (t) => {
  const many = Array.from({ length: 20 }, (_, i) => eth(`eth${i}`, `10.0.${i}.1/24`));
  t.is(localNetworks(many, all).length, mostInterfaces);
});

const [four, six] = localNetworks([eth0], all);

const neighbour = test.macro(
  (t, network: LocalNetwork | undefined, host: string, expected: boolean) => {
    t.is(network && isNeighbour(network, host), expected);
  },
);

test("an address of the same IPv4 network is a neighbour", neighbour, four, "192.168.1.77", true);
test("an address of another network is none", neighbour, four, "192.168.2.77", false);
test("an internet address is none", neighbour, four, "203.0.113.7", false);
test("an IPv6 address is none of an IPv4 network", neighbour, four, "2001:db8:1::9", false);
test("an address of the same IPv6 /64 is a neighbour", neighbour, six, "2001:db8:1::9", true);
test("an address of another /64 is none", neighbour, six, "2001:db8:2::9", false);
test("a link-local address is none: it cannot be dialled", neighbour, six, "fe80::9", false);

test("the network of an IPv6 address from a server is its /64", (t) => {
  const [network] = localNetworks([eth("eth0", "2001:db8:1::5/128")], all);
  t.true(network !== undefined && isNeighbour(network, "2001:db8:1::9"));
});

test("every address of an interface has a network", (t) => {
  const [network] = localNetworks([eth("eth0", "192.168.1.5/24", "10.0.0.5/8")], all);
  t.true(network !== undefined && isNeighbour(network, "10.200.0.1"));
});
