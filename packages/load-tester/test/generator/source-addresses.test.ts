import test from "ava";
import { sourceAddresses } from "../../src/generator/source-addresses.ts";

function addresses(prefix: string, peers: readonly number[]): string[] {
  const sourceOf = sourceAddresses(prefix);
  return peers.map((peer) => sourceOf?.(peer) ?? "none");
}

test("each peer has an address of its own, and none ends in 0 or 255", (t) => {
  t.deepEqual(addresses("10.77.0.0/16", [0, 1, 253, 254, 507, 508]), [
    "10.77.0.1",
    "10.77.0.2",
    "10.77.0.254",
    "10.77.1.1",
    "10.77.1.254",
    "10.77.2.1",
  ]);
  const all = addresses(
    "10.77.0.0/16",
    Array.from({ length: 20_000 }, (_, peer) => peer),
  );
  t.is(new Set(all).size, 20_000);
});

test("peers beyond the last address begin at the first again", (t) => {
  t.deepEqual(addresses("10.77.0.0/16", [256 * 254 - 1, 256 * 254]), [
    "10.77.255.254",
    "10.77.0.1",
  ]);
  t.deepEqual(addresses("192.168.7.16/29", [0, 5, 6]), [
    "192.168.7.17",
    "192.168.7.22",
    "192.168.7.17",
  ]);
  t.deepEqual(addresses("10.1.2.3/32", [0, 9]), ["10.1.2.3", "10.1.2.3"]);
  t.deepEqual(addresses("10.1.2.2/31", [0, 1, 2]), ["10.1.2.2", "10.1.2.3", "10.1.2.2"]);
});

test("prefixes of IPv6 count on from the first address", (t) => {
  t.deepEqual(addresses("fd00:77::/64", [0, 65_535]), ["fd00:77::1", "fd00:77::1:0"]);
  t.deepEqual(addresses("fd00:77::5/128", [0, 3]), ["fd00:77::5", "fd00:77::5"]);
});

test("text that is no prefix has no addresses", (t) => {
  for (const text of ["", "10.77.0.0", "10.77.0.0/33", "10.77.0.0/16/2", "name/8", "10.77.0.0/x"]) {
    t.is(sourceAddresses(text), undefined, text);
  }
});
