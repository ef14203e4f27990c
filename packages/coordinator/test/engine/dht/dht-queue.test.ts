import test from "ava";
import {
  announceIntervalMs,
  DhtQueue,
  lonelyMs,
  unansweredMs,
  type DhtTorrent,
} from "../../../src/engine/dht/dht-queue.ts";
import { dhtTorrent } from "../../support/dht-torrents.ts";

const answered = { answered: 8, peers: 3 };
const unanswered = { answered: 0, peers: 0 };

/** Takes every torrent that is due, and ends its look-ups at once. */
function takeAll(queue: DhtQueue, nowMs: number, round = answered): number[] {
  const taken: number[] = [];
  for (;;) {
    const torrent = queue.take(nowMs);
    if (torrent === undefined) return taken;
    taken.push(torrent.id);
    queue.ended(torrent.infoHash, round, nowMs);
  }
}

function queueOf(...torrents: DhtTorrent[]): DhtQueue {
  const queue = new DhtQueue();
  for (const torrent of torrents) queue.add(torrent, 0);
  return queue;
}

/** The times of the look-ups of a torrent within some milliseconds. */
function times(queue: DhtQueue, forMs: number, round = answered): number[] {
  const found: number[] = [];
  for (let nowMs = 0; nowMs <= forMs; nowMs = Math.max(nowMs + 1, queue.nextMs(nowMs)))
    if (takeAll(queue, nowMs, round).length > 0) found.push(nowMs);
  return found;
}

test("a torrent is announced when it joins, and every fifteen minutes", (t) => {
  t.is(announceIntervalMs, 900_000);
  t.deepEqual(times(queueOf(dhtTorrent(1)), 2_000_000), [0, 900_000, 1_800_000]);
});

test("a torrent that has left is not announced", (t) => {
  const queue = queueOf(dhtTorrent(1), dhtTorrent(2));
  queue.remove(dhtTorrent(1).infoHash);
  t.deepEqual(takeAll(queue, 0), [2]);
  t.is(queue.size, 1);
});

test("a torrent that joins twice keeps its turn", (t) => {
  const queue = queueOf(dhtTorrent(1));
  takeAll(queue, 0);
  queue.add(dhtTorrent(1), 1_000);
  t.deepEqual(takeAll(queue, 1_000), []);
});

test("a torrent whose look-ups are under way is not taken again, and their end counts once", (t) => {
  const queue = queueOf(dhtTorrent(1));
  t.is(Number(queue.take(0)?.id), 1);
  t.is(queue.take(announceIntervalMs), undefined);
  t.is(queue.nextMs(0), Infinity);
  const { infoHash } = dhtTorrent(1);
  queue.ended(infoHash, answered, 40_000);
  queue.ended(infoHash, unanswered, 40_000);
  t.deepEqual(queue.statusOf(infoHash, 40_000), {
    isUnderWay: false,
    nextInMs: 860_000,
    lastRound: answered,
  });
});

test("downloads go before seeds, new torrents before others, and each fourth turn is a seed's", (t) => {
  const seed = (number: number) => dhtTorrent(number, { isDownload: false });
  const queue = queueOf(
    seed(1),
    seed(2),
    dhtTorrent(3),
    dhtTorrent(4),
    dhtTorrent(5),
    dhtTorrent(6),
  );
  t.deepEqual(takeAll(queue, 0), [3, 4, 5, 1, 6, 2]);
  queue.add(dhtTorrent(7), announceIntervalMs);
  t.deepEqual(takeAll(queue, announceIntervalMs), [7, 1, 3, 4, 5, 2, 6]);
});

test("downloads that take all turns do not shut seeds out", (t) => {
  const torrents = Array.from({ length: 100 }, (_, number) =>
    dhtTorrent(number, { isDownload: number >= 10 }),
  );
  const queue = queueOf(...torrents);
  const seen = new Set<number>();
  // A turn in 30 s: thirty of a hundred torrents in an interval.
  for (let nowMs = 0; nowMs < 100 * 30_000; nowMs += 30_000) {
    const torrent = queue.take(nowMs);
    if (torrent === undefined) continue;
    seen.add(torrent.id);
    queue.ended(torrent.infoHash, answered, nowMs);
  }
  for (const { id } of torrents.slice(0, 10)) t.true(seen.has(id), `seed ${id}`);
});

