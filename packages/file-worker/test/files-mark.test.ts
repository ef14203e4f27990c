import test from "ava";
import { MemoryDisk } from "./support/memory-disk.ts";
import { pattern, startRig } from "./support/file-rig.ts";

const torrent = { files: { a: 8, "folder/b": 4, empty: 0 }, pieceLengthBytes: 4 };

/** A torrent that has written one piece and was closed; and a way to open it again. */
async function closedTorrent(disk = new MemoryDisk()) {
  const rig = startRig(disk);
  await rig.open(torrent);
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.settle();
  const closed = (await rig.close({ wantsMark: true })) as { mark?: string };
  return {
    disk,
    mark: closed.mark,
    openAgain: async () =>
      ((await rig.open({ ...torrent, mark: closed.mark ?? "" })) as { isUnchanged?: boolean })
        .isUnchanged,
  };
}

test("files that nobody touched are as they were", async (t) => {
  const { mark, openAgain } = await closedTorrent();
  t.regex(mark ?? "", /^[0-9a-f]{40}$/);
  t.true(await openAgain());
});

const changed = test.macro({
  exec: async (t, change: (disk: MemoryDisk) => void) => {
    const { disk, openAgain } = await closedTorrent();
    change(disk);
    t.false(await openAgain());
  },
  title: (title) => `files are not as they were when ${title ?? ""}`,
});

test("one was written to", changed, (disk: MemoryDisk) => {
  const file = disk.open("/data/a", "write");
  disk.write(file, [pattern(1)], 0);
});
test("one was cut", changed, (disk: MemoryDisk) => {
  disk.truncate(disk.open("/data/a", "write"), 3);
});
test("one is gone", changed, (disk: MemoryDisk) => disk.remove("/data/a"));
test("one was replaced", changed, (disk: MemoryDisk) => disk.put("/data/a", pattern(8)));
test("one was made", changed, (disk: MemoryDisk) => disk.put("/data/empty", pattern(0)));

test("no mark is made unless it is asked for", async (t) => {
  const rig = startRig(new MemoryDisk());
  await rig.open(torrent);
  t.deepEqual(await rig.close(), {});
});

test("a file that cannot be looked at leaves no mark", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open(torrent);
  disk.fail("stat", "EIO");
  t.deepEqual(await rig.close({ wantsMark: true }), {});
});
