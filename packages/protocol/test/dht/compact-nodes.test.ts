import test from "ava";
import fc from "fast-check";
import { formatIp, isMapped } from "../../src/address/index.ts";
import {
  compactNodeBytes,
  decodeNodes,
  encodeNodes,
  nodeIdFrom,
  type Contact,
} from "../../src/dht/index.ts";
import type { AddressFamily } from "../../src/tracker/index.ts";
import { bytesOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";

const contactsOf = (ipBytes: number): fc.Arbitrary<Contact[]> =>
  fc.array(
    fc.record({
      id: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(nodeIdFrom),
      host: fc
        .uint8Array({ minLength: ipBytes, maxLength: ipBytes })
        .filter((ip) => ip.length === 4 || !isMapped(ip))
        .map(formatIp),
      port: fc.nat(65_535),
    }),
  );
const nodesOf: Readonly<Record<AddressFamily, fc.Arbitrary<Contact[]>>> = {
  4: contactsOf(4),
  6: contactsOf(16),
};

test("EX18: a node is its id, its address and its port, in 26 or 38 bytes", (t) => {
  const id = nodeIdFrom(bytesOf("mnopqrstuvwxyz123456"));
  const node4 = { id, host: "1.2.3.4", port: 258 };
  const node6 = { id, host: "2001:db8::1", port: 6_881 };
  const ip6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01";
  t.deepEqual(encodeNodes([node4], 4), bytesOf("mnopqrstuvwxyz123456\x01\x02\x03\x04\x01\x02"));
  t.deepEqual(encodeNodes([node6], 6), bytesOf(`mnopqrstuvwxyz123456${ip6}\x1a\xe1`));
  t.deepEqual(encodeNodes([node4, node6, node4], 6), encodeNodes([node6], 6));
});

test("EX18: nodes of both families are read as they were written, in memory of their own", (t) => {
  for (const family of [4, 6] as const) {
    fc.assert(
      fc.property(nodesOf[family], (nodes) => {
        const bytes = encodeNodes(nodes, family);
        t.is(bytes.length, nodes.length * compactNodeBytes[family]);
        const read = decodeNodes(bytes, family);
        bytes.fill(0);
        t.deepEqual(read, nodes);
      }),
    );
  }
});

test("a list that is cut inside a node is refused", (t) => {
  for (const [family, length] of [
    [4, 25],
    [4, 27],
    [4, 38],
    [6, 26],
    [6, 77],
  ] as const) {
    refuses(t, "compact-wrong-length", () => decodeNodes(new Uint8Array(length), family));
  }
});
