import test from "ava";
import { addressKeyOf, withoutZone } from "../../src/guard/address-key.ts";

test("an IPv4 address is a caller of its own, also when it is mapped", (t) => {
  t.is(addressKeyOf("192.0.2.1"), "192.0.2.1");
  t.is(addressKeyOf("::ffff:192.0.2.1"), "192.0.2.1");
  t.not(addressKeyOf("192.0.2.1"), addressKeyOf("192.0.2.2"));
});

test("the addresses of an IPv6 /64 are one caller", (t) => {
  t.is(addressKeyOf("2001:db8::1"), addressKeyOf("2001:db8:0:0:ffff::2"));
  t.not(addressKeyOf("2001:db8::1"), addressKeyOf("2001:db8:0:1::1"));
  t.is(addressKeyOf("fe80::1%eth0"), addressKeyOf("fe80::2%eth1"));
  t.is(withoutZone("fe80::1%eth0"), "fe80::1");
});

test("the callers of the socket are one caller", (t) => {
  t.is(addressKeyOf("socket"), "socket");
});
