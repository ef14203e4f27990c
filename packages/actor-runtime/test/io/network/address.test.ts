import test from "ava";

import { isSocketAddress, numericHost } from "../../../src/io/network/address.ts";

test("every address has one spelling", (t) => {
  t.is(numericHost("::ffff:192.0.2.1"), "192.0.2.1");
  t.is(numericHost("::FFFF:192.0.2.1"), "192.0.2.1");
  for (const host of ["::ffff:c000:201", "::FFFF:C000:0201", "0:0:0:0:0:ffff:192.0.2.1"])
    t.is(numericHost(host), "192.0.2.1");
  t.is(numericHost("2001:DB8::A"), "2001:db8::a");
  t.is(numericHost("2001:db8::ffff:1"), "2001:db8::ffff:1");
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
