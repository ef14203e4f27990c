import test from "ava";
import fc from "fast-check";
import type { QueuePlace } from "@troupe/messages";
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
      queuePlace: { rank } as QueuePlace,
      setQueuePlace: (place: QueuePlace) => {
        settings.queuePlace = place;
        this.changes++;
      },
    };
    this.settings = settings;
  }
}

function queueOf(...ranks: readonly number[]) {
  const torrents = ranks.map((rank, index) => new Ranked("abcdefgh".charAt(index), rank));
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
  t.is(changes(), 3, "it is there");
});

test("F09: torrents of the same rank are in the order of their adding, and can be moved", (t) => {
  const { move, order } = queueOf(5, 5, 5);
  t.is(order(), "abc");
  move("c", 1);
  t.is(order(), "acb");
});

test("F09: a move keeps a torrent outside of the limits", (t) => {
  const { torrents, move } = queueOf(0, rankStep);
  const [, second] = torrents;
  second?.settings.setQueuePlace({ rank: rankStep, isForced: true });
  move("b", 0);
  t.is(second?.settings.queuePlace.isForced, true);
});

test("F09: any order of moves gives the same queue as moves in a list", (t) => {
  const moves = fc.array(fc.tuple(fc.nat(5), fc.nat(7)), { maxLength: 200 });
  const property = fc.property(moves, (drawn) => {
    const { torrents, move, order } = queueOf(...Array.from({ length: 6 }, (_, at) => at * 4));
    const list = torrents.map(({ name }) => name);
    for (const [which, position] of drawn) {
      const [name = ""] = list.splice(which, 1);
      list.splice(position, 0, name);
      move(name, position);
      if (order() !== list.join("")) return false;
    }
    return torrents.every(({ settings }) => Number.isSafeInteger(settings.queuePlace.rank));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test("F09: the position of a torrent is its place in the order, and costs a look at each torrent", (t) => {
  const ranks = [5, -1, 5, 9, 5, 0];
  let looks = 0;
  const torrents = ranks.map((rank) => ({
    settings: {
      get queuePlace(): QueuePlace {
        looks++;
        return { rank };
      },
      setQueuePlace: () => undefined,
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
