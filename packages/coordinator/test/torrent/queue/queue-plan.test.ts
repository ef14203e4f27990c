import test from "ava";
import fc from "fast-check";
import { evenWeight, torrentWeight } from "@troupe/messages";
import {
  changesOf,
  mayJoin,
  type QueuedTorrent,
  type QueueLimits,
} from "../../../src/torrent/queue/queue-plan.ts";

function queued(id: number, over: Partial<QueuedTorrent> = {}): QueuedTorrent {
  const place = "waiting";
  const weight = evenWeight;
  return { id, rank: id, weight, kind: "downloads", place, isForced: false, ...over };
}

function idsOf(torrents: readonly QueuedTorrent[]): number[] {
  return torrents.map(({ id }) => id);
}

/** The waiting torrents that begin to run, in their order. */
function running(torrents: readonly QueuedTorrent[], limits: Partial<QueueLimits>): number[] {
  return idsOf(changesOf(torrents, { ...noLimits, ...limits }).admitted);
}

const noLimits = { downloads: Infinity, seeds: Infinity };

test("F09: the first torrents of the queue run, those of the same rank in the order of their adding", (t) => {
  const torrents = [queued(3), queued(1), queued(2), queued(4, { rank: 0 })];
  t.deepEqual(running(torrents, { downloads: 2 }), [4, 1]);
  const equal = [queued(2, { rank: 7 }), queued(1, { rank: 7 })];
  t.deepEqual(running(equal, { downloads: 1 }), [1]);
});

test("of torrents of the same rank the heaviest run, and a lower rank goes before any weight", (t) => {
  const weighing = (id: number, weight: number, rank = 5) =>
    queued(id, { rank, weight: torrentWeight(weight) });
  const torrents = [weighing(1, 1), weighing(2, 2), weighing(3, 8), weighing(4, 8)];
  t.deepEqual(running(torrents, { downloads: 3 }), [3, 4, 2]);
  t.deepEqual(running([...torrents, weighing(5, 1, 4)], { downloads: 2 }), [5, 3]);
});

test("F09: downloads and seeds have limits of their own", (t) => {
  const seed = { kind: "seeds" } as const;
  const torrents = [queued(1), queued(2, seed), queued(3), queued(4, seed)];
  t.deepEqual(running(torrents, { downloads: 1 }), [1, 2, 4]);
  t.deepEqual(running(torrents, { seeds: 1 }), [1, 2, 3]);
  t.deepEqual(running(torrents, { downloads: 0, seeds: 0 }), []);
});

test("F09: slow torrents within the limit run and do not count, and slow torrents beyond the limit wait", (t) => {
  const slow = { place: "slow" } as const;
  const isLimited = { downloads: 1 };
  t.deepEqual(running([queued(1, slow), queued(2), queued(3)], isLimited), [2]);
  const beyond = [queued(1, { place: "running" }), queued(2, slow)];
  t.deepEqual(idsOf(changesOf(beyond, { ...noLimits, ...isLimited }).queued), [2]);
});

test("F09: forced torrents run and do not count", (t) => {
  const torrents = [queued(1), queued(2), queued(3, { isForced: true })];
  t.deepEqual(running(torrents, { downloads: 1 }), [1, 3]);
  t.deepEqual(running(torrents, { downloads: 0 }), [3]);
});

test("F09: a torrent that moves to the front begins when the torrent that makes room is closed", (t) => {
  const first = queued(1);
  const limits = { ...noLimits, downloads: 1 };
  const changes = (place: QueuedTorrent["place"]) =>
    changesOf([first, queued(2, { place })], limits);
  t.deepEqual(idsOf(changes("running").queued), [2]);
  t.deepEqual(changes("running").admitted, []);
  t.deepEqual(changes("closing"), { queued: [], admitted: [] });
  t.deepEqual(idsOf(changes("waiting").admitted), [1]);
});

test("F09: a torrent joins if the plan has it and there is room", (t) => {
  const limits = { ...noLimits, downloads: 1 };
  const running = queued(2, { place: "running" });
  t.false(mayJoin(queued(1), [running], limits), "no room");
  t.false(mayJoin(queued(3), [queued(1)], limits), "not planned");
  t.true(mayJoin(queued(1), [queued(2)], limits));
  t.true(mayJoin(queued(1), [{ ...running, place: "slow" }], limits));
  t.true(mayJoin(queued(1, { isForced: true }), [running], limits));
});

const anyTorrent = fc.record({
  rank: fc.integer({ min: 0, max: 5 }),
  weight: fc.constantFrom(...[1, 2, 8].map(torrentWeight)),
  kind: fc.constantFrom("downloads" as const, "seeds" as const),
  place: fc.constantFrom(
    "running" as const,
    "slow" as const,
    "closing" as const,
    "waiting" as const,
  ),
  isForced: fc.boolean(),
});
const anyLimit = fc.oneof(fc.nat(6), fc.constant(Infinity));

/** Everything that closes is closed, and the changes are made. */
function next(torrents: readonly QueuedTorrent[], limits: QueueLimits): QueuedTorrent[] {
  const { queued, admitted } = changesOf(torrents, limits);
  return torrents.map((torrent) => {
    if (admitted.includes(torrent)) return { ...torrent, place: "running" };
    if (queued.includes(torrent)) return { ...torrent, place: "closing" };
    return torrent.place === "closing" ? { ...torrent, place: "waiting" } : torrent;
  });
}

const isCounted = ({ isForced, place }: QueuedTorrent) => !isForced && place !== "slow";
const isRunning = ({ place }: QueuedTorrent) => place === "running" || place === "slow";

test("F09: a torrent that joins keeps its place", (t) => {
  const property = fc.property(
    fc.array(anyTorrent, { maxLength: 20 }),
    fc.record({ downloads: anyLimit, seeds: anyLimit }),
    (drawn, limits) => {
      const [first, ...others] = drawn.map((torrent, id) => ({ ...torrent, id }));
      if (first === undefined || !mayJoin(first, others, limits)) return true;
      const joined = { ...first, place: "running" as const };
      return !changesOf([...others, joined], limits).queued.includes(joined);
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});

test("F09: from any state the queue settles: the first torrents run, and the limits hold", (t) => {
  const property = fc.property(
    fc.array(anyTorrent, { maxLength: 20 }),
    fc.record({ downloads: anyLimit, seeds: anyLimit }),
    (drawn, limits) => {
      let torrents: QueuedTorrent[] = drawn.map((torrent, id) => ({ ...torrent, id }));
      for (let turn = 0; turn < 4; turn++) torrents = next(torrents, limits);
      const { queued, admitted } = changesOf(torrents, limits);
      const isSettled = queued.length + admitted.length === 0;
      return (
        isSettled &&
        torrents.every((torrent) => {
          const ahead = torrents.filter(
            (other) =>
              other.kind === torrent.kind &&
              isCounted(other) &&
              (other.rank - torrent.rank ||
                torrent.weight - other.weight ||
                other.id - torrent.id) < 0,
          );
          const isFirst = ahead.length < limits[torrent.kind];
          return isRunning(torrent) === (torrent.isForced || isFirst);
        })
      );
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});