test("5,000 torrents at two turns a second: none is skipped, active downloads keep fifteen minutes, and the round is measured", (t) => {
  const downloads = 20;
  const torrents = Array.from({ length: 5_000 }, (_, number) =>
    dhtTorrent(number, { isDownload: number < downloads }),
  );
  const queue = queueOf(...torrents);
  const last = new Map<number, number>();
  const gaps = new Map<number, number>();
  // Two rounds, and the most of a third.
  const endMs = 2 * 3_600_000;
  for (let nowMs = 0; nowMs < endMs; nowMs += 500) {
    const torrent = queue.take(nowMs);
    if (torrent === undefined) continue;
    const before = last.get(torrent.id);
    if (before !== undefined)
      gaps.set(torrent.id, Math.max(gaps.get(torrent.id) ?? 0, nowMs - before));
    last.set(torrent.id, nowMs);
    queue.ended(torrent.infoHash, answered, nowMs + 400);
  }
  t.is(gaps.size, 5_000);
  const worst = (from: number, to: number): number =>
    Math.max(...[...gaps].filter(([id]) => id >= from && id < to).map(([, gapMs]) => gapMs));
  t.true(worst(0, downloads) < announceIntervalMs + 60_000, `${worst(0, downloads)} ms`);
  // 5,000 turns of 500 ms take 41 minutes and 40 s.
  t.true(worst(downloads, 5_000) < 45 * 60_000, `${worst(downloads, 5_000)} ms`);
  const { allMs, downloadsMs } = queue.roundTimes(endMs);
  t.true(allMs > 40 * 60_000 && allMs < 45 * 60_000, `${allMs} ms`);
  t.true(downloadsMs < announceIntervalMs + 60_000, `${downloadsMs} ms`);
});

test("a round of few torrents takes the interval", (t) => {
  const queue = queueOf(dhtTorrent(1));
  times(queue, 3_000_000);
  t.deepEqual(queue.roundTimes(3_000_000), { allMs: 900_000, downloadsMs: 900_000 });
});

test("after look-ups that no node answered the next ones follow soon, ever later up to five minutes", (t) => {
  const at = times(queueOf(dhtTorrent(1, { isDownload: false })), 900_000, unanswered);
  const pauses = at.slice(1).map((atMs, index) => (atMs - (at[index] ?? 0)) / unansweredMs);
  t.deepEqual(pauses.slice(0, 7), [1, 2, 4, 8, 16, 32, 60]);
});

test("a download without a peer is looked up earlier, ever later up to the interval", (t) => {
  const at = times(queueOf(dhtTorrent(1, { lacksPeers: true })), 3_000_000);
  const pauses = at.slice(1).map((atMs, index) => (atMs - (at[index] ?? 0)) / lonelyMs);
  t.deepEqual(pauses.slice(0, 5), [1, 2, 4, 8, 15]);
  const seed = dhtTorrent(2, { lacksPeers: true, isDownload: false });
  t.deepEqual(times(queueOf(seed), 1_000_000), [0, 900_000]);
});

test("a download that loses its peers is looked up at once, a minute after its last look-ups at the earliest", (t) => {
  const torrent = dhtTorrent(1);
  const queue = queueOf(torrent);
  takeAll(queue, 0);
  torrent.lacksPeers = true;
  t.is(queue.nextMs(0), lonelyMs);
  t.deepEqual(takeAll(queue, lonelyMs - 1), []);
  t.deepEqual(takeAll(queue, 600_000), [1]);
});

test("an earlier look-up takes no turn of an announce that is due", (t) => {
  const lonely = dhtTorrent(1, { lacksPeers: true });
  const queue = queueOf(lonely);
  takeAll(queue, 0);
  queue.add(dhtTorrent(2, { isDownload: false }), lonelyMs);
  t.deepEqual(takeAll(queue, lonelyMs), [2, 1]);
});
