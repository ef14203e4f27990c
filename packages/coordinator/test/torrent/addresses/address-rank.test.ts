import test from "ava";
import { peerPriority } from "@troupe/protocol/address";
import { bestRanked, rankedAddresses } from "../../../src/torrent/addresses/address-rank.ts";
import { untriedAddress } from "../../../src/torrent/addresses/known-address.ts";
import { OwnAddresses } from "../../../src/torrent/addresses/own-addresses.ts";

const port = 6881;
const ours = "203.0.113.9";
const peers = Array.from({ length: 20 }, (_, n) => ({ host: `8.${n}.0.1`, port }));

/** Our address, believed by five networks. */
function ownAddresses(host?: string): OwnAddresses {
  const own = new OwnAddresses(() => [port], undefined, [6, 4]);
  if (host !== undefined) for (let n = 0; n < 5; n++) own.seen(host, `8.0.${n}.1`);
  return own;
}

function priorities(list: readonly { host: string; port: number }[], host = ours) {
  return list.map((peer) => peerPriority({ host, port }, peer) ?? 0);
}

test("while our own address is unknown, addresses keep their order", (t) => {
  t.deepEqual(rankedAddresses(peers, ownAddresses()), peers);
});

test("addresses are ordered by BEP 40, the greatest priority first; the other family comes last", (t) => {
  const all = [{ host: "2001:db8::1", port }, ...peers];
  const ranked = rankedAddresses(all, ownAddresses(ours));
  t.is(ranked.at(-1)?.host, "2001:db8::1");
  t.deepEqual(
    priorities(ranked.slice(0, -1)),
    priorities(peers).toSorted((a, b) => b - a),
  );
});

test("the best rank is found, and found anew after our address has changed", (t) => {
  const known = peers.map(({ host }) => untriedAddress(host, port));
  const bestOf = (host: string) => {
    const all = priorities(peers, host);
    return known[all.indexOf(Math.max(...all))];
  };
  const own = ownAddresses(ours);
  t.is(bestRanked(known, own), bestOf(ours));
  for (let n = 0; n < 5; n++) own.seen("198.51.100.7", `8.0.${n}.1`);
  t.is(bestRanked(known, own), bestOf("198.51.100.7"));
  t.is(bestRanked([], own), undefined);
});
