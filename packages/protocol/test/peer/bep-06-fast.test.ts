import test from "ava";
import fc from "fast-check";
import {
  allowedFastBytes,
  allowedFastSet,
  haveAllBytes,
  ownReservedBits,
  rejectBytes,
  suggestBytes,
  supportsDht,
  supportsExtended,
  supportsFast,
  writeAllowedFast,
  writeHaveAll,
  writeHaveNone,
  writeReject,
  writeSuggest,
} from "../../src/peer/index.ts";
import { parseInfoHash } from "../../src/units.ts";
import { writtenMessage } from "../support/messages.ts";

const infoHash = parseInfoHash("a".repeat(40));

test("A10: the set of a peer is that of BEP 6, for 7 and for 9 pieces", (t) => {
  const nine = [1059, 431, 808, 1217, 287, 376, 1188, 353, 508];
  const setOf = (count: number): number[] => allowedFastSet(infoHash, "80.4.4.200", 1313, count);
  t.deepEqual(setOf(7), nine.slice(0, 7));
  t.deepEqual(setOf(9), nine);
});

test("the addresses of a /24 share a set, also in the form of IPv6", (t) => {
  const set = allowedFastSet(infoHash, "80.4.4.200", 1313, 10);
  t.deepEqual(allowedFastSet(infoHash, "80.4.4.7", 1313, 10), set);
  t.deepEqual(allowedFastSet(infoHash, "::ffff:80.4.4.9", 1313, 10), set);
  t.notDeepEqual(allowedFastSet(infoHash, "80.4.5.200", 1313, 10), set);
});

test("there is no set over IPv6, nor of text that is no address", (t) => {
  t.deepEqual(allowedFastSet(infoHash, "2001:db8::1", 1313, 10), []);
  t.deepEqual(allowedFastSet(infoHash, "example.org", 1313, 10), []);
});

test("a set has different pieces of the torrent, all of them if they are few", (t) => {
  const octet = fc.nat(255);
  const host = fc.tuple(octet, octet, octet, octet).map((bytes) => bytes.join("."));
  const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(12));
  fc.assert(
    fc.property(host, sizes, (address, [pieceCount, count]) => {
      const set = allowedFastSet(infoHash, address, pieceCount, count);
      t.is(new Set(set).size, Math.min(pieceCount, count));
      t.true(set.every((piece) => piece >= 0 && piece < pieceCount));
      t.deepEqual(
        set.slice(0, 3),
        allowedFastSet(infoHash, address, pieceCount, Math.min(3, count)),
      );
    }),
    { numRuns: 200 },
  );
});

test("messages are spelled as BEP 6 spells them", (t) => {
  const spell = (...message: Parameters<typeof writtenMessage>): string =>
    Buffer.from(writtenMessage(...message)).toString("hex");
  t.is(
    spell(haveAllBytes, (bytes) => writeHaveAll(bytes, 0)),
    "000000010e",
  );
  t.is(
    spell(haveAllBytes, (bytes) => writeHaveNone(bytes, 0)),
    "000000010f",
  );
  t.is(
    spell(allowedFastBytes, (bytes) => writeAllowedFast(bytes, 0, 258)),
    "000000051100000102",
  );
  t.is(
    spell(rejectBytes, (bytes) => writeReject(bytes, 0, 1, 0x4000, 0xffffffff)),
    "0000000d100000000100004000ffffffff",
  );
  t.is(
    spell(suggestBytes, (bytes) => writeSuggest(bytes, 0, 258)),
    "000000050d00000102",
  );
});

test("the bit of the fast extension is where BEP 6 puts it", (t) => {
  t.true(supportsFast(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x04)));
  t.false(supportsFast(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0xfb)));
  t.false(supportsFast(ownReservedBits({ hasDht: true })));
  const own = ownReservedBits({ hasDht: true, hasFast: true });
  t.true(supportsFast(own) && supportsDht(own) && supportsExtended(own));
});
