import test from "ava";
import fc from "fast-check";
import { addressKey, parseNameServer } from "../../src/address/index.ts";

test("a name server is an address with a port or without, as users write it and Node lists it", (t) => {
  const servers = [
    ["192.0.2.1", "192.0.2.1", 53],
    ["192.0.2.1:5353", "192.0.2.1", 5353],
    ["2001:DB8::0:1", "2001:db8::1", 53],
    ["[2001:db8::1]", "2001:db8::1", 53],
    ["[2001:db8::1]:5353", "2001:db8::1", 5353],
    ["::ffff:192.0.2.1", "192.0.2.1", 53],
    ["fe80::1%eth0", "fe80::1%eth0", 53],
    ["[fe80::1%eth0]:5353", "fe80::1%eth0", 5353],
  ] as const;
  for (const [text, host, port] of servers)
    t.deepEqual(parseNameServer(text), { host, port }, text);
});

test("other text is no name server", (t) => {
  const texts = [
    ...[
      "",
      "dns.example",
      "dns.example:53",
      "1.2.3",
      "192.0.2.1:",
      "192.0.2.1:0",
      "192.0.2.1:65536",
    ],
    ...["192.0.2.1:5 3", "[192.0.2.1]:53", "[2001:db8::1", "2001:db8::1]:53", "[]:53", "[::1]:-1"],
    ...["192.0.2.1%eth0", "fe80::1%", "::ffff:192.0.2.1%eth0", "%eth0", "[fe80::1]%eth0", "::1\n"],
  ];
  for (const text of texts) t.is(parseNameServer(text), undefined, text);
});

test("each address and port comes back from its text", (t) => {
  const server = fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }));
  const property = fc.property(server, ([host, port]) => {
    const read = parseNameServer(addressKey(host, port));
    return read?.port === port && read.host === parseNameServer(host)?.host;
  });
  t.notThrows(() => fc.assert(property));
});
