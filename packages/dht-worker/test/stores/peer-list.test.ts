import test from "ava";
import fc from "fast-check";

import { PeerList, type StoredPeer } from "../../src/stores/peer-list.ts";

interface Known {
  readonly compact: string;
  readonly second: number;
}

/** Few addresses, so that they repeat. */
function arbitraryPeer(family: 4 | 6): fc.Arbitrary<StoredPeer> {
  return fc.record({ host: fc.nat(60), port: fc.integer({ min: 1, max: 3 }) }).map((peer) => {
    const address = new Uint8Array(family === 4 ? 4 : 16);
    address[address.length - 1] = peer.host;
    return { address, port: peer.port, isLocal: peer.host % 2 === 0, isSeed: peer.host % 3 === 0 };
  });
}

function compactOf({ address, port }: StoredPeer): string {
  return Buffer.from([...address, port >> 8, port & 0xff]).toString("hex");
}

/** Internet addresses are there once, local ones once a port. */
function keyOf({ address, port, isLocal }: StoredPeer): string {
  return `${address.join(".")}${isLocal ? `:${port}` : ""}`;
}

function sampled(list: PeerList, peerBytes: number, since: number, chance = 0): string[] {
  const text = Buffer.from(list.sample(1_000, since, chance)).toString("hex");
  return text.match(new RegExp(`.{${2 * peerBytes}}`, "g")) ?? [];
}

for (const family of [4, 6] as const) {
  const peerBytes = family === 4 ? 6 : 18;

  test(`a list of IPv${family} peers has what a map of peers by address would have`, (t) => {
    const step = fc.oneof(
      fc.record({ call: fc.constant("announce" as const), peer: arbitraryPeer(family) }),
      fc.record({ call: fc.constantFrom("expire", "drop") }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (steps, chance) => {
          const list = new PeerList(family);
          const model = new Map<string, Known>();
          for (const [second, taken] of steps.entries()) {
            if ("peer" in taken) {
              list.announce(taken.peer, second);
              model.set(keyOf(taken.peer), { compact: compactOf(taken.peer), second });
            } else if (taken.call === "expire") {
              list.expire(second - 40);
              for (const [key, known] of model) if (known.second < second - 40) model.delete(key);
            } else {
              list.dropOldest();
              const [oldest] = [...model].toSorted(([, a], [, b]) => a.second - b.second);
              if (oldest !== undefined) model.delete(oldest[0]);
            }
            t.is(list.count, model.size);
            t.is(list.lengthBytes, model.size * (peerBytes + 4));
          }
          const since = steps.length - 20;
          const expected = [...model.values()].filter((known) => known.second >= since);
          t.deepEqual(
            sampled(list, peerBytes, since, chance).toSorted(),
            expected.map(({ compact }) => compact).toSorted(),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
}

test("a sample has each peer as often as any other", (t) => {
  const list = new PeerList(4);
  for (let host = 0; host < 100; host++) {
    list.announce(
      { address: Uint8Array.of(203, 0, 113, host), port: 1, isLocal: false, isSeed: false },
      0,
    );
  }
  const seen = new Map<string, number>();
  for (let draw = 0; draw < 100; draw++) {
    const peers = Buffer.from(list.sample(10, 0, (draw + 0.5) / 100)).toString("hex");
    t.is(peers.length, 10 * 12);
    for (const peer of peers.match(/.{12}/g) ?? []) seen.set(peer, (seen.get(peer) ?? 0) + 1);
  }
  t.deepEqual([...new Set(seen.values())], [10]);
  t.is(seen.size, 100);
});
