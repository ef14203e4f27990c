import test from "ava";
import type { AddressRule } from "../../src/rules/address-rule.ts";
import { allowedAddress } from "../../src/rules/allowed-address.ts";
import type { GroupKind } from "../../src/rules/group-kind.ts";

const rule: AddressRule = {
  allowed: ["203.0.113.7", "2001:db8::7"],
  allowHostile: true,
};

function codeOf(host: string, kind: GroupKind = "honest", under = rule): string | undefined {
  return allowedAddress(under, host, kind)?.code;
}

const privateHosts = [
  ...["127.0.0.1", "127.255.255.254", "10.0.0.1", "10.77.3.4", "172.16.0.1", "172.31.255.254"],
  ...["192.168.0.1", "169.254.1.1", "::1", "fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0"],
  ...["::ffff:10.0.0.1", "::ffff:127.0.0.1", "::FFFF:192.168.1.1"],
];

test("loopback, private and link-local addresses are allowed to each kind of group", (t) => {
  for (const host of privateHosts) {
    for (const kind of ["honest", "hostile", "storm", "flood"] as const) {
      t.is(codeOf(host, kind), undefined, `${host} ${kind}`);
    }
  }
});

const publicHosts = [
  ...["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.1"],
  ...["100.63.255.255", "100.64.0.1", "100.127.255.255", "100.128.0.0"],
  ...["169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"],
  ...[
    "192.0.2.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.18.0.1",
    "203.0.113.1",
    "223.255.255.255",
  ],
  ...["45.19.255.255", "45.20.1.0", "2001:db8:4:ffff::1", "2001:db8:6::1"],
  ...["2606:4700::1111", "2001:db8::1", "fbff::1", "::ffff:8.8.8.8", "::ffff:808:808", "::8.8.8.8"],
];

test("a public address, and one of a carrier's network, is refused", (t) => {
  for (const host of publicHosts) t.is(codeOf(host), "target-not-allowed", host);
});

test("an IPv6 address through a gateway is refused, also when it contains a private IPv4 address", (t) => {
  for (const host of ["64:ff9b::a00:1", "2002:a00:1::1", "::10.0.0.1"]) {
    t.is(codeOf(host), "target-not-allowed", host);
  }
});

const noMachines = [
  ...["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.192.152.143", "240.0.0.1", "255.255.255.255"],
  ...["192.0.0.1", "::", "ff02::1", "ff0e::1", "::ffff:0.0.0.0", "::ffff:224.0.0.1"],
  ...[
    "",
    "localhost",
    "tracker.example",
    "127.1",
    "010.0.0.1",
    "1.2.3.4.5",
    "10.0.0.1%eth0",
    "[::1]",
  ],
];

test("an address of no machine, or of many, and a name, is refused even when it is named", (t) => {
  for (const host of noMachines) {
    t.is(codeOf(host), "target-not-allowed", host);
    t.is(codeOf(host, "honest", { ...rule, allowed: [host] }), "target-not-allowed", host);
  }
});

test("an address that the user has named is allowed to honest groups alone", (t) => {
  for (const host of ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::7", "2001:DB8:0::7"]) {
    t.is(codeOf(host), undefined, host);
    for (const kind of ["hostile", "storm", "flood"] as const) {
      t.is(codeOf(host, kind), "hostile-not-allowed", `${host} ${kind}`);
    }
  }
});

test("an agent without leave runs no hostile group, even on loopback", (t) => {
  const agent = { ...rule, allowHostile: false };
  t.is(codeOf("127.0.0.1", "hostile", agent), "hostile-not-allowed");
  t.is(codeOf("127.0.0.1", "honest", agent), undefined);
});

test("a refusal names the address that was seen, and what is allowed", (t) => {
  t.is(
    allowedAddress(rule, "8.8.8.8", "honest")?.message,
    "cannot send load to 8.8.8.8: the address is outside of loopback and private ranges, and no --allow-target names it",
  );
  const message = allowedAddress(rule, `\u001b[31m${"x".repeat(500)}`, "honest")?.message ?? "";
  t.false(message.includes("\u001b"));
  t.true(message.length < 250);
});

test("a name that looks like an address with a zone is no address", (t) => {
  t.is(codeOf("fe80::1%eth0"), undefined);
  for (const host of ["10.0.0.1%:.example.org", "10.0.0.1%eth0", "127.0.0.1%::", "%::1", "x%::1"]) {
    t.is(codeOf(host), "target-not-allowed", host);
  }
});
