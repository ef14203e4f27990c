import test from "ava";

import { allowedAddresses } from "../../../src/io/http/http-policy.ts";
import type { Resolved } from "../../../src/io/network/resolver.ts";

const local = ["10.0.0.1"];
const open = ["1.1.1.1"];

const resolved = (source: Resolved["source"], addresses: readonly string[]): Resolved => ({
  source,
  addresses,
});

for (const [title, hostname, source] of [
  ["a numeric local host", "10.0.0.1", "numeric"],
  ["a name of the hosts file", "tracker.example", "hosts"],
  ["a name without dots", "tracker", "dns"],
  ["a name of a local network", "NAS.Local.", "dns"],
] as const) {
  test(`${title} is allowed as the first address`, (t) => {
    const decision = allowedAddresses(hostname, resolved(source, local), { fromPublic: false });
    t.deepEqual(decision, { addresses: local, fromPublic: false });
  });

  test(`${title} is refused as the target of a public host`, (t) => {
    const decision = allowedAddresses(hostname, resolved(source, local), { fromPublic: true });
    t.deepEqual(decision, { addresses: [], fromPublic: true });
  });
}

test("a public name with a local address is refused", (t) => {
  const decision = allowedAddresses("a.example", resolved("dns", local), { fromPublic: false });
  t.deepEqual(decision.addresses, []);
});

test("the rule of a caller knows the address and the host of the hop", (t) => {
  const asked: unknown[] = [];
  const mayDial = (...question: readonly string[]) => asked.push(question) === 0;
  const policy = { fromPublic: false, mayDial };
  t.deepEqual(allowedAddresses("nas", resolved("hosts", local), policy).addresses, []);
  t.deepEqual(asked, [["10.0.0.1", "nas"]]);
});

test("the public addresses of a mixed answer are used", (t) => {
  const answer = resolved("dns", [...local, ...open]);
  const decision = allowedAddresses("a.example", answer, { fromPublic: false });
  t.deepEqual(decision, { addresses: open, fromPublic: true });
});

test("a public address makes the rest of the request public", (t) => {
  const decision = allowedAddresses("1.1.1.1", resolved("numeric", open), { fromPublic: false });
  t.deepEqual(decision, { addresses: open, fromPublic: true });
});

test("addresses that no internet host has are local, also inside IPv6 addresses", (t) => {
  const hosts = [
    "192.0.0.1",
    "0.0.0.0",
    "fe80::1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "a.example",
  ];
  const answer = resolved("numeric", [...hosts, ...open]);
  const decision = allowedAddresses("1.1.1.1", answer, { fromPublic: true });
  t.deepEqual(decision, { addresses: open, fromPublic: true });
});

for (const host of ["10.0.0.1", "192.168.1.1", "fd00::1"]) {
  test(`a stranger may name a document of a private network, and no query: ${host}`, (t) => {
    const numeric = resolved("numeric", [host]);
    const policy = { fromPublic: false, allow: "internet" } as const;
    t.deepEqual(allowedAddresses(host, numeric, policy), { addresses: [host], fromPublic: false });
    t.deepEqual(allowedAddresses(host, numeric, { ...policy, hasQuery: true }).addresses, []);
  });
}

test("of the addresses that a stranger has named, this machine and its links are left out", (t) => {
  const own = ["127.0.0.1", "0.0.0.0", "169.254.169.254", "::1", "fe80::1", "::ffff:127.0.0.1"];
  const answer = resolved("hosts", [...own, ...open]);
  const decision = allowedAddresses("a.lan", answer, { fromPublic: false, allow: "internet" });
  t.deepEqual(decision, { addresses: open, fromPublic: true });
});

test("the caller's own rule holds for the first hop and for later ones", (t) => {
  const mayDial = (host: string): boolean => host === "10.0.0.1";
  for (const fromPublic of [false, true]) {
    const answer = resolved("numeric", [...local, ...open]);
    const decision = allowedAddresses("10.0.0.1", answer, { fromPublic, mayDial });
    t.deepEqual(decision.addresses, fromPublic ? [] : local);
  }
});
