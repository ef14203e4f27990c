import test from "ava";
import fc from "fast-check";
import {
  decodeNatPmpReply,
  encodeNatPmpAddressRequest,
  encodeNatPmpMapRequest,
  type NatPmpReply,
} from "../../src/gateway/index.ts";
import { encodeNatPmpReply } from "../support/gateway-replies.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const port = fc.integer({ min: 0, max: 65_535 });
const number = fc.integer({ min: 0, max: 0xffff_ffff });
const mapping: NatPmpReply = {
  operation: "tcp",
  epochSeconds: 7,
  kind: "mapping",
  internalPort: 6_881,
  externalPort: 40_000,
  lifetimeSeconds: 3_600,
};

test("requests of NAT-PMP are the bytes of the RFC", (t) => {
  t.deepEqual([...encodeNatPmpAddressRequest()], [0, 0]);
  const question = { transport: "tcp", internalPort: 6_881, externalPort: 258 } as const;
  t.deepEqual(
    [...encodeNatPmpMapRequest({ ...question, lifetimeSeconds: 3_600 })],
    [0, 2, 0, 0, 0x1a, 0xe1, 1, 2, 0, 0, 0x0e, 0x10],
  );
  t.deepEqual(
    [...encodeNatPmpMapRequest({ ...question, transport: "udp", lifetimeSeconds: 0 })],
    [0, 1, 0, 0, 0x1a, 0xe1, 0, 0, 0, 0, 0, 0],
  );
});

test("every reply of NAT-PMP is read as it was written", (t) => {
  const transport = fc.constantFrom("tcp", "udp");
  const replies: fc.Arbitrary<NatPmpReply> = fc.oneof(
    fc.record({
      operation: fc.constant("address"),
      epochSeconds: number,
      kind: fc.constant("address"),
      host: fc.ipV4(),
    }),
    fc.record({
      operation: transport,
      epochSeconds: number,
      kind: fc.constant("mapping"),
      internalPort: port,
      externalPort: port,
      lifetimeSeconds: number,
    }),
    fc.record({
      operation: fc.constantFrom("address", "tcp", "udp"),
      epochSeconds: number,
      kind: fc.constant("refused"),
      resultCode: fc.integer({ min: 1, max: 65_535 }),
    }),
  );
  fc.assert(
    fc.property(replies, (reply) => {
      t.deepEqual(decodeNatPmpReply(encodeNatPmpReply(reply)), reply);
    }),
  );
});

test("a reply of NAT-PMP that is cut or changed is refused or read", (t) => {
  survivesDamage(t, encodeNatPmpReply(mapping), decodeNatPmpReply);
});

test("a request, another version and an unknown operation are refused", (t) => {
  refuses(t, "datagram-malformed", () =>
    decodeNatPmpReply(encodeNatPmpMapRequest({ ...mapping, transport: "tcp" })),
  );
  for (const [at, byte] of [
    [0, 1],
    [1, 131],
  ] as const) {
    const bytes = encodeNatPmpReply(mapping);
    bytes[at] = byte;
    refuses(t, "datagram-malformed", () => decodeNatPmpReply(bytes));
  }
});
