// The file-worker as its supervisor starts it: in a thread and inline.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inlineHost, openRoot, threadHost } from "@troupe/actor-runtime";
import type { Host } from "@troupe/actor-runtime";
import { soleActor } from "@troupe/actor-runtime/testing";
import {
  packFiles,
  pushRun,
  type FileProtocol,
  type SlabId,
  type TorrentId,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import test from "ava";
import { diskStampBytes, fileWorkerEntry } from "../src/index.ts";

const torrent = 1 as TorrentId;
const slab = 1 as SlabId;

const spec = soleActor({
  name: "file",
  role: "file",
  entry: fileWorkerEntry,
  options: () => ({ stamp: new SharedArrayBuffer(diskStampBytes) }),
  mayBeSilent: () => true,
});

const writesAndReads = test.macro<[host: () => Host]>(async (t, host) => {
  const folder = mkdtempSync(join(tmpdir(), "troupe-entry-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const written = Promise.withResolvers<number>();
  const root = await openRoot<{ file: FileProtocol }>({
    host: host(),
    spec,
    failed: written.reject,
    noticeHandlers: {
      file: {
        "pieces-written": ({ pieces }) => written.resolve(pieces[0] ?? -1),
        "read-failed": ({ message }) => written.reject(new Error(message)),
        "piece-not-written": ({ message }) => written.reject(new Error(message)),
        "sync-failed": ({ message }) => written.reject(new Error(message)),
        "record-not-saved": ({ message }) => written.reject(new Error(message)),
      },
    },
  });
  const file = root.ref<FileProtocol>("file");
  const memory = new SharedArrayBuffer(64);
  new Uint8Array(memory, 0, 16).fill(5);
  file.cast("open-slab", { slab, memory });
  const opened = await file.call("open-storage", {
    torrent,
    root: folder,
    files: packFiles([{ path: ["a"], lengthBytes: 16 }]),
    pieceLengthBytes: 16,
    totalBytes: 16,
  });
  t.deepEqual(opened, { foundBytes: 0 });
  const piece = 0 as PieceIndex;
  file.cast("write-pieces", { torrent, slab, places: [piece, 0, 16] });
  t.is(await written.promise, 0);
  const runs: number[] = [];
  pushRun(runs, { torrent, position: 0, lengthBytes: 16, offset: 32 });
  t.like(await file.call("read-blocks", { slab, gapBytes: 1, blockBytes: 16, runs }), {
    refused: [],
  });
  t.deepEqual([...new Uint8Array(memory, 32, 18)], [0, ...Array<number>(16).fill(5), 0]);
  t.deepEqual(await file.call("close-storage", { torrent }), {});
  t.deepEqual([...readFileSync(join(folder, "a"))], Array<number>(16).fill(5));
  await root.stop();
});

test("the file-worker writes and reads in a thread of its own", writesAndReads, threadHost);
test("the file-worker writes and reads inline", writesAndReads, inlineHost);
