import test from "ava";
import { formatIp, isInNetwork, parsePrefix } from "../../src/address/index.ts";

const inside = test.macro((t, host: string, network: string, prefixLength: number) => {
  t.true(isInNetwork(host, network, prefixLength));
});
const outside = test.macro((t, host: string, network: string, prefixLength: number) => {
  t.false(isInNetwork(host, network, prefixLength));
});

test("an address of a /24", inside, "192.168.1.9", "192.168.1.200", 24);
test("an address beside a /24", outside, "192.168.2.9", "192.168.1.200", 24);
test("the last address of a /23", inside, "192.168.1.255", "192.168.0.1", 23);
test("an address of a /25", inside, "10.0.0.127", "10.0.0.1", 25);
test("an address beside a /25", outside, "10.0.0.128", "10.0.0.1", 25);
test("the address itself alone is in a /32", inside, "10.0.0.1", "10.0.0.1", 32);
test("its neighbour is not", outside, "10.0.0.0", "10.0.0.1", 32);
test("everything of a family is in a /0", inside, "203.0.113.7", "0.0.0.0", 0);
test("an address of an IPv6 /64", inside, "2001:db8::1:2:3:4", "2001:db8::1", 64);
test("an address beside an IPv6 /64", outside, "2001:db8:0:1::1", "2001:db8::1", 64);
test("another family is outside", outside, "::1", "127.0.0.1", 0);
test("a name is outside", outside, "example.org", "127.0.0.1", 0);

const read = test.macro((t, text: string, spelled: string, first: string, last: string) => {
  const prefix = parsePrefix(text);
  t.is(prefix?.text, spelled);
  t.deepEqual(prefix && [formatIp(prefix.first), formatIp(prefix.last)], [first, last]);
});

test("an address is a prefix", read, "192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.7");
test("a /24", read, "192.0.2.9/24", "192.0.2.0/24", "192.0.2.0", "192.0.2.255");
test("a /20", read, "10.1.31.9/20", "10.1.16.0/20", "10.1.16.0", "10.1.31.255");
test("a whole family", read, "1.2.3.4/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255");
test("an address of IPv6", read, "2001:DB8::1/128", "2001:db8::1", "2001:db8::1", "2001:db8::1");
test(
  "a /33 of IPv6",
  read,
  "2001:db8:8000::1/33",
  "2001:db8:8000::/33",
  "2001:db8:8000::",
  "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
);

test("other text is no prefix", (t) => {
  for (const text of ["", "example.org", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/-1"])
    t.is(parsePrefix(text), undefined, text);
});
