import test from "ava";
import { subnetOf } from "../../src/routing/subnet.ts";

test("addresses of a /24 and of an IPv6 /64 have the same key, others do not", (t) => {
  t.is(subnetOf("8.8.8.8"), subnetOf("8.8.8.255"));
  t.not(subnetOf("8.8.8.8"), subnetOf("8.8.9.8"));
  t.is(subnetOf("2001:db8:0:1::1"), subnetOf("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  t.not(subnetOf("2001:db8:0:1::1"), subnetOf("2001:db8:0:2::1"));
});

test("local addresses, and text that is no address, have no subnet", (t) => {
  for (const host of [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "::1",
    "fd00::1",
    "0.0.0.0",
    "name",
  ]) {
    t.is(subnetOf(host), undefined);
  }
});
