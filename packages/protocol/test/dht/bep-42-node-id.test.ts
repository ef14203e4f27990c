import test from "ava";
import fc from "fast-check";
import { classifyAddress, formatIp } from "../../src/address/index.ts";
import {
  commonPrefixBits,
  isSecureNodeId,
  nodeIdFrom,
  parseNodeId,
  secureNodeId,
  type NodeId,
} from "../../src/dht/index.ts";

/** Vectors of BEP 42: address, random number, an id that fits. */
const vectors = [
  ["124.31.75.21", 1, "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"],
  ["21.75.31.124", 86, "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256"],
  ["65.23.51.170", 22, "a5d43220bc8f112a3d426c84764f8c2a1150e616"],
  ["84.124.73.14", 65, "1b0321dd1bb1fe518101ceef99462b947a01ff41"],
  ["43.213.53.83", 90, "e56f6cbf5b7c4be0237986d5243b87aa6d51305a"],
] as const;

const zeros = (length: number): Uint8Array => new Uint8Array(length);

test("the ids of BEP 42 fit their addresses, and no others", (t) => {
  for (const [host, , hex] of vectors) {
    t.true(isSecureNodeId(parseNodeId(hex), host));
    t.true(isSecureNodeId(parseNodeId(hex), `::ffff:${host}`));
    for (const [other] of vectors) {
      t.is(isSecureNodeId(parseNodeId(hex), other), host === other);
    }
  }
});

test("an id for an address of BEP 42 begins and ends with the vector's bits", (t) => {
  for (const [host, r, hex] of vectors) {
    const id = secureNodeId(host, zeros, r);
    t.true(commonPrefixBits(id, parseNodeId(hex)) >= 21);
    t.is(id[19], r);
  }
});

test("exactly the first 21 bits and the last three are bound to the address", (t) => {
  for (const [host, , hex] of vectors) {
    const id = parseNodeId(hex);
    for (let bit = 0; bit < 160; bit++) {
      const changed = nodeIdFrom(id);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      t.is(isSecureNodeId(changed, host), bit >= 21 && bit < 157, `bit ${bit}`);
    }
  }
});

test("an id made for an address of the internet fits it, with all random bytes kept that may be", (t) => {
  const randomId = fc.uint8Array({ minLength: 20, maxLength: 20 });
  const hosts = fc
    .oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    .map(formatIp)
    .filter((host) => classifyAddress(host) === "internet");
  fc.assert(
    fc.property(hosts, randomId, (host, bytes) => {
      const id = secureNodeId(host, () => bytes);
      t.true(isSecureNodeId(id, host));
      t.is(Buffer.compare(id.subarray(3), bytes.subarray(3)), 0);
      t.is((id[2] ?? 0) & 7, (bytes[2] ?? 0) & 7);
    }),
  );
});

test("an IPv6 address counts by its first half", (t) => {
  const id = secureNodeId("2001:db8:1:2:3:4:5:6", zeros, 3);
  t.true(isSecureNodeId(id, "2001:db8:1:2::1"));
  t.false(isSecureNodeId(id, "2001:db9:1:2::1"));
});

test("every id fits a local address, and none fits text that is no address", (t) => {
  const id: NodeId = parseNodeId("00".repeat(20));
  for (const host of ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "fe80::1", "::1"]) {
    t.true(isSecureNodeId(id, host), host);
  }
  for (const host of ["0.0.0.0", "239.0.0.1", "router.example", ""]) {
    t.false(isSecureNodeId(id, host), host);
  }
  const bytes = new Uint8Array(20).fill(7);
  t.deepEqual([...secureNodeId("192.168.0.1", () => bytes)], [...bytes]);
});
