// The disk calls of a restart, as strace sees them.

import test from "ava";
import { eachAbove } from "../support/counts/beyond-bounds.ts";
import { restoreBounds } from "../support/counts/bounds.ts";
import { traceRestore } from "../support/counts/counted-restore.ts";

const torrents = 100;

test("E05: a restore makes few disk calls a torrent, and reads no piece", async (t) => {
  const calls = await traceRestore({ torrents, pieces: 2_000 });
  const onFiles = calls.filter(({ on }) => on === "files");
  const aTorrent: Record<string, number> = {};
  for (const { thread, count } of onFiles)
    aTorrent[thread] = (aTorrent[thread] ?? 0) + count / torrents;
  t.true((aTorrent["file-0"] ?? 0) >= 2, "the files of each torrent are looked at");
  t.deepEqual(eachAbove("disk calls a torrent", aTorrent, restoreBounds.fileCalls), []);
  const read = onFiles.filter(({ thread }) => thread === "file-0").map(({ bytes }) => bytes);
  t.is(
    read.reduce((sum, bytes) => sum + bytes, 0),
    0,
  );
});
