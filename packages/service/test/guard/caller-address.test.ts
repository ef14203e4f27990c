import test from "ava";
import fc from "fast-check";
import {
  callerAddress,
  ForwardedWarning,
  parseTrustedProxies,
} from "../../src/guard/caller-address.ts";
import { allowed, refused } from "../support/refused.ts";

const trusted = allowed(parseTrustedProxies(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]));
const none = allowed(parseTrustedProxies([]));

function addressOf(peer: string, forwardedFor: string): string {
  return callerAddress({ peer, forwardedFor }, trusted).address;
}

test("the caller is the last hop that is no trusted proxy", (t) => {
  t.is(addressOf("10.0.0.1", "198.51.100.7"), "198.51.100.7");
  t.is(addressOf("10.0.0.1", "198.51.100.7, 10.9.9.9"), "198.51.100.7");
  t.is(addressOf("2001:db8::1", "203.0.113.9,198.51.100.7 , 192.0.2.1,10.0.0.2"), "198.51.100.7");
});

test("the first hop is the caller where all are trusted proxies", (t) => {
  t.is(addressOf("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
  t.is(addressOf("10.0.0.1", ""), "10.0.0.1");
});

test("a connection of a trusted proxy is known before its first request", (t) => {
  t.deepEqual(callerAddress({ peer: "10.0.0.1" }, trusted), {
    address: "10.0.0.1",
    isFromProxy: true,
    isIgnored: false,
  });
  t.false(callerAddress({ peer: "198.51.100.7" }, trusted).isFromProxy);
});

test("a hop may have a port, brackets and a zone", (t) => {
  for (const [hop, address] of [
    ["198.51.100.7:4711", "198.51.100.7"],
    ["[2001:db9::7]:4711", "2001:db9::7"],
    ["[2001:db9::7]", "2001:db9::7"],
    ["2001:DB9:0::7", "2001:db9::7"],
    ["fe80::7%eth0", "fe80::7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
  ] as const)
    t.is(addressOf("10.0.0.1", hop), address);
});

test("a hop that is no address leaves the last known one as the caller", (t) => {
  for (const hop of ["unknown", "_hidden", "198.51.100", "[198.51.100.7]:x", "x".repeat(9_999)])
    t.is(addressOf("10.0.0.1", `203.0.113.9, ${hop}, 10.0.0.2`), "10.0.0.2");
});

test("the fields of a caller that is no trusted proxy are ignored", (t) => {
  const way = { peer: "198.51.100.7", forwardedFor: "203.0.113.9", forwardedProto: "https" };
  t.deepEqual(callerAddress(way, trusted), {
    address: "198.51.100.7",
    isFromProxy: false,
    isIgnored: true,
  });
  t.like(callerAddress({ peer: "10.0.0.1", forwardedFor: "203.0.113.9" }, none), {
    address: "10.0.0.1",
    isIgnored: true,
  });
});

test("the callers of the socket are trusted when the list has the word", (t) => {
  const way = { peer: "socket", forwardedFor: "203.0.113.9" };
  t.is(callerAddress(way, trusted).address, "socket");
  const withSocket = allowed(parseTrustedProxies(["socket"]));
  t.is(callerAddress(way, withSocket).address, "203.0.113.9");
});

test("the scheme is that of a trusted proxy, and only http or https", (t) => {
  const schemeOf = (forwardedProto: string) =>
    callerAddress({ peer: "10.0.0.1", forwardedProto }, trusted).scheme;
  t.deepEqual([" HTTPS ", "http", "wss", "https,http"].map(schemeOf), [
    "https",
    "http",
    undefined,
    undefined,
  ]);
});

test("whatever a stranger writes left of its proxy's hop does not change its address", (t) => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.ipV4()), (text, hops) => {
      const written = [text, ...hops, "198.51.100.7"].join(",");
      t.is(addressOf("10.0.0.1", written), "198.51.100.7");
    }),
  );
});

test("any field gives an address, and a mapped peer is the same as its IPv4 address", (t) => {
  fc.assert(
    fc.property(fc.string(), (forwardedFor) => {
      t.regex(addressOf("10.0.0.1", forwardedFor), /^[\da-f.:]+$/);
      t.is(addressOf("::ffff:10.0.0.1", forwardedFor), addressOf("10.0.0.1", forwardedFor));
    }),
  );
});

test("hops beyond 32 are not read", (t) => {
  const hops = Array.from({ length: 40 }, (_, at) => `10.0.0.${at}`);
  t.is(addressOf("10.1.0.0", ["198.51.100.7", ...hops].join()), "10.0.0.8");
});

test("a list of proxies has addresses, prefixes and the word socket", (t) => {
  for (const wrong of ["proxy.example", "10.0.0.0/33", "10.0.0/8", "", "::1/129"])
    refused(t, parseTrustedProxies(["10.0.0.1", wrong]), "address-list-malformed", 400);
  refused(
    t,
    parseTrustedProxies(Array<string>(101).fill("10.0.0.1")),
    "address-list-malformed",
    400,
  );
});

test("an ignored field of a caller on the internet gives no warning", (t) => {
  const warning = new ForwardedWarning();
  for (const peer of ["198.51.100.7", "2001:db9::1", "172.32.0.1"]) {
    const caller = callerAddress({ peer, forwardedFor: "203.0.113.9" }, none);
    t.is(warning.next(caller), undefined);
  }
  for (const peer of ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "socket"]) {
    const caller = callerAddress({ peer, forwardedFor: "203.0.113.9" }, none);
    const sentence = new ForwardedWarning().next(caller) ?? "";
    t.true(sentence.endsWith(`--trusted-proxy ${peer}`), sentence);
  }
});

test("the warning of an ignored field comes once and names what to set", (t) => {
  const warning = new ForwardedWarning();
  const ignored = callerAddress({ peer: "172.17.0.1", forwardedFor: "203.0.113.9" }, none);
  const plain = callerAddress({ peer: "172.17.0.1" }, none);
  t.is(warning.next(plain), undefined);
  t.regex(warning.next(ignored) ?? "", /--trusted-proxy 172\.17\.0\.1$/);
  t.is(warning.next(ignored), undefined);
});
