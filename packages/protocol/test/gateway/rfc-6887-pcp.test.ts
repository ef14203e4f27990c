import test from "ava";
import fc from "fast-check";
import {
  decodePcpReply,
  encodePcpAnnounce,
  encodePcpMap,
  type PcpReply,
} from "../../src/gateway/index.ts";
import { encodePcpReply } from "../support/gateway-replies.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const mapping: PcpReply = {
  epochSeconds: 7,
  kind: "mapping",
  lifetimeSeconds: 3_600,
  nonce: Uint8Array.from({ length: 12 }, (_, i) => i),
  transport: "udp",
  internalPort: 6_881,
  externalPort: 40_000,
  externalHost: "45.10.1.1",
};
const ip4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

test("requests of PCP are the bytes of the RFC", (t) => {
  t.deepEqual(
    [...encodePcpAnnounce("192.168.1.9")],
    [2, 0, 0, 0, 0, 0, 0, 0, ...ip4, 192, 168, 1, 9],
  );
  const question = { transport: "tcp", internalPort: 6_881, externalPort: 258 } as const;
  const nonce = new Uint8Array(12).fill(9);
  t.deepEqual(
    [...encodePcpMap("192.168.1.9", nonce, { ...question, lifetimeSeconds: 3_600 })],
    [
      ...[2, 1, 0, 0, 0, 0, 0x0e, 0x10, ...ip4, 192, 168, 1, 9],
      ...[...nonce, 6, 0, 0, 0, 0x1a, 0xe1, 1, 2, ...ip4, 0, 0, 0, 0],
    ],
  );
  const removal = encodePcpMap("2001:db8::1", nonce, { ...question, lifetimeSeconds: 0 });
  t.deepEqual([...removal.subarray(4, 12)], [0, 0, 0, 0, 0x20, 0x01, 0x0d, 0xb8]);
  t.deepEqual([...removal.subarray(40)], [0x1a, 0xe1, ...Array(18).fill(0)]);
});

test("every reply of PCP is read as it was written", (t) => {
  const port = fc.integer({ min: 0, max: 65_535 });
  const number = fc.integer({ min: 0, max: 0xffff_ffff });
  const fields = {
    nonce: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    transport: fc.constantFrom("tcp", "udp"),
    internalPort: port,
    externalPort: port,
    externalHost: fc.oneof(fc.ipV4(), fc.constant("2001:db8::1")),
  } as const;
  const resultCode = fc.integer({ min: 1, max: 255 });
  const replies: fc.Arbitrary<PcpReply> = fc.oneof(
    fc.record({ epochSeconds: number, kind: fc.constant("announced") }),
    fc.record({
      epochSeconds: number,
      kind: fc.constant("mapping"),
      lifetimeSeconds: number,
      ...fields,
    }),
    fc.record({
      epochSeconds: number,
      kind: fc.constant("refused"),
      resultCode,
      operation: fc.constant("announce"),
    }),
    fc.record({
      epochSeconds: number,
      kind: fc.constant("refused"),
      resultCode,
      operation: fc.constant("map"),
      mapping: fc.record(fields),
    }),
  );
  fc.assert(
    fc.property(replies, (reply) => {
      t.deepEqual(decodePcpReply(encodePcpReply(reply)), reply);
    }),
  );
});

test("a reply of PCP that is cut or changed is refused or read", (t) => {
  survivesDamage(t, encodePcpReply(mapping), decodePcpReply);
});

test("a gateway of another version refuses, also without the fields of a mapping", (t) => {
  const bytes = encodePcpReply({
    ...{ epochSeconds: 7, kind: "refused", resultCode: 1, operation: "map" },
  });
  bytes[0] = 3;
  t.like(decodePcpReply(bytes), { kind: "refused", resultCode: 1, operation: "map" });
});

test("a request, another protocol and a long datagram are refused", (t) => {
  const other = encodePcpReply(mapping);
  other[36] = 1;
  for (const bytes of [encodePcpAnnounce("10.0.0.1"), other, new Uint8Array(1_104).fill(2)]) {
    refuses(t, "datagram-malformed", () => decodePcpReply(bytes));
  }
});
