import test from "ava";
import type { TorrentKey } from "@troupe/protocol/identity";
import { shareBytes } from "@troupe/messages";
import { saveJobTorrent, saveTorrentCopy } from "../../src/state/save-torrent.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const metainfo = shareBytes(Uint8Array.of(1, 2, 3));

test("the copy of a .torrent is whole, and readable by its owner alone", (t) => {
  const disk = new MemoryDisk();
  const path = "/state/torrents/a.torrent";
  t.deepEqual(saveTorrentCopy({ disk }, { path, metainfo }), {});
  t.deepEqual(saveTorrentCopy({ disk }, { path, metainfo }), {}, "it replaces an earlier copy");
  t.deepEqual(disk.readFile(path), Uint8Array.of(1, 2, 3));
  t.is(disk.stat(path)?.mode, 0o600);
});

test("the copy of a hybrid is found by its other hash, and saved where that name cannot be written", (t) => {
  const path = "/state/torrents/a.torrent";
  const key = "a".repeat(40) as TorrentKey;
  const name = "/state/torrents/b.key";
  const disk = new MemoryDisk();
  t.deepEqual(saveTorrentCopy({ disk }, { path, metainfo, named: { key, paths: [name] } }), {});
  t.is(Buffer.from(disk.readFile(name)).toString(), key);
  t.is(disk.stat(name)?.mode, 0o600);
  const away = { key, paths: ["/away/b.key"] };
  t.deepEqual(saveTorrentCopy({ disk }, { path, metainfo, named: away }), {});
  t.deepEqual(disk.readFile(path), Uint8Array.of(1, 2, 3));
});

test("a copy on a file system without modes is saved", (t) => {
  const disk = new MemoryDisk();
  const path = "/state/torrents/a.torrent";
  disk.fail("setAccess", "EPERM");
  t.deepEqual(saveTorrentCopy({ disk }, { path, metainfo }), {});
  t.deepEqual(disk.readFile(path), Uint8Array.of(1, 2, 3));
});

test("a copy that the disk refuses is a refusal with the reason", (t) => {
  const disk = new MemoryDisk();
  disk.fail("writeFileAtomically", "ENOSPC");
  const path = "/state/torrents/a.torrent";
  t.like(saveTorrentCopy({ disk }, { path, metainfo }), { refused: "disk-full", path });
  t.is(disk.stat(path), undefined);
});

test("the .torrent of a job replaces its magnet link, which may be gone", (t) => {
  const disk = new MemoryDisk();
  disk.makeFolder("/job/.troupe");
  const linkPath = "/job/.troupe/job.magnet";
  disk.writeFileAtomically(linkPath, Uint8Array.of(9));
  const path = "/job/.troupe/job.torrent";
  for (const time of ["first", "second"])
    t.deepEqual(saveJobTorrent({ disk }, { path, metainfo, linkPath }), {}, time);
  t.deepEqual(disk.readFile(path), Uint8Array.of(1, 2, 3));
  t.is(disk.stat(linkPath), undefined);
});

test("the link stays when the .torrent of a job cannot be written", (t) => {
  const disk = new MemoryDisk();
  disk.makeFolder("/job/.troupe");
  const linkPath = "/job/.troupe/job.magnet";
  disk.writeFileAtomically(linkPath, Uint8Array.of(9));
  disk.fail("writeFileAtomically", "EROFS");
  const message = { path: "/job/.troupe/job.torrent", metainfo, linkPath };
  t.like(saveJobTorrent({ disk }, message), { refused: "EROFS" });
  t.not(disk.stat(linkPath), undefined);
});
