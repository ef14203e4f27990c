import test from "ava";
import { deviceOf, readRoutes } from "../../../src/targets/networks/machine-routes.ts";
import { prefixRefusal } from "../../../src/targets/networks/prefix-refusal.ts";

const routes = readRoutes(
  JSON.stringify([
    { dst: "default", gateway: "192.0.2.1", dev: "eth0", flags: [] },
    { dst: "45.20.0.0/16", dev: "tun0", protocol: "static", metric: 100 },
    { type: "unreachable", dst: "45.30.1.0/24", metric: 2_147_483_649 },
    { type: "local", dst: "10.77.0.0/16", dev: "lo", table: "local" },
    { type: "local", dst: "192.0.2.2", dev: "eth0", table: "local" },
  ]),
);

function refusal(prefix: string, sources = "10.66.0.0/16"): string | undefined {
  return prefixRefusal(prefix, { sources, routes });
}

test("a prefix apart from all routes is allowed, public or not", (t) => {
  for (const prefix of ["45.10.0.0/16", "10.88.0.0/24", "198.51.100.0/30", "192.0.2.4/30"]) {
    t.is(refusal(prefix), undefined, prefix);
  }
});

test("the default route overlaps nothing, every other route and address does", (t) => {
  const seen: Readonly<Record<string, string>> = {
    "45.20.7.0/24": "45.20.0.0/16 dev tun0",
    "45.20.0.0/16": "45.20.0.0/16 dev tun0",
    "45.30.0.0/16": "unreachable 45.30.1.0/24",
    "10.77.9.0/24": "local 10.77.0.0/16 dev lo",
    "192.0.2.0/29": "local 192.0.2.2 dev eth0",
  };
  for (const [prefix, route] of Object.entries(seen)) {
    const sentence = `it overlaps a route or an address of this machine, ${route}`;
    t.is(refusal(prefix), sentence, prefix);
  }
});

test("loopback, link-local, multicast and reserved addresses are refused", (t) => {
  for (const prefix of [
    "127.5.0.0/16",
    "0.1.0.0/16",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.0.0/16",
    "224.0.0.0/24",
    "239.1.0.0/16",
    "240.0.0.0/16",
    "255.255.255.0/24",
  ]) {
    t.is(refusal(prefix), "its addresses are loopback, link-local, multicast or reserved", prefix);
  }
});

test("a prefix that is too large or too small, or no IPv4 prefix, is refused", (t) => {
  for (const prefix of ["45.10.0.0/15", "45.0.0.0/8", "0.0.0.0/0", "45.10.0.0/31", "45.10.0.1"]) {
    t.is(refusal(prefix), "a network takes an IPv4 prefix of a length from 16 to 30", prefix);
  }
  for (const prefix of ["2a10::/32", "name/24", "45.10.0.0/24/24", ""]) {
    t.is(refusal(prefix), "a network takes an IPv4 prefix of a length from 16 to 30", prefix);
  }
});

test("the addresses of the peers are refused", (t) => {
  t.is(refusal("10.66.1.0/24"), "it overlaps the addresses of the peers, 10.66.0.0/16");
  t.is(refusal("10.66.1.0/24", "system"), undefined);
  t.is(refusal("10.66.1.0/24", "fd00:66::/64"), undefined);
});

test("an output that is no list of routes is no empty list", (t) => {
  t.deepEqual(readRoutes(""), []);
  t.throws(() => readRoutes("{}"));
  t.throws(() => readRoutes("[{}]"));
  t.throws(() => readRoutes('[{"dst":"somewhere"}]'));
});

test("the device of a route is read, and a missing one is none", (t) => {
  t.is(deviceOf('[{"dst":"45.10.3.2","dev":"trp8000000a"}]'), "trp8000000a");
  t.is(deviceOf('[{"type":"blackhole","dst":"45.10.3.2"}]'), undefined);
  t.is(deviceOf("[]"), undefined);
});
