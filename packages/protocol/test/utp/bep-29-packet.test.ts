import test from "ava";
import fc from "fast-check";

import {
  emptyUtpPacket,
  looksLikeUtp,
  readUtpPacket,
  selectiveAckLength,
  setSelectiveAck,
  type UtpType,
  utpTypes,
  writeSelectiveAck,
  writeUtpHeader,
} from "../../src/utp/index.ts";

const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const anyHeader = fc.record({
  type: fc.constantFrom(...Object.values(utpTypes)),
  connectionId: uint16,
  timestampUs: uint32,
  differenceUs: uint32,
  windowBytes: uint32,
  seq: uint16,
  ack: uint16,
});
const zeros = {
  type: utpTypes.data,
  connectionId: 0,
  timestampUs: 0,
  differenceUs: 0,
  windowBytes: 0,
  seq: 0,
  ack: 0,
} as const;

/** @param chain Bytes from the first extension on, and the type of the first. */
function packetWith(first: number, chain: readonly number[], payloadBytes = 0): Uint8Array {
  const bytes = new Uint8Array(20 + chain.length + payloadBytes);
  writeUtpHeader(bytes, zeros);
  bytes[1] = first;
  bytes.set(chain, 20);
  return bytes;
}

test("a header is read as it was written, whatever follows it", (t) => {
  fc.assert(
    fc.property(anyHeader, fc.uint8Array({ maxLength: 50 }), (header, payload) => {
      const bytes = new Uint8Array(20 + payload.length);
      writeUtpHeader(bytes, header);
      bytes.set(payload, 20);
      const packet = emptyUtpPacket();
      t.is(readUtpPacket(bytes, packet), undefined);
      const rest = { selectiveAckAt: 0, selectiveAckBytes: 0, payloadAt: 20 };
      t.deepEqual(packet, { ...header, ...rest });
      t.true(looksLikeUtp(bytes));
    }),
  );
});

test("a header has the bytes of BEP 29", (t) => {
  const bytes = new Uint8Array(20);
  writeUtpHeader(bytes, {
    type: utpTypes.syn,
    connectionId: 0x0102,
    timestampUs: 0x0304_0506,
    differenceUs: 0x0708_090a,
    windowBytes: 0x0b0c_0d0e,
    seq: 0x0f10,
    ack: 0x1112,
  });
  t.is(Buffer.from(bytes).toString("hex"), "41000102030405060708090a0b0c0d0e0f101112");
});

test("a selective ack of any length is read, with its payload behind it", (t) => {
  for (const lengthBytes of [1, 3, 4, 6, 32, 200, 255]) {
    const bytes = packetWith(1, [0, lengthBytes, ...new Uint8Array(lengthBytes).fill(7)], 5);
    const packet = emptyUtpPacket();
    t.is(readUtpPacket(bytes, packet), undefined);
    t.is(packet.selectiveAckAt, 22);
    t.is(packet.selectiveAckBytes, lengthBytes);
    t.is(packet.payloadAt, 22 + lengthBytes);
  }
});

test("the bits of a selective ack are those that were set, the lowest first", (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 2_015 })), (bits) => {
      const lengthBytes = selectiveAckLength(Math.max(0, ...bits) + 1);
      t.is(lengthBytes % 4, 0);
      const bytes = new Uint8Array(22 + lengthBytes).fill(0xff);
      writeUtpHeader(bytes, zeros);
      writeSelectiveAck(bytes, lengthBytes);
      for (const bit of bits) setSelectiveAck(bytes, bit);
      const packet = emptyUtpPacket();
      t.is(readUtpPacket(bytes, packet), undefined);
      const read = Array.from({ length: packet.selectiveAckBytes * 8 }, (_, bit) => bit).filter(
        (bit) => ((bytes[packet.selectiveAckAt + (bit >>> 3)] ?? 0) >>> (bit & 7)) & 1,
      );
      t.deepEqual(
        read,
        bits.toSorted((a, b) => a - b),
      );
    }),
  );
  t.is(selectiveAckLength(100_000), 252);
  t.is(selectiveAckLength(33), 8);
});

test("unknown extensions are skipped", (t) => {
  const bytes = packetWith(2, [1, 3, 9, 9, 9, 0, 4, 1, 2, 3, 4], 6);
  const packet = emptyUtpPacket();
  t.is(readUtpPacket(bytes, packet), undefined);
  t.is(packet.selectiveAckAt, 27);
  t.is(packet.selectiveAckBytes, 4);
  t.is(packet.payloadAt, 31);
});

test("a chain of extensions that is cut at any byte is a fault", (t) => {
  const whole = packetWith(2, [1, 3, 9, 9, 9, 0, 4, 1, 2, 3, 4]);
  for (let length = 0; length < whole.length; length++) {
    const fault = readUtpPacket(whole.subarray(0, length), emptyUtpPacket());
    t.is(fault, length < 20 ? "too-short" : "extension-cut");
  }
});

test("a chain of more than eight extensions is a fault", (t) => {
  const chain = (count: number) =>
    Array.from({ length: count }, (_, at) => [at === count - 1 ? 0 : 2, 0]).flat();
  t.is(readUtpPacket(packetWith(2, chain(8)), emptyUtpPacket()), undefined);
  t.is(readUtpPacket(packetWith(2, chain(9)), emptyUtpPacket()), "too-many-extensions");
});

test("another version and an unknown type are faults", (t) => {
  const bytes = packetWith(0, []);
  for (let first = 0; first < 256; first++) {
    bytes[0] = first;
    const fault = readUtpPacket(bytes, emptyUtpPacket());
    const isType = first >>> 4 <= 4;
    const expected = isType ? undefined : "unknown-type";
    t.is(fault, (first & 0xf) === 1 ? expected : "wrong-version");
    t.is(looksLikeUtp(bytes), fault === undefined);
  }
});

test("a message of the DHT and a reply of a tracker do not look like uTP", (t) => {
  t.false(looksLikeUtp(new TextEncoder().encode("d1:ad2:id20:abcdefghij0123456789e1:q4:pinge")));
  for (const action of [0, 1, 2, 3]) {
    const reply = new Uint8Array(26);
    reply[3] = action;
    t.false(looksLikeUtp(reply));
  }
  t.false(looksLikeUtp(packetWith(0, []).subarray(0, 19)));
});

test("no datagram throws, and what is read lies within it", (t) => {
  const first = fc.constantFrom<UtpType | 15>(0, 1, 2, 3, 4, 15).map((type) => (type << 4) | 1);
  const bytes = fc.tuple(first, fc.array(fc.nat(6), { maxLength: 80, size: "max" }));
  fc.assert(
    fc.property(bytes, ([head, rest]) => {
      const datagram = Uint8Array.of(head, ...rest);
      const packet = emptyUtpPacket();
      if (readUtpPacket(datagram, packet) !== undefined) return;
      t.true(packet.payloadAt >= 20 && packet.payloadAt <= datagram.length);
      t.true(packet.selectiveAckAt + packet.selectiveAckBytes <= packet.payloadAt);
    }),
  );
});
