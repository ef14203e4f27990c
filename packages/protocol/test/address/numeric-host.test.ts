import test from "ava";
import { isIP } from "node:net";
import { parseNumericHost } from "../../src/address/index.ts";

test("an address has one spelling and keeps its zone", (t) => {
  const hosts = [
    ["192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["FE80::1%eth0.1", "fe80::1%eth0.1"],
  ] as const;
  for (const [text, host] of hosts) t.is(parseNumericHost(text), host, text);
});

test("an empty zone, one that Node does not take, and a zone of IPv4 are refused", (t) => {
  for (const text of [
    "::%",
    "fe80::1%a b",
    "fe80::1%a%b",
    "fe80::1%eth_0",
    "192.0.2.1%eth0",
    "%a",
  ]) {
    t.is(isIP(text), 0, text);
    t.is(parseNumericHost(text), undefined, text);
  }
  t.is(parseNumericHost("::ffff:192.0.2.1%eth0"), undefined);
});
