import test from "ava";

import { EarlyHaves, type FrameBounds } from "../../src/frames/index.ts";
import { makeGeometry } from "../../src/metainfo/index.ts";
import type { PieceIndex } from "../../src/units.ts";
import type { ProtocolErrorCode } from "../../src/errors.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { refuses } from "../support/refusals.ts";

const bounds: FrameBounds = { geometry: makeGeometry(10 * 16_384, 16_384), maxExtendedBytes: 0 };
const piece = (index: number) => index as PieceIndex;

test("early haves and bitfields are delivered in their order, once", (t) => {
  const haves = new EarlyHaves();
  const bits = Uint8Array.of(0x80, 0x40);
  haves.have(piece(9));
  haves.bitfield(bits);
  haves.have(piece(0));
  bits.fill(0xff);
  const sink = new RecordingSink();
  haves.deliver(sink, bounds);
  t.deepEqual(sink.events, ["have 9", "bitfield 128,64", "have 0"]);
  haves.deliver(sink, bounds);
  t.is(sink.events.length, 3);
});

for (const [name, code, keep] of [
  ["a have after the last piece", "piece-out-of-range", (h) => h.have(piece(10))],
  ["a short bitfield", "bitfield-wrong-length", (h) => h.bitfield(new Uint8Array(1))],
  ["a spare bit", "bitfield-spare-bits", (h) => h.bitfield(Uint8Array.of(0, 1))],
] as readonly (readonly [string, ProtocolErrorCode, (haves: EarlyHaves) => void])[]) {
  test(`${name} is refused when the metadata is known, after the messages before it`, (t) => {
    const haves = new EarlyHaves();
    haves.have(piece(3));
    keep(haves);
    haves.have(piece(4));
    const sink = new RecordingSink();
    refuses(t, code, () => haves.deliver(sink, bounds));
    t.deepEqual(sink.events, ["have 3"]);
    t.is(haves.sizeBytes, 0);
  });
}

test("the size counts every message and ends with them", (t) => {
  const haves = new EarlyHaves();
  t.is(haves.sizeBytes, 0);
  haves.have(piece(1));
  haves.have(piece(1));
  t.is(haves.sizeBytes, 16);
  haves.bitfield(new Uint8Array(1_000));
  t.is(haves.sizeBytes, 16 + 1_256);
  haves.clear();
  t.is(haves.sizeBytes, 0);
  const sink = new RecordingSink();
  haves.deliver(sink, bounds);
  t.deepEqual(sink.events, []);
});
