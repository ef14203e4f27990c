import test from "ava";
import fc from "fast-check";
import { formatIp, peerPriority } from "../../src/address/index.ts";
import { crc32c } from "../../src/bytes/index.ts";

const port = 6881;

function priority(own: string, peer: string): number | undefined {
  return peerPriority({ host: own, port }, { host: peer, port });
}

/** CRC-32C of bytes in hex. */
function crcOf(hex: string): number {
  return crc32c(Buffer.from(hex, "hex"));
}

test("the vectors of BEP 40 hold", (t) => {
  t.is(priority("123.213.32.10", "98.76.54.32"), 0xec_2d_72_24);
  t.is(priority("123.213.32.10", "123.213.32.234"), 0x99_56_81_89);
});

test("the mask of IPv4 is FF.FF.55.55, in a /16 FF.FF.FF.55, in a /24 the whole address", (t) => {
  t.is(priority("1.2.255.255", "3.4.255.254"), crcOf("0102555503045554"));
  t.is(priority("1.2.255.255", "1.2.254.254"), crcOf("0102fe540102ff55"));
  t.is(priority("1.2.255.255", "1.2.255.254"), crcOf("0102fffe0102ffff"));
});

test("the mask of IPv6 is 48 whole bits, and eight more than the network that both are in", (t) => {
  const ours = "2001:db8:1:ffff:ffff:ffff:ffff:ffff";
  const hexOf = (tail: string) => `20010db80001${tail}`;
  t.is(
    priority(ours, "2001:db8:2::"),
    crcOf(`${hexOf("55555555555555555555")}20010db8000200000000000000000000`),
  );
  t.is(
    priority(ours, "2001:db8:1::"),
    crcOf(`${hexOf("00000000000000000000")}${hexOf("ff555555555555555555")}`),
  );
  t.is(
    priority(ours, "2001:db8:1:ff00::"),
    crcOf(`${hexOf("ff000000000000000000")}${hexOf("ffff5555555555555555")}`),
  );
  t.is(
    priority(ours, "2001:db8:1:ffff::"),
    crcOf(`${hexOf("ffff0000000000000000")}${hexOf("ffffff55555555555555")}`),
  );
});

test("peers of one address are ordered by their ports", (t) => {
  const [low, high] = [
    { host: "8.0.0.1", port: 0x01_02 },
    { host: "8.0.0.1", port: 0xff_00 },
  ];
  t.is(peerPriority(low, high), crcOf("0102ff00"));
  t.is(peerPriority(high, low), crcOf("0102ff00"));
});

test("two families, and a name, have no priority; IPv4 in IPv6 is IPv4", (t) => {
  t.is(priority("8.0.0.1", "2001:db8::1"), undefined);
  t.is(priority("peer.example", "8.0.0.1"), undefined);
  t.is(priority("8.0.0.1", "peer.example"), undefined);
  t.is(priority("::ffff:123.213.32.10", "98.76.54.32"), 0xec_2d_72_24);
});

test("both ends get the same priority", (t) => {
  const address = fc
    .tuple(fc.constantFrom(4, 16), fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(65_535))
    .map(([length, bytes, at]) => ({ host: formatIp(bytes.subarray(0, length)), port: at }));
  fc.assert(
    fc.property(address, address, (one, other) => {
      t.is(peerPriority(one, other), peerPriority(other, one));
    }),
  );
});
