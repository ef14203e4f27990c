import test from "ava";
import fc from "fast-check";
import { classifyAddress, formatIp } from "../../src/address/index.ts";
import { decodePeerExchange, encodePeerExchange, PexFlag } from "../../src/peer/index.ts";
import { bencoded, bytesOf, textOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

/** The payload of a whole message. */
const payloadOf = (message: Uint8Array): Uint8Array => message.subarray(6);

const host4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatIp);
const host6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatIp);
const fitHost = (hosts: fc.Arbitrary<string>) =>
  hosts.filter((host) => classifyAddress(host) !== "refused");
const peers = fc.uniqueArray(
  fc.record({
    host: fc.oneof(fitHost(host4), fitHost(host6)),
    port: fc.integer({ min: 1, max: 65_535 }),
    flags: fc.nat(255),
  }),
  { selector: ({ host, port }) => `${host} ${port}`, maxLength: 60 },
);

test("a message is spelled as BEP 11 spells it, with flags for both families", (t) => {
  const seed = { host: "1.2.3.4", port: 80, flags: PexFlag.isSeed | PexFlag.isReachable };
  const gone = { host: "2001:db8::1", port: 258 };
  const message = encodePeerExchange(3, { added: [seed], dropped: [gone] });
  t.is(
    textOf(message.subarray(4)),
    "\x14\x03d5:added6:\x01\x02\x03\x04\0\x507:added.f1:\x126:added60:8:added6.f0:" +
      "7:dropped0:8:dropped618:\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x01\x02e",
  );
});

test("lists are read as they were written, IPv4 first", (t) => {
  fc.assert(
    fc.property(peers, peers, (added, gone) => {
      const dropped = gone.map(({ host, port }) => ({ host, port }));
      const isShort = ({ host }: { host: string }): number => (host.includes(":") ? 1 : 0);
      const inOrder = <Peer extends { host: string }>(list: readonly Peer[]): Peer[] =>
        list.toSorted((one, other) => isShort(one) - isShort(other));
      const payload = payloadOf(encodePeerExchange(1, { added, dropped }));
      t.deepEqual(decodePeerExchange(payload, 60), {
        added: inOrder(added),
        dropped: inOrder(dropped),
      });
    }),
  );
});

test("addresses that cannot be dialled, and repetitions, are left out", (t) => {
  const added = [
    { host: "1.2.3.4", port: 0, flags: 0 },
    { host: "0.0.0.1", port: 80, flags: 0 },
    { host: "239.192.152.143", port: 6_771, flags: 0 },
    { host: "255.255.255.255", port: 80, flags: 0 },
    { host: "ff02::1", port: 80, flags: 0 },
    { host: "1.2.3.4", port: 80, flags: 2 },
    { host: "1.2.3.4", port: 80, flags: 16 },
    { host: "1.2.3.4", port: 81, flags: 0 },
  ];
  const payload = payloadOf(encodePeerExchange(1, { added, dropped: added }));
  const { added: read, dropped } = decodePeerExchange(payload, 200);
  t.deepEqual(read, [
    { host: "1.2.3.4", port: 80, flags: 2 },
    { host: "1.2.3.4", port: 81, flags: 0 },
  ]);
  t.is(dropped.length, 2);
});

test("at most so many peers of a list are read, and those left out before do not count", (t) => {
  const added = Array.from({ length: 100 }, (_, place) => ({
    host: "1.2.3.4",
    port: place,
    flags: place,
  }));
  const payload = payloadOf(encodePeerExchange(1, { added, dropped: added }));
  const { added: read, dropped } = decodePeerExchange(payload, 3);
  t.deepEqual(
    read.map(({ port, flags }) => [port, flags]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
  t.is(dropped.length, 3);
});

test("absent lists are empty, missing flags are 0, and flags too many are ignored", (t) => {
  t.deepEqual(decodePeerExchange(bytesOf("de"), 9), { added: [], dropped: [] });
  const added = { added: "\x01\x02\x03\x04\0P\x01\x02\x03\x05\0P" };
  t.deepEqual(
    decodePeerExchange(bencoded({ ...added, "added.f": bytesOf("\xff") }), 9).added.map(
      ({ flags }) => flags,
    ),
    [255, 0],
  );
  t.is(decodePeerExchange(bencoded({ ...added, "added.f": bytesOf("123456") }), 9).added.length, 2);
});

test("a list cut inside an address, and fields of a wrong type, are refused", (t) => {
  for (const [text, code] of [
    ["d5:added5:12345e", "compact-wrong-length"],
    ["d6:added617:12345678901234567e", "compact-wrong-length"],
    ["d7:dropped1:1e", "compact-wrong-length"],
    ["d5:addedi1ee", "field-wrong-type"],
    ["d7:added.fd1:0i0eee", "field-wrong-type"],
    ["d8:dropped6lee", "field-wrong-type"],
    ["le", "field-wrong-type"],
    ["de0:", "bencode-trailing-bytes"],
    ["d5:added999999:", "bencode-malformed"],
  ] as const) {
    refuses(t, code, () => decodePeerExchange(bytesOf(text), 9));
  }
});

test("a message of peer exchange cut or changed anywhere is accepted or refused", (t) => {
  const added = [
    { host: "1.2.3.4", port: 80, flags: 2 },
    { host: "2001:db8::1", port: 81, flags: 16 },
  ];
  const message = payloadOf(encodePeerExchange(1, { added, dropped: added }));
  survivesDamage(t, message, (bytes) => decodePeerExchange(bytes, 9));
});
