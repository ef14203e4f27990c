import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { identityOf, type InfoHashes, type InfoHashV2 } from "@troupe/protocol/identity";
import { parseInfoHash } from "@troupe/protocol/units";
import { Torrents } from "../../../src/engine/base/torrents.ts";

const [v1, otherV1] = [parseInfoHash("1".repeat(40)), parseInfoHash("3".repeat(40))];
const v2 = `${"2".repeat(40)}${"f".repeat(24)}` as InfoHashV2;
/** The name of `v2` on the wire. */
const beginning = parseInfoHash("2".repeat(40));

function torrent(id: number, hashes: InfoHashes) {
  return { id: id as TorrentId, identity: identityOf(hashes) };
}

function torrentsOf(...list: readonly ReturnType<typeof torrent>[]) {
  const torrents = new Torrents<ReturnType<typeof torrent>>();
  for (const each of list) torrents.add(each);
  return torrents;
}

test("a torrent is found by its id and by its info-hash until it is deleted", (t) => {
  const [first, second] = [torrent(1, { v1 }), torrent(2, { v1: otherV1 })];
  const torrents = torrentsOf(first, second);
  t.is(torrents.size, 2);
  t.is(torrents.get(first.id), first);
  t.is(torrents.find({ v1 }), first);
  t.deepEqual([...torrents.values()], [first, second]);
  torrents.delete(first.id);
  t.false(torrents.has(first.id));
  t.is(torrents.find({ v1 }), undefined);
  t.is(torrents.find({ v1: otherV1 }), second);
  torrents.delete(first.id);
  t.is(torrents.size, 1);
});

test("a hybrid torrent is found by each of its hashes, as they are on the wire", (t) => {
  const hybrid = torrent(1, { v1, v2 });
  const torrents = torrentsOf(hybrid);
  for (const hashes of [{ v1 }, { v2 }, { v1: beginning }, { v1: otherV1, v2 }])
    t.is(torrents.find(hashes), hybrid);
  t.is(torrents.find({ v1: otherV1 }), undefined);
  torrents.delete(hybrid.id);
  for (const hashes of [{ v1 }, { v2 }]) t.is(torrents.find(hashes), undefined);
});

test("a hash that a later torrent has too stays found when the earlier one is deleted", (t) => {
  const [first, second] = [torrent(1, { v1, v2 }), torrent(2, { v1: otherV1, v2 })];
  const torrents = torrentsOf(first, second);
  torrents.delete(first.id);
  t.is(torrents.find({ v2 }), second);
  t.is(torrents.find({ v1 }), undefined);
});
