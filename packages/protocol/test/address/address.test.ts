import test from "ava";
import {
  addressKey,
  type AddressClass,
  classifyAddress,
  embeddedIp4,
  isLoopbackAddress,
  isPrivateAddress,
  networkOf,
  parseIp,
  parseHostPort,
  subscriberOf,
} from "../../src/address/index.ts";
import { refuses } from "../support/refusals.ts";

const expected: Record<AddressClass, readonly string[]> = {
  local: [
    "127.0.0.1",
    "127.255.255.255",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "fc00::1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::7f00:1",
    "::127.0.0.1",
    "::ffff:7f00:1",
    "127.255.255.254",
    "FE80::1%eth0",
    "64:ff9b::10.0.0.1",
    "2002:c0a8:101::1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "64:ff9b::168.63.129.16",
    "64:ff9b::192.168.1.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1.1.1.1",
    "64:ff9b:1:ffff::1",
  ],
  internet: [
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "192.167.0.1",
    "192.169.0.1",
    "192.0.1.1",
    "191.255.255.255",
    "203.0.113.7",
    "223.255.255.255",
    "2001:db8::1",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "2002:101:101::",
    "2002:101:101::1",
    "64:ff9b::1.1.1.1",
    "64:ff9b:2::1",
    "168.63.129.15",
    "168.63.129.17",
  ],
  refused: [
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "192.0.0.1",
    "::ffff:192.0.0.255",
    "255.255.255.255",
    "::",
    "::2",
    "::ff",
    "ff02::1",
    "::ffff:0.0.0.0",
    "::ffff:224.0.0.1",
    "localhost",
    "example.org",
    "",
    "not an address",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
  ],
};

for (const [addressClass, hosts] of Object.entries(expected)) {
  for (const host of hosts) {
    test(`case 72: "${host}" is ${addressClass}`, (t) => {
      t.is(classifyAddress(host), addressClass as AddressClass);
    });
  }
}

test("host and port are parsed in all their forms", (t) => {
  t.deepEqual(parseHostPort("192.0.2.7:6881"), { host: "192.0.2.7", port: 6_881 });
  t.deepEqual(parseHostPort("[2001:db8::1]:1"), { host: "2001:db8::1", port: 1 });
  t.deepEqual(parseHostPort("my-host_1.example:65535"), {
    host: "my-host_1.example",
    port: 65_535,
  });
});

for (const text of [
  "",
  ":",
  "host",
  "host:",
  ":80",
  "host:0",
  "host:65536",
  "host:-1",
  "host:1e3",
  "host: 80",
  "2001:db8::1:80",
  "[::1]",
  "[::1]80",
  "[1.2.3.4]:80",
  "[x]:80",
  "a b:80",
  "a/b:80",
  "a\n:80",
  `${"a".repeat(254)}:80`,
]) {
  test(`"${text.slice(0, 20)}" is not a host and port`, (t) => {
    refuses(t, "address-malformed", () => parseHostPort(text));
  });
}

test("the subscriber is the IPv4 address or the IPv6 /64; local addresses have none", (t) => {
  t.not(subscriberOf("198.51.100.1"), subscriberOf("198.51.100.2"));
  t.is(subscriberOf("198.51.100.1"), "198.51.100.1");
  t.is(subscriberOf("2001:db8::1"), subscriberOf("2001:db8::ffff:0:0:2"));
  t.not(subscriberOf("2001:db8::1"), subscriberOf("2001:db8:0:1::1"));
  const embedding = [
    "::ffff:45.10.1.2",
    "2002:2d0a:102:1::1",
    "2002:2d0a:102:2::1",
    "64:ff9b::2d0a:102",
  ];
  for (const host of embedding) t.is(subscriberOf(host), "45.10.1.2");
  for (const host of ["127.0.0.1", "192.168.1.1", "fe80::1%eth0", "0.0.0.0", "a.example"]) {
    t.is(subscriberOf(host), undefined);
  }
});

test("an IPv6 address is written in brackets before its port", (t) => {
  t.is(addressKey("8.0.0.1", 5), "8.0.0.1:5");
  t.is(addressKey("2001:db8::1", 5), "[2001:db8::1]:5");
});

test("a network is an IPv4 /24 or an IPv6 /48", (t) => {
  t.is(networkOf("45.10.1.2"), networkOf("45.10.1.99"));
  t.is(networkOf("45.10.1.2"), networkOf("::ffff:45.10.1.3"));
  t.not(networkOf("45.10.1.2"), networkOf("45.10.2.2"));
  t.is(networkOf("2001:db8:1:2::1"), networkOf("2001:db8:1:ffff::9"));
  t.not(networkOf("2001:db8:1::1"), networkOf("2001:db8:2::1"));
  t.is(networkOf("example.org"), "example.org");
});

test("loopback is 127.0.0.0/8 and ::1, mapped or not", (t) => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    t.true(isLoopbackAddress(host), host);
  for (const host of ["10.0.0.1", "::", "::2", "::ffff:10.0.0.1", "localhost", "fe80::1"])
    t.false(isLoopbackAddress(host), host);
});

for (const [text, ip4] of [
  ["::ffff:8.0.0.1", "8.0.0.1"],
  ["::8.0.0.1", "8.0.0.1"],
  ["64:ff9b::8.0.0.1", "8.0.0.1"],
  ["2002:800:1::9", "8.0.0.1"],
  ["::1", undefined],
  ["::", undefined],
  ["2001:db8::8.0.0.1", undefined],
] as const) {
  test(`${text} contains ${ip4 ?? "no IPv4 address"}`, (t) => {
    t.is(embeddedIp4(parseIp(text) ?? new Uint8Array(16))?.join("."), ip4);
  });
}

test("private addresses are those of private networks, without loopback and links", (t) => {
  for (const host of ["10.0.0.1", "172.16.0.1", "172.31.9.9", "192.168.0.1", "fc00::1", "fd12::9"])
    t.true(isPrivateAddress(host), host);
  for (const host of ["172.32.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "fe80::1", "1.1.1.1"])
    t.false(isPrivateAddress(host), host);
  t.false(isPrivateAddress("router.lan"));
});
