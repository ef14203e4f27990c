import test from "ava";
import { TorrentWatch } from "../../src/report/torrent-watch.ts";
import { FakeTorrent } from "../support/fake-engine.ts";

test("a torrent that waits shows what it waits for, and a failed one does not", (t) => {
  const torrent = new FakeTorrent();
  const watch = new TorrentWatch(torrent, () => 0, { label: undefined, place: 0 });
  torrent.wait("disk-full", "waiting for space: no room", "there is room");
  t.is(watch.view().fault, "waiting for space: no room; it continues by itself once there is room");
  torrent.wait("EIO", "cannot read a.bin");
  t.is(watch.view().fault, "cannot read a.bin");
});
