import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { PendingDials } from "../../../src/engine/peers/pending-dials.ts";

const [one, two] = [1, 2] as TorrentId[] as [TorrentId, TorrentId];

test("dials are counted in all and for each torrent", (t) => {
  const book = new PendingDials();
  book.add(one, "8.0.0.1", 1);
  book.add(one, "8.0.0.2", 1);
  book.add(two, "8.0.0.1", 1);
  t.is(book.size, 3);
  t.is(book.count(one), 2);
  t.is(book.count(two), 1);
});

test("one dial is counted once and answered once", (t) => {
  const book = new PendingDials();
  book.add(one, "8.0.0.1", 1);
  book.add(one, "8.0.0.1", 1);
  t.is(book.count(one), 1);
  t.true(book.remove(one, "8.0.0.1", 1));
  t.false(book.remove(one, "8.0.0.1", 1));
  t.is(book.count(one), 0);
  t.is(book.size, 0);
});

test("the result of a dial of another torrent or port is not counted", (t) => {
  const book = new PendingDials();
  book.add(one, "8.0.0.1", 1);
  t.false(book.remove(two, "8.0.0.1", 1));
  t.false(book.remove(one, "8.0.0.1", 2));
  t.is(book.size, 1);
});

test("a crashed worker has no pending dials, and drain() returns its dials", (t) => {
  const book = new PendingDials();
  book.add(one, "8.0.0.1", 1);
  book.add(two, "2001:db8::1", 2);
  t.deepEqual(book.drain(), [
    { torrent: one, host: "8.0.0.1", port: 1 },
    { torrent: two, host: "2001:db8::1", port: 2 },
  ]);
  t.is(book.size, 0);
  t.is(book.count(one), 0);
});

test("closing a torrent forgets its dials and no others", (t) => {
  const book = new PendingDials();
  book.add(one, "8.0.0.1", 1);
  book.add(two, "8.0.0.1", 1);
  t.deepEqual(book.forget(one), [{ torrent: one, host: "8.0.0.1", port: 1 }]);
  t.is(book.size, 1);
  t.is(book.count(one), 0);
  t.false(book.remove(one, "8.0.0.1", 1), "a late answer counts nothing");
});
