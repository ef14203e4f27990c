import test from "ava";
import fc from "fast-check";
import {
  decodeAnnounceReply,
  encodeAnnounceFailure,
  encodeAnnounceReply,
  encodeCompact4,
  encodeCompact6,
} from "../../src/tracker/index.ts";
import type { PeerAddress } from "../../src/address/peer-address.ts";
import { bencoded, bytesOf, join } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";
import type { Fields } from "../support/torrents.ts";

function read(fields: Fields) {
  return decodeAnnounceReply(bencoded(fields));
}

const peer4: PeerAddress = { host: "203.0.113.1", port: 6_881 };
const peer6: PeerAddress = { host: "2001:db8::1", port: 6_882 };

test("a reply is decoded as it was encoded, in bytes and in dictionaries", (t) => {
  const own = {
    intervalSeconds: 1_800,
    minIntervalSeconds: 60,
    complete: 1,
    incomplete: 2,
    peers: [peer4, peer6],
    trackerId: "id",
    warning: "slow down",
    externalHost: "2001:db8::9",
  };
  t.deepEqual(decodeAnnounceReply(encodeAnnounceReply({ ...own, compact: true })), own);
  t.deepEqual(decodeAnnounceReply(encodeAnnounceReply({ ...own, compact: false })), own);
});

test("any reply of ours is decoded as it was encoded", (t) => {
  const host = fc.oneof(
    fc.integer({ min: 1, max: 223 }).map((a) => `${a}.0.113.9`),
    fc.integer({ min: 1, max: 0xffff }).map((a) => `2001:db8::${a.toString(16)}`),
  );
  const peers = fc.uniqueArray(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }), {
    selector: (peer) => `${peer.host} ${peer.port}`,
  });
  fc.assert(
    fc.property(
      peers,
      fc.boolean(),
      fc.integer({ min: 60, max: 86_400 }),
      (list, compact, intervalSeconds) => {
        const reply = decodeAnnounceReply(
          encodeAnnounceReply({ peers: list, compact, intervalSeconds }),
        );
        t.is(reply.intervalSeconds, intervalSeconds);
        const sorted = (addresses: readonly PeerAddress[]) =>
          addresses.map(({ host, port }) => `${host} ${port}`).sort();
        t.deepEqual(sorted(reply.peers), sorted(list));
      },
    ),
  );
});

test("peer ids are written into dictionaries", (t) => {
  const body = encodeAnnounceReply({
    intervalSeconds: 60,
    compact: false,
    peers: [{ ...peer4, peerId: bytesOf("a".repeat(20)) }],
  });
  t.deepEqual(
    body,
    bencoded({ interval: 60, peers: [{ ip: peer4.host, "peer id": "a".repeat(20), port: 6_881 }] }),
  );
});

test("an empty reply has no peers and the default interval", (t) => {
  t.deepEqual(read({}), { intervalSeconds: 1_800, peers: [] });
});

test("our address as the tracker sees it has 4 or 16 bytes, and is one that a machine has", (t) => {
  const ownOf = (bytes: readonly number[]) =>
    read({ "external ip": Uint8Array.from(bytes) }).externalHost;
  t.is(ownOf([203, 0, 113, 9]), "203.0.113.9");
  t.is(ownOf([...new Uint8Array(10), 255, 255, 203, 0, 113, 9]), "203.0.113.9");
  t.is(ownOf([224, 0, 0, 1]), undefined);
  t.is(ownOf([203, 0, 113]), undefined);
  t.is(read({ "external ip": 4 }).externalHost, undefined);
});

test("case 11: a reply cut or changed anywhere is accepted or refused", (t) => {
  const own = { intervalSeconds: 1_800, complete: 1, peers: [peer4, peer6], warning: "w" };
  survivesDamage(t, encodeAnnounceReply({ ...own, compact: true }), decodeAnnounceReply);
  survivesDamage(t, encodeAnnounceReply({ ...own, compact: false }), decodeAnnounceReply);
  t.deepEqual(
    t.throws(() => decodeAnnounceReply(encodeAnnounceFailure("x")), { name: "ProtocolError" })
      ?.message,
    "the tracker refused the announce: x",
  );
});

