import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { parseInfoHash } from "@troupe/protocol/units";
import {
  announceIntervalMs,
  AnnounceQueue,
  type LocalTorrent,
} from "../../../src/engine/local-discovery/announce-queue.ts";

const second = 1_000;

/** Torrents by number; seeds are complete. */
function torrent(id: number, isComplete = false): LocalTorrent & { isComplete: boolean } {
  const infoHash = parseInfoHash(id.toString(16).padStart(40, "0"));
  return { id: id as TorrentId, infoHash, isComplete };
}

function turnsOf(...torrents: readonly LocalTorrent[]): AnnounceQueue {
  const turns = new AnnounceQueue();
  for (const one of torrents) turns.add(one);
  return turns;
}

/** The numbers of the torrents that are announced, one a second. */
function taken(turns: AnnounceQueue, fromMs: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => turns.take(fromMs + i * second)?.id);
}

test("without torrents no turn is due", (t) => {
  const turns = new AnnounceQueue();
  t.is(turns.take(0), undefined);
  t.is(turns.nextMs, Infinity);
});

test("downloads go before seeds, each in the order in which they came", (t) => {
  const turns = turnsOf(torrent(1, true), torrent(2), torrent(3, true), torrent(4));
  t.deepEqual(taken(turns, 0, 5), [2, 4, 1, 3, undefined]);
});

test("a torrent is due again five minutes after its announce", (t) => {
  const turns = turnsOf(torrent(1));
  t.is(turns.nextMs, -Infinity);
  turns.take(7);
  t.is(turns.nextMs, 7 + announceIntervalMs);
  t.is(turns.take(6 + announceIntervalMs), undefined);
  t.is(Number(turns.take(7 + announceIntervalMs)?.id), 1);
});

test("a new download goes before all others, and a new seed before seeds alone", (t) => {
  const turns = turnsOf(torrent(1), torrent(2, true));
  taken(turns, 0, 2);
  turns.add(torrent(3, true));
  turns.add(torrent(4));
  t.deepEqual(taken(turns, announceIntervalMs + second, 4), [4, 1, 3, 2]);
});

test("more downloads than seconds in five minutes are announced in turns", (t) => {
  const turns = turnsOf(...Array.from({ length: 400 }, (_, i) => torrent(i + 1)));
  const numbers = taken(turns, 0, 1_200);
  t.deepEqual(numbers.slice(400, 800), numbers.slice(0, 400));
  t.deepEqual(numbers.slice(800), numbers.slice(0, 400));
});

test("a download that has become complete takes its next turns among the seeds", (t) => {
  const [first, other] = [torrent(1), torrent(2)];
  const turns = turnsOf(first, other);
  taken(turns, 0, 2);
  first.isComplete = true;
  taken(turns, announceIntervalMs, 2);
  t.deepEqual(taken(turns, 3 * announceIntervalMs, 2), [2, 1]);
});

test("a torrent that joins twice has one turn; one that left has none", (t) => {
  const turns = turnsOf(torrent(1), torrent(1), torrent(2));
  t.is(turns.size, 2);
  turns.remove(torrent(1).infoHash);
  t.deepEqual(taken(turns, 0, 2), [2, undefined]);
  t.is(turns.find(torrent(1).infoHash), undefined);
  t.is(Number(turns.find(torrent(2).infoHash)?.id), 2);
  turns.remove(torrent(2).infoHash);
  t.is(turns.size, 0);
});

test("a torrent that returns is due at once", (t) => {
  const turns = turnsOf(torrent(1));
  turns.take(0);
  turns.remove(torrent(1).infoHash);
  turns.add(torrent(1));
  t.is(Number(turns.take(second)?.id), 1);
});

test("after a renewal every torrent is due once, longest ago first", (t) => {
  const turns = turnsOf(torrent(1), torrent(2), torrent(3));
  taken(turns, 0, 3);
  turns.renew(10 * second);
  t.is(turns.nextMs, -Infinity);
  t.deepEqual(taken(turns, 10 * second, 4), [1, 2, 3, undefined]);
});

test("renewals in a row do not keep a torrent from its turn", (t) => {
  const turns = turnsOf(torrent(1), torrent(2), torrent(3));
  const numbers = Array.from({ length: 6 }, (_, i) => {
    turns.renew(i * second);
    return turns.take(i * second)?.id;
  });
  t.deepEqual(numbers, [1, 2, 3, 1, 2, 3]);
});
