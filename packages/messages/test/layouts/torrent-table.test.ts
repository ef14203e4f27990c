import test from "ava";
import { PeerField, PeerWord, TorrentTable } from "../../src/layouts/torrent-table.ts";

test("EX7: a table grows for every thread that has it, and its rows stay in place", (t) => {
  const own = TorrentTable.make(20, 2, 1_000);
  const other = TorrentTable.over(20, own.memory);
  t.deepEqual([own.maxPeers, other.maxPeers], [2, 2]);
  const row = other.row(1);
  row.setField(PeerField.downloadedBytes, 7);
  row.bitfield[2] = 0x80;
  t.throws(() => other.row(2));
  own.grow(1_000);
  t.is(other.maxPeers, 1_000);
  other.row(999).setField(PeerField.uploadedBytes, 9);
  t.is(own.row(999).field(PeerField.uploadedBytes), 9);
  t.is(own.row(1).field(PeerField.downloadedBytes), 7);
  t.is(own.row(1).bitfield[2], 0x80);
  t.is(own.row(2).word(PeerWord.flags), 0);
});

test("a table does not shrink, nor grow beyond what it was made for", (t) => {
  const table = TorrentTable.make(20, 5, 6);
  table.grow(3);
  t.is(table.maxPeers, 5);
  t.throws(() => table.grow(7));
});