for (const behind of ["\n", "\r\n", "\0", "<!-- served by x -->", "6:peers60:", "e"])
  test(`case 10: ${JSON.stringify(behind)} behind the end of a reply is ignored`, (t) => {
    const reply = bencoded({ interval: 1_234, peers: encodeCompact4([peer4]) });
    const { intervalSeconds, peers } = decodeAnnounceReply(join(reply, bytesOf(behind)));
    t.deepEqual([intervalSeconds, peers], [1_234, [peer4]]);
  });

test("a repeated key has its first value, and superfluous zeros are taken", (t) => {
  const read = (text: string) => decodeAnnounceReply(bytesOf(text));
  t.is(read("d8:intervali100e8:intervali200ee").intervalSeconds, 100);
  t.is(read("d8:intervali0100e5:peers00:e").intervalSeconds, 100);
  t.is(read("d8:completei-0e8:intervali100ee").complete, 0);
});

test("a newline or a byte order mark before a reply, and a number with a point, are refused", (t) => {
  for (const text of ["\nde", "\xef\xbb\xbfde", "d8:intervali1.5ee"])
    refuses(t, "bencode-malformed", () => decodeAnnounceReply(bytesOf(text)));
});

test("case 12: a reply that is not a dictionary is refused, and fields of a wrong type are left out", (t) => {
  refuses(t, "field-wrong-type", () => decodeAnnounceReply(bytesOf("le")));
  refuses(t, "bencode-malformed", () => decodeAnnounceReply(bytesOf("<html>")));
  for (const wrong of [[], {}, bytesOf("")]) {
    const fields = ["interval", "min interval", "complete", "incomplete", "peers6"].map((name) => [
      name,
      wrong,
    ]);
    t.deepEqual(read(Object.fromEntries(fields) as Fields), { intervalSeconds: 1_800, peers: [] });
  }
  t.deepEqual(read({ peers: 7, "tracker id": 1, "warning message": 1, complete: -1 }), {
    intervalSeconds: 1_800,
    peers: [],
  });
});

test("case 70: a list that ends inside an address is used up to there", (t) => {
  const peers = join(encodeCompact4([peer4]), new Uint8Array(5));
  const peers6 = join(encodeCompact6([peer6]), new Uint8Array(17));
  t.deepEqual(read({ peers, peers6 }).peers, [peer4, peer6]);
});

test("case 70: peers that cannot be dialled are left out, in every form", (t) => {
  const bad: readonly PeerAddress[] = [
    { host: "203.0.113.1", port: 0 },
    { host: "0.0.0.0", port: 1 },
    { host: "224.0.0.1", port: 1 },
    { host: "255.255.255.255", port: 1 },
    { host: "::", port: 1 },
    { host: "ff02::1", port: 1 },
  ];
  t.deepEqual(read({ peers: encodeCompact4(bad), peers6: encodeCompact6(bad) }).peers, []);
  const dictionaries = [
    ...bad.map(({ host, port }) => ({ ip: host, port })),
    { ip: "example.org", port: 1 },
  ];
  t.deepEqual(
    read({ peers: [...dictionaries, { ip: "203.0.113.1" }, { port: 1 }, {}, 7, "x"] }).peers,
    [],
  );
});

test("case 70: a peer given twice counts once", (t) => {
  t.deepEqual(read({ peers: encodeCompact4([peer4, peer4]) }).peers, [peer4]);
});

test("case 70: of a body full of peers 10,000 are used", (t) => {
  const peers = new Uint8Array(6 * 170_000);
  for (let i = 0; i < 170_000; i++)
    peers.set([1 + (i >> 16), 0, (i >> 8) & 0xff, i & 0xff, 1, 1], 6 * i);
  t.is(read({ peers }).peers.length, 10_000);
});

test("case 71: a body over 1 MiB is refused unread", (t) => {
  refuses(t, "bencode-too-long", () => decodeAnnounceReply(new Uint8Array(1_048_577)));
});

