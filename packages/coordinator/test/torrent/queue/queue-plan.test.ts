import test from "ava";
import fc from "fast-check";
import {
  mayRun,
  planQueue,
  type QueuedTorrent,
  type QueueLimits,
} from "../../../src/torrent/queue/queue-plan.ts";

function queued(id: number, over: Partial<QueuedTorrent> = {}): QueuedTorrent {
  return { id, rank: id, kind: "downloads", isSlow: false, isForced: false, ...over };
}

function running(torrents: readonly QueuedTorrent[], limits: Partial<QueueLimits>): number[] {
  const plan = planQueue(torrents, { downloads: Infinity, seeds: Infinity, ...limits });
  return [...plan].map(({ id }) => id);
}

test("F09: the first torrents of the queue run, those of the same rank in the order of their adding", (t) => {
  const torrents = [queued(3), queued(1), queued(2), queued(4, { rank: 0 })];
  t.deepEqual(running(torrents, { downloads: 2 }), [4, 1]);
  const equal = [queued(2, { rank: 7 }), queued(1, { rank: 7 })];
  t.deepEqual(running(equal, { downloads: 1 }), [1]);
});

test("F09: downloads and seeds have limits of their own", (t) => {
  const seed = { kind: "seeds" } as const;
  const torrents = [queued(1), queued(2, seed), queued(3), queued(4, seed)];
  t.deepEqual(running(torrents, { downloads: 1 }), [1, 2, 4]);
  t.deepEqual(running(torrents, { seeds: 1 }), [1, 2, 3]);
  t.deepEqual(running(torrents, { downloads: 0, seeds: 0 }), []);
});

test("F09: slow torrents within the limit run and do not count, and those beyond the limit wait", (t) => {
  const slow = { isSlow: true };
  t.deepEqual(running([queued(1, slow), queued(2), queued(3)], { downloads: 1 }), [1, 2]);
  t.deepEqual(running([queued(1), queued(2, slow)], { downloads: 1 }), [1]);
});

test("F09: forced torrents run and do not count", (t) => {
  const torrents = [queued(1), queued(2), queued(3, { isForced: true })];
  t.deepEqual(running(torrents, { downloads: 1 }), [1, 3]);
  t.deepEqual(running(torrents, { downloads: 0 }), [3]);
});

const anyTorrent = fc.record({
  rank: fc.integer({ min: 0, max: 5 }),
  kind: fc.constantFrom("downloads" as const, "seeds" as const),
  isSlow: fc.boolean(),
  isForced: fc.boolean(),
});
const anyLimit = fc.oneof(fc.nat(6), fc.constant(Infinity));

test("F09: a torrent may run exactly if the plan of the whole queue has it", (t) => {
  const property = fc.property(
    fc.array(anyTorrent, { maxLength: 20 }),
    fc.record({ downloads: anyLimit, seeds: anyLimit }),
    (drawn, limits) => {
      const torrents = drawn.map((torrent, id) => ({ ...torrent, id }));
      const plan = planQueue(torrents, limits);
      return torrents.every((torrent) => {
        const others = torrents.filter((other) => other !== torrent);
        return mayRun(torrent, others, limits) === plan.has(torrent);
      });
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});
