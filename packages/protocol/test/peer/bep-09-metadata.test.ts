import test from "ava";
import fc from "fast-check";
import {
  decodeMetadataMessage,
  encodeMetadataHead,
  encodeMetadataReject,
  encodeMetadataRequest,
  metadataBlock,
  metadataBlocks,
} from "../../src/peer/index.ts";
import { bytesOf, join, textOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

/** The payload of a whole message. */
const payloadOf = (message: Uint8Array): Uint8Array => message.subarray(6);

/** The payload of a `data` message. */
const dataOf = (block: number, metadata: Uint8Array): Uint8Array =>
  join(payloadOf(encodeMetadataHead(1, block, metadata.length)), metadataBlock(metadata, block));

test("messages are spelled as BEP 9 spells them", (t) => {
  t.is(textOf(encodeMetadataRequest(3, 0)), "\0\0\0\x1b\x14\x03d8:msg_typei0e5:piecei0ee");
  t.is(textOf(payloadOf(encodeMetadataReject(3, 7))), "d8:msg_typei2e5:piecei7ee");
  t.is(
    textOf(encodeMetadataHead(3, 0, 3)),
    "\0\0\0\x2e\x14\x03d8:msg_typei1e5:piecei0e10:total_sizei3ee",
  );
});

test("any message of ours is read as it was written", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), fc.nat(2), (totalBytes, n) => {
      const metadata = Uint8Array.from({ length: totalBytes }, (_, i) => i % 251);
      const block = n % metadataBlocks(totalBytes);
      t.deepEqual(decodeMetadataMessage(payloadOf(encodeMetadataRequest(1, block))), {
        type: "request",
        block,
      });
      t.deepEqual(decodeMetadataMessage(payloadOf(encodeMetadataReject(1, block))), {
        type: "reject",
        block,
      });
      t.deepEqual(decodeMetadataMessage(dataOf(block, metadata)), {
        type: "data",
        block,
        totalBytes,
        bytes: metadata.subarray(block * 16_384, (block + 1) * 16_384),
      });
    }),
  );
});

test("a message of an unknown type is ignored", (t) => {
  t.is(decodeMetadataMessage(bytesOf("d8:msg_typei3e5:piecei0ee")), undefined);
});

test("a block must have the length of its place", (t) => {
  const data = (block: number, total: number | undefined, length: number): Uint8Array =>
    join(
      bytesOf(
        `d8:msg_typei1e5:piecei${block}e${total === undefined ? "" : `10:total_sizei${total}e`}e`,
      ),
      new Uint8Array(length),
    );
  t.is(decodeMetadataMessage(data(1, 16_385, 1))?.type, "data");
  t.is(decodeMetadataMessage(data(1, undefined, 16_384))?.type, "data");
  for (const [block, total, length] of [
    [0, 16_384, 16_383],
    [0, 16_384, 0],
    [1, 16_384, 1],
    [1, 16_385, 2],
    [0, undefined, 0],
    [0, undefined, 16_385],
  ] as const) {
    refuses(t, "field-invalid", () => decodeMetadataMessage(data(block, total, length)));
  }
});

test("numbers out of range and fields of a wrong type are refused", (t) => {
  for (const [text, code] of [
    ["le", "field-wrong-type"],
    ["d5:piecei0ee", "field-missing"],
    ["d8:msg_typei0ee", "field-missing"],
    ["d8:msg_typei-1e5:piecei0ee", "field-invalid"],
    ["d8:msg_typei0e5:piecei-1ee", "field-invalid"],
    ["d8:msg_typei0e5:piecei1024ee", "field-invalid"],
    ["d8:msg_type1:05:piecei0ee", "field-wrong-type"],
  ] as const) {
    refuses(t, code, () => decodeMetadataMessage(bytesOf(text)));
  }
  const huge = bytesOf("d8:msg_typei1e5:piecei0e10:total_sizei999999999eex");
  t.is(decodeMetadataMessage(huge)?.type, "data");
});

test("a metadata message cut or changed anywhere is accepted or refused", (t) => {
  survivesDamage(t, payloadOf(encodeMetadataRequest(1, 5)), decodeMetadataMessage);
  survivesDamage(t, dataOf(0, bytesOf("abc")), decodeMetadataMessage);
});