for (const [interval, seconds] of [
  [0, 60],
  [-1, 60],
  [59, 60],
  [60, 60],
  [900, 900],
  [86_401, 86_400],
  [2 ** 31, 86_400],
] as const) {
  test(`case 73: an interval of ${interval} becomes ${seconds} seconds`, (t) => {
    t.is(read({ interval }).intervalSeconds, seconds);
    t.is(read({ "min interval": interval }).minIntervalSeconds, seconds);
  });
}

test("case 73: intervals of a hundred digits are clamped to the bound of their sign", (t) => {
  t.is(decodeAnnounceReply(bytesOf(`d8:intervali${"9".repeat(100)}ee`)).intervalSeconds, 86_400);
  t.is(decodeAnnounceReply(bytesOf(`d8:intervali-${"9".repeat(100)}ee`)).intervalSeconds, 60);
});

test("a refusal ends without the full stop of the tracker's reason", (t) => {
  const refused = (): unknown => decodeAnnounceReply(encodeAnnounceFailure("not registered."));
  const error = refuses(t, "tracker-refused", refused);
  t.is(error.message, "the tracker refused the announce: not registered");
});

test("case 73: a refusal has the tracker's reason, cleaned and cut", (t) => {
  const reason = `no \u001b[31mtorrent\n${"a".repeat(10_000)}`;
  const error = refuses(t, "tracker-refused", () =>
    decodeAnnounceReply(encodeAnnounceFailure(reason)),
  );
  t.true(error.message.startsWith("the tracker refused the announce: no [31mtorrent aaa"));
  t.true(error.message.length < 400);
});

test("case 73: a refusal without a reason is a refusal", (t) => {
  for (const reason of ["", 1, []]) {
    const error = refuses(t, "tracker-refused", () => read({ "failure reason": reason }));
    t.true(error.message.endsWith("it gives no reason"));
  }
});

for (const [said, seconds] of [
  ["never", Infinity],
  ["5", 300],
  [5, 300],
  ["soon", undefined],
  [0, undefined],
  [-1, undefined],
  [1e9, 86_400],
  [1_500, 86_400],
] as const) {
  test(`a refusal to be retried in ${JSON.stringify(said)} gives ${seconds} seconds`, (t) => {
    const error = refuses(t, "tracker-refused", () =>
      read({ "failure reason": "x", "retry in": said }),
    );
    t.is(error.details["retryInSeconds"], seconds);
  });
}

for (const [fields, retryAfterSeconds, seconds] of [
  [{ interval: 3_600 }, undefined, 3_600],
  [{ interval: 5, "min interval": 40 }, undefined, 40],
  [{ interval: 60, "retry in": 5 }, undefined, 300],
  [{ interval: 60 }, 700, 700],
  [{}, 999_999, 86_400],
  [{ interval: -1, "min interval": "x" }, undefined, undefined],
] as const)
  test(`a refusal with ${JSON.stringify(fields)} and a Retry-After of ${retryAfterSeconds} holds for ${seconds} s`, (t) => {
    const body = bencoded({ "failure reason": "x", ...fields });
    const error = refuses(t, "tracker-refused", () => decodeAnnounceReply(body, retryAfterSeconds));
    t.is(error.details["retryInSeconds"], seconds);
  });

test("case 70: an address in two spellings is one peer, in the spelling of compact lists", (t) => {
  const reply = read({
    peers: [
      { ip: "2001:DB8:0:0::1", port: 1 },
      { ip: "2001:db8::1", port: 1 },
      { ip: "::ffff:198.51.100.7", port: 2 },
      { ip: "198.51.100.7", port: 2 },
    ],
  });
  t.deepEqual(reply.peers, [
    { host: "2001:db8::1", port: 1 },
    { host: "198.51.100.7", port: 2 },
  ]);
});

test("case 70: an address with a zone belongs to the tracker's machine and is left out", (t) => {
  t.deepEqual(read({ peers: [{ ip: "fe80::1%eth0", port: 1 }] }).peers, []);
});
