import test from "ava";
import fc from "fast-check";
import { torrentWeight, type TorrentId } from "@troupe/messages";
import { DialTurns } from "../../../src/torrent/swarm/dial-turns.ts";

interface Torrent {
  readonly id: TorrentId;
  readonly weight: ReturnType<typeof torrentWeight>;
  addresses: number;
}

function torrentsOf(weights: readonly number[], addresses: readonly number[] = []): Torrent[] {
  return weights.map((weight, at) => ({
    id: (at + 1) as TorrentId,
    weight: torrentWeight(weight),
    addresses: addresses[at] ?? Infinity,
  }));
}

/** Dials as long as there are places. @returns The ids of the torrents that dialled, in order. */
function dial(turns: DialTurns, torrents: readonly Torrent[], most: number): number[] {
  const dialled: number[] = [];
  for (let waiting = turns.order(torrents); waiting.length > 0 && dialled.length < most;) {
    waiting = waiting.filter((torrent) => {
      const dialNext = (): boolean => {
        if (torrent.addresses === 0) return false;
        torrent.addresses--;
        dialled.push(torrent.id);
        return true;
      };
      return turns.take(torrent, most - dialled.length, dialNext).hasMore;
    });
  }
  return dialled;
}

/** The dials of torrents of weight 1, as they were before there were weights. */
class EvenTurns {
  #last: TorrentId | undefined;

  dial(torrents: readonly Torrent[], most: number): number[] {
    const dialled: number[] = [];
    const last = torrents.findIndex(({ id }) => id === this.#last);
    let waiting = [...torrents.slice(last + 1), ...torrents.slice(0, last + 1)];
    while (waiting.length > 0 && dialled.length < most) {
      const served: Torrent[] = [];
      for (const torrent of waiting) {
        if (dialled.length === most) break;
        if (torrent.addresses === 0) continue;
        torrent.addresses--;
        dialled.push(torrent.id);
        this.#last = torrent.id;
        served.push(torrent);
      }
      waiting = served;
    }
    return dialled;
  }
}

test("torrents dial in turns, as many addresses a turn as their weight says", (t) => {
  t.deepEqual(dial(new DialTurns(), torrentsOf([1, 1]), 4), [1, 2, 1, 2]);
  t.deepEqual(dial(new DialTurns(), torrentsOf([1, 2]), 6), [1, 2, 2, 1, 2, 2]);
  t.deepEqual(dial(new DialTurns(), torrentsOf([1, 8]), 9), [1, 2, 2, 2, 2, 2, 2, 2, 2]);
  t.deepEqual(dial(new DialTurns(), torrentsOf([0.5, 0.5]), 4), [1, 2, 1, 2]);
});

test("a turn goes on when a place is free, and ends when the torrent has no address", (t) => {
  const turns = new DialTurns();
  const torrents = torrentsOf([2, 1, 8], [Infinity, Infinity, 3]);
  const dialled = Array.from({ length: 9 }, () => dial(turns, torrents, 1)).flat();
  t.deepEqual(dialled, [1, 1, 2, 3, 3, 3, 1, 1, 2]);
});

test("over many turns torrents dial as often as their weights say, fractions too", (t) => {
  const turns = new DialTurns();
  const torrents = torrentsOf([1, 1.5, 8]);
  const dialled = Array.from({ length: 700 }, () => dial(turns, torrents, 3)).flat();
  t.deepEqual(
    torrents.map(({ id }) => dialled.filter((other) => other === id).length),
    [200, 300, 1_600],
  );
});

test("torrents of one weight dial one address in each turn", (t) => {
  const property = fc.property(
    fc.constantFrom(1, 2, 8),
    fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }),
    fc.array(fc.nat(9), { maxLength: 8 }),
    (weight, addresses, places) => {
      const weights = addresses.map(() => weight);
      const [torrents, others] = [torrentsOf(weights, addresses), torrentsOf(weights, addresses)];
      const [turns, even] = [new DialTurns(), new EvenTurns()];
      for (const most of places) t.deepEqual(dial(turns, torrents, most), even.dial(others, most));
    },
  );
  fc.assert(property, { numRuns: 1_000 });
});
