import test from "ava";

import { PacketSize } from "../../src/utp/packet-size.ts";

/** Eight packets have arrived. */
function seasoned(isIpv6: boolean, largestBytes?: number, headerBytes = 0): PacketSize {
  const size = new PacketSize({ isIpv6, largestBytes, headerBytes });
  for (let count = 0; count < 8; count++) size.acknowledged(size.payloadBytes);
  return size;
}

test("eight packets of 1,232 bytes go ahead of the first probe, and one probe is under way", (t) => {
  const size = new PacketSize({ isIpv6: false });
  for (let count = 0; count < 8; count++) {
    t.is(size.nextPayload(9_000), 1_212);
    size.acknowledged(1_212);
  }
  t.is(size.nextPayload(9_000), 1_452);
  t.is(size.nextPayload(9_000), 1_212);
  t.true(size.acknowledged(1_452));
  t.is(size.nextPayload(9_000), 1_452);
  t.is(size.nextPayload(700), 700);
});

test("over IPv6 packets have 1,452 bytes at most", (t) => {
  t.is(seasoned(true).nextPayload(9_000), 1_432);
});

test("a caller's bound holds, within 548 and 1,472 bytes", (t) => {
  t.is(seasoned(false, 1_232).nextPayload(9_000), 1_212);
  t.is(seasoned(false, 100).nextPayload(9_000), 528);
  t.is(seasoned(false, 9_000).nextPayload(9_000), 1_452);
});

test("the header of a proxy makes each size smaller: the first, the largest, and the one after refusals", (t) => {
  for (const [isIpv6, headerBytes, mostBytes] of [
    [false, 10, 1_462],
    [false, 30, 1_442],
    [true, 22, 1_430],
  ] as const) {
    const size = seasoned(isIpv6, undefined, headerBytes);
    t.is(size.payloadBytes + 20, 1_232 - headerBytes);
    t.is(size.safePayloadBytes, size.payloadBytes);
    t.is(size.nextPayload(9_000) + 20, mostBytes);
    size.acknowledged(mostBytes - 20);
    size.refused();
    t.is(size.payloadBytes + 20, 1_232 - headerBytes);
    size.refused();
    t.is(size.payloadBytes + 20, 548 - headerBytes);
  }
  t.is(seasoned(false, 1_232, 10).nextPayload(9_000) + 20, 1_222);
});

test("no probe is cut of fewer bytes than it has", (t) => {
  const size = seasoned(false);
  t.is(size.nextPayload(1_400), 1_212);
});

test("refusals of the system bisect the sizes that are left", (t) => {
  const size = seasoned(false);
  const probed: number[] = [];
  for (let count = 0; count < 12; count++) {
    const payload = size.nextPayload(9_000);
    if (payload === size.payloadBytes) break;
    probed.push(payload + 20);
    if (payload + 20 > 1_300) size.refused();
    size.acknowledged(payload);
  }
  t.deepEqual(probed, [1_472, 1_351, 1_291, 1_320, 1_305]);
  t.is(size.payloadBytes + 20, 1_291);
});

test("a refused usual packet brings the size back to 1,232 bytes, the next one to 548", (t) => {
  const size = seasoned(false);
  size.nextPayload(9_000);
  size.acknowledged(1_452);
  t.true(size.refused());
  t.is(size.payloadBytes, 1_212);
  t.true(size.refused());
  t.is(size.payloadBytes, 528);
  t.false(size.refused());
});
