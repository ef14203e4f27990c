import test from "ava";
import fc from "fast-check";
import {
  decodeHandshake,
  encodeHandshake,
  looksLikeHandshake,
  offersUpgrade,
  ownReservedBits,
  supportsDht,
  supportsExtended,
} from "../../src/peer/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
import { bytesOf, join, prefixes, textOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const bytes8 = fc.uint8Array({ minLength: 8, maxLength: 8 });

const handshake = encodeHandshake({
  infoHash: infoHashFromBytes(bytesOf("aaaaaaaaaaaaaaaaaaaa")),
  peerId: bytesOf("-TP0100-bbbbbbbbbbbb"),
});

test("a handshake is the protocol's name, our bits, the info-hash and the peer id", (t) => {
  t.is(
    textOf(handshake),
    `\x13BitTorrent protocol\0\0\0\0\0\x10\0\0aaaaaaaaaaaaaaaaaaaa-TP0100-bbbbbbbbbbbb`,
  );
});

test("a handshake of BEP 3 is read as it was written", (t) => {
  fc.assert(
    fc.property(bytes20, bytes20, bytes8, (hash, peerId, reserved) => {
      const written = { infoHash: infoHashFromBytes(hash), peerId, reserved };
      t.deepEqual(decodeHandshake(encodeHandshake(written)), written);
    }),
  );
});

test("the values of a decoded handshake are copies", (t) => {
  const lent = Buffer.from(handshake);
  const { peerId, reserved } = decodeHandshake(lent);
  lent.fill(0);
  t.is(textOf(peerId), "-TP0100-bbbbbbbbbbbb");
  t.true(supportsExtended(reserved));
});

test("the bit of the extension protocol is where BEP 10 puts it, and ours", (t) => {
  t.true(supportsExtended(Uint8Array.of(0, 0, 0, 0, 0, 0x10, 0, 0)));
  t.false(supportsExtended(Uint8Array.of(255, 255, 255, 255, 255, 0xef, 255, 255)));
  t.true(supportsExtended(ownReservedBits()));
});

test("the bit of the DHT is where BEP 5 puts it, and ours while we have a node", (t) => {
  t.true(supportsDht(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x01)));
  t.false(supportsDht(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0xfe)));
  t.false(supportsDht(ownReservedBits()));
  t.true(supportsDht(ownReservedBits({ hasDht: true })));
  t.true(supportsExtended(ownReservedBits({ hasDht: true })));
});

test("A16: the bit of version 2 is where BEP 52 puts it", (t) => {
  t.true(offersUpgrade(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10)));
  t.false(offersUpgrade(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0xef)));
  t.false(offersUpgrade(ownReservedBits()));
  t.true(offersUpgrade(ownReservedBits({ hasV2: true })));
});

test("case 11: a handshake of BEP 3 cut or changed anywhere is accepted or refused", (t) => {
  survivesDamage(t, handshake, decodeHandshake);
});

test("case 35: a handshake that comes byte by byte needs more until it is complete", (t) => {
  for (const prefix of prefixes(handshake)) {
    t.is(looksLikeHandshake(prefix), prefix.length < 20 ? "more" : "yes");
  }
});

for (const [name, noise, until] of [
  ["HTTP", "GET /announce HTTP/1.1\r\n", 1],
  ["TLS", "\x16\x03\x01\x02\x00\x01", 1],
  ["noise", "\xff", 1],
  ["another protocol of 19 letters", "\x13BitTorrent protocoL", 20],
] as const) {
  test(`case 36: ${name} is refused by its first ${until} bytes`, (t) => {
    const bytes = bytesOf(noise);
    for (let length = 0; length < until; length++) {
      t.is(looksLikeHandshake(bytes.subarray(0, length)), "more");
    }
    t.is(looksLikeHandshake(bytes.subarray(0, until)), "no");
    refuses(t, "handshake-malformed", () => decodeHandshake(join(bytes, new Uint8Array(68))));
  });
}
