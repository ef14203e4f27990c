import test from "ava";

import { isLocalHost, isSocketAddress, numericHost } from "../../../src/io/network/address.ts";

const isLocal = test.macro<[host: string]>({
  exec: (t, host) => t.true(isLocalHost(host)),
  title: (_, host) => `${host} is local`,
});

const isPublic = test.macro<[host: string]>({
  exec: (t, host) => t.false(isLocalHost(host)),
  title: (_, host) => `${host} is public`,
});

for (const host of [
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "FE80::1%eth0",
  "fd00::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "::ff",
  "::2",
  "64:ff9b::10.0.0.1",
  "64:ff9b::a00:1",
  "2002:7f00:1::",
  "2002:c0a8:101::1",
  "not an address",
  "",
]) {
  test(isLocal, host);
}

for (const host of [
  "1.1.1.1",
  "172.15.0.1",
  "172.32.0.1",
  "192.167.0.1",
  "203.0.113.7",
  "2001:db8::1",
  "2606:4700::1111",
  "::ffff:1.1.1.1",
  "64:ff9b::1.1.1.1",
  "2002:101:101::1",
]) {
  test(isPublic, host);
}

test("addresses are written one way", (t) => {
  t.is(numericHost("::ffff:192.0.2.1"), "192.0.2.1");
  t.is(numericHost("::FFFF:192.0.2.1"), "192.0.2.1");
  t.is(numericHost("2001:DB8::A"), "2001:db8::a");
  t.is(numericHost("::ffff:1"), "::ffff:1");
});

test("a socket address is numeric and has a port", (t) => {
  t.true(isSocketAddress({ host: "192.0.2.1", port: 1 }));
  t.true(isSocketAddress({ host: "2001:db8::1", port: 65_535 }));
  for (const address of [
    { host: "a.example", port: 1 },
    { host: "192.0.2.1", port: 0 },
    { host: "192.0.2.1", port: 65_536 },
    { host: "192.0.2.1", port: 1.5 },
    { host: "192.0.2.1", port: Number.NaN },
  ]) {
    t.false(isSocketAddress(address));
  }
});
