// Misuses of the exchange of peers (BEP 11): lists that are too long, come too often, or lead to a victim.

import { extended, many } from "../frames.ts";
import { after, floods, sends, type HostilePeer } from "../hostile-peer.ts";
import type { RawConnection } from "../raw-connection.ts";

/** Our id of `ut_pex`, which our handshake names. */
const exchangeId = 2;
const second = 1_000;
/** An internet address without a peer. */
const victim = [45, 99, 0, 1] as const;

type Address = readonly [a: number, b: number, c: number, d: number, port?: number];

/** A message of these fields; a field's value is bencoded already, or bytes. */
function message(fields: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const parts = Object.keys(fields)
    .toSorted()
    .flatMap((name) => {
      const value = fields[name] ?? "";
      const key = Buffer.from(`${name.length}:${name}`);
      if (typeof value === "string") return [key, Buffer.from(value)];
      return [key, Buffer.from(`${value.length}:`), value];
    });
  return extended(exchangeId, Buffer.concat([Buffer.from("d"), ...parts, Buffer.from("e")]));
}

function compact(addresses: readonly Address[]): Uint8Array {
  return Uint8Array.from(
    addresses.flatMap(([a, b, c, d, port = 6_881]) => [a, b, c, d, port >> 8, port & 0xff]),
  );
}

function adding(addresses: readonly Address[]): Uint8Array {
  return message({ added: compact(addresses), "added.f": new Uint8Array(addresses.length) });
}

/** So many hosts of the internet, another each. */
function strangers(count: number): Address[] {
  return Array.from({ length: count }, (_, place) => [45, 98, place >> 8, place & 0xff] as const);
}

async function offer(connection: RawConnection): Promise<void> {
  await connection.shakeHands();
  await connection.send(extended(0, "d1:md6:ut_pexi5eee"));
}

/** Sends a message once, after an offer. */
function once(bytes: Uint8Array) {
  return sends(offer, () => bytes);
}

const local: readonly Address[] = [
  [127, 0, 0, 1],
  [10, 0, 0, 1, 80],
  [172, 16, 0, 1, 80],
  [192, 168, 0, 1, 80],
  [169, 254, 169, 254, 80],
  [100, 64, 0, 1],
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [239, 192, 152, 143, 6_771],
];

/** Misuses of peer exchange (BEP 11). */
export const peerExchange: readonly HostilePeer[] = [
  {
    name: "peer-exchange-of-10000-peers",
    does: "names ten thousand peers in a message",
    cases: [88],
    misbehave: once(adding(strangers(10_000))),
  },
  {
    name: "peer-exchange-too-long",
    does: "names more peers than a message of peer exchange may have",
    cases: [88],
    misbehave: once(adding(strangers(2_500))),
  },
  {
    name: "peer-exchange-of-2000-peers",
    does: "names as many strangers as a message of peer exchange can hold",
    cases: [88],
    misbehave: once(adding(strangers(2_000))),
  },
  {
    name: "peer-exchange-every-second",
    does: "names other peers every second",
    cases: [88],
    misbehave: after(offer, (connection) => connection.sendEvery(second, adding(strangers(1)))),
  },
  {
    name: "peer-exchange-flood",
    does: "sends empty messages of peer exchange without end",
    cases: [88],
    misbehave: floods(offer, () => many(128, message({}))),
  },
  {
    name: "peer-exchange-cut-address",
    does: "names peers in a list that ends inside an address",
    cases: [88],
    misbehave: once(message({ added: new Uint8Array(601), "added.f": new Uint8Array(100) })),
  },
  {
    name: "peer-exchange-of-numbers",
    does: "names peers by a number instead of a list",
    cases: [88],
    misbehave: once(message({ added: "i99999999999999999999e" })),
  },
  {
    name: "peer-exchange-of-long-flags",
    does: "names a peer with ten thousand flags, each with every bit",
    cases: [88],
    misbehave: once(
      message({ added: compact(strangers(1)), "added.f": new Uint8Array(10_000).fill(0xff) }),
    ),
  },
  {
    name: "peer-exchange-of-local-addresses",
    does: "names addresses of the home network, of this machine and of nobody",
    cases: [88],
    misbehave: once(adding(local)),
  },
  {
    name: "peer-exchange-of-one-victim",
    does: "names two hundred ports of one host",
    cases: [88],
    misbehave: sends(offer, () =>
      adding(Array.from({ length: 200 }, (_, port): Address => [...victim, 1_000 + port])),
    ),
  },
  {
    name: "peer-exchange-of-the-dropped",
    does: "says of two thousand strangers that they have left",
    cases: [88],
    misbehave: once(message({ dropped: compact(strangers(2_000)) })),
  },
  {
    name: "peer-exchange-before-the-handshake",
    does: "names peers before its extension handshake, without an offer",
    cases: [88],
    async misbehave(connection) {
      await connection.send(connection.handshake(), adding(strangers(3)));
    },
  },
  {
    name: "peer-exchange-on-and-off",
    does: "makes and takes back its offer of peer exchange",
    cases: [88],
    async misbehave(connection) {
      await connection.shakeHands();
      for (let time = 0; time < 12; time++) {
        // One after the other.
        // oxlint-disable-next-line no-await-in-loop
        await connection.send(extended(0, `d1:md6:ut_pexi${time % 2 === 0 ? 5 : 0}eee`));
        // oxlint-disable-next-line no-await-in-loop
        await connection.pause(5 * second);
      }
    },
  },
];
