import test from "ava";
import fc from "fast-check";
import {
  commonPrefixBits,
  compareDistance,
  isSameId,
  nodeIdFrom,
  nodeIdHex,
  parseNodeId,
  type NodeId,
} from "../../src/dht/index.ts";
import { refuses } from "../support/refusals.ts";

const ids = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(nodeIdFrom);
/** An id, and another one that shares some bits with it. */
const pairs = fc
  .tuple(ids, ids, fc.nat(160))
  .map(([a, b, bits]): readonly [NodeId, NodeId] => [a, withPrefix(a, b, bits)]);

function withPrefix(a: NodeId, b: NodeId, bits: number): NodeId {
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(160 - bits);
  const mixed = (numberOf(a) & mask) | (numberOf(b) & ~mask & ((1n << 160n) - 1n));
  return parseNodeId(mixed.toString(16).padStart(40, "0"));
}

function numberOf(id: NodeId): bigint {
  return BigInt(`0x${nodeIdHex(id)}`);
}

test("an id is 20 bytes in memory of its own", (t) => {
  const bytes = new Uint8Array(20);
  const id = nodeIdFrom(bytes);
  bytes[0] = 1;
  t.is(id[0], 0);
  for (const length of [0, 19, 21, 40]) {
    refuses(t, "node-id-malformed", () => nodeIdFrom(new Uint8Array(length)));
  }
});

test("an id is read from 40 hexadecimal digits of either case", (t) => {
  const text = "0123456789abcdef0123456789abcdef01234567";
  t.is(nodeIdHex(parseNodeId(text.toUpperCase())), text);
  for (const other of ["", text.slice(1), `${text}0`, `${text.slice(1)}g`, ` ${text.slice(1)}`]) {
    refuses(t, "node-id-malformed", () => parseNodeId(other));
  }
});

test("the distance of two ids is their exclusive or as a number", (t) => {
  fc.assert(
    fc.property(pairs, pairs, ([target, a], [b]) => {
      for (const [one, other] of [
        [a, b],
        [b, a],
        [a, a],
      ] as const) {
        const distance = (id: NodeId): bigint => numberOf(id) ^ numberOf(target);
        const difference = distance(one) - distance(other);
        t.is(
          Math.sign(compareDistance(target, one, other)),
          difference === 0n ? 0 : difference < 0n ? -1 : 1,
        );
      }
    }),
  );
});

test("the common prefix of two ids ends at the first bit that differs", (t) => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const difference = numberOf(a) ^ numberOf(b);
      const expected = difference === 0n ? 160 : 160 - difference.toString(2).length;
      t.is(commonPrefixBits(a, b), expected);
      t.is(isSameId(a, b), expected === 160);
    }),
  );
});
