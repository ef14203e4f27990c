import test from "ava";
import fc from "fast-check";
import {
  inQueueOrder,
  moveInQueue,
  positionInQueue,
  rankStep,
} from "../../../src/api/queue/queue-ranks.ts";

/** A torrent that counts the changes of its place. */
class Ranked {
  readonly name: string;
  readonly settings;
  changes = 0;

  constructor(name: string, rank: number) {
    this.name = name;
    const settings = {
      queueRank: rank,
      setQueueRank: (other: number) => {
        settings.queueRank = other;
        this.changes++;
      },
    };
    this.settings = settings;
  }
}

function queueOf(...ranks: readonly number[]) {
  const torrents = ranks.map((rank, index) => new Ranked("abcdefgh".charAt(index % 8), rank));
  return {
    torrents,
    order: () =>
      inQueueOrder(torrents)
        .map(({ name }) => name)
        .join(""),
    changes: () => torrents.reduce((sum, { changes }) => sum + changes, 0),
    move(name: string, position: number) {
      const moved = torrents.find((torrent) => torrent.name === name);
      if (moved !== undefined) moveInQueue(torrents, moved, position);
    },
  };
}

test("F09: a move changes the place of one torrent", (t) => {
  const { move, order, changes } = queueOf(0, rankStep, 2 * rankStep, 3 * rankStep);
  move("c", 0);
  t.is(order(), "cabd");
  move("a", 2);
  t.is(order(), "cbad");
  move("c", 99);
  t.is(order(), "badc");
  t.is(changes(), 3);
  move("c", 3);
  t.is(changes(), 3, "the torrent is there already");
});

test("F09: torrents of the same rank are in the order of their adding, and can be moved", (t) => {
  const { move, order } = queueOf(5, 5, 5);
  t.is(order(), "abc");
  move("c", 1);
  t.is(order(), "acb");
});

test("F09: torrents that move to the same place again and again leave most others where they are", (t) => {
  const { torrents, changes } = queueOf(...Array.from({ length: 2_000 }, (_, at) => at * rankStep));
  const list = [...torrents];
  for (let moves = 0; moves < 200; moves++) {
    const [moved] = list.splice(1_500, 1);
    if (moved === undefined) return t.fail();
    list.splice(700, 0, moved);
    moveInQueue(torrents, moved, 700);
  }
  t.true(inQueueOrder(torrents).every((torrent, at) => torrent === list[at]));
  t.true(changes() < 200 * 5, `${changes()} places changed`);
});

test("F09: any order of moves gives the same queue as moves in a list", (t) => {
  const moves = fc.array(fc.tuple(fc.nat(39), fc.nat(41)), { maxLength: 200 });
  const step = fc.constantFrom(0, 4, rankStep);
  const end = fc.constantFrom(0, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER);
  const property = fc.property(
    moves,
    fc.constantFrom(6, 40),
    step,
    end,
    (drawn, count, by, far) => {
      const ranks = Array.from({ length: count }, (_, at) => at * by);
      const { torrents } = queueOf(
        ...(far < 0 ? [far, ...ranks] : far > 0 ? [...ranks, far] : ranks),
      );
      const list = [...torrents];
      for (const [which, position] of drawn) {
        const [moved] = list.splice(which % list.length, 1);
        if (moved === undefined) return false;
        list.splice(position, 0, moved);
        moveInQueue(torrents, moved, position);
        if (!inQueueOrder(torrents).every((torrent, at) => torrent === list[at])) return false;
      }
      return torrents.every(({ settings }) => Number.isSafeInteger(settings.queueRank));
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test("F09: the position of a torrent is its place in the order, and costs a look at each torrent", (t) => {
  const ranks = [5, -1, 5, 9, 5, 0];
  let looks = 0;
  const torrents = ranks.map((rank) => ({
    settings: {
      get queueRank(): number {
        looks++;
        return rank;
      },
      setQueueRank: () => undefined,
    },
  }));
  const order = inQueueOrder(torrents);
  for (const torrent of torrents) {
    looks = 0;
    t.is(positionInQueue(torrents, torrent), order.indexOf(torrent));
    t.is(looks, ranks.length);
  }
  const [first] = torrents;
  if (first !== undefined) t.is(positionInQueue(torrents.slice(1), first), -1);
});
