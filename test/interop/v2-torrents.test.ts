// Torrents of version 2 and hybrids from libtorrent to us and back, with files that end at the edges of blocks and pieces.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import {
  assertEdgeFiles,
  edgeTorrent,
  writeEdgeFiles,
  type EdgeTorrent,
} from "../support/hashes/edge-torrent.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const kibibyte = 1_024;

/** libtorrent may write padding as files: those that the torrent names are compared. */
function digestsOf({ files }: EdgeTorrent, read: (path: string) => Uint8Array): string[] {
  return files
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ path }) => `${path} ${createHash("sha256").update(read(path)).digest("hex")}`);
}

for (const version of ["v2", "hybrid"] as const) {
  for (const pieceBytes of [16 * kibibyte, 64 * kibibyte, 4 * kibibyte ** 2]) {
    const what = `${version}, pieces of ${pieceBytes / kibibyte} KiB`;
    const torrent = edgeTorrent(version, pieceBytes);

    test.serial(`A15, A16: a torrent comes whole from libtorrent, ${what}`, async (t) => {
      using source = temporaryFolder();
      using target = temporaryFolder();
      writeEdgeFiles(torrent, source.path);
      const path = join(source.path, "edges.torrent");
      writeFileSync(path, torrent.bytes);
      await using libtorrent = await Libtorrent.seed({ torrent: path, folder: source.path });
      await using coordinator = await Coordinator.start({ ...local, directory: target.path });
      const peers = [{ host, port: await libtorrent.port() }];
      const download = await coordinator.add(torrent.bytes, { peers });
      await download.completed;
      assertEdgeFiles(t, torrent, target.path);
      const { progress } = await download.status();
      t.is(progress.downloadedBytes, torrent.dataBytes);
    });

    test.serial(`A15, A16: libtorrent gets a torrent whole from us, ${what}`, async (t) => {
      using source = temporaryFolder();
      using target = temporaryFolder();
      writeEdgeFiles(torrent, source.path);
      await using coordinator = await Coordinator.start({ ...local, directory: source.path });
      const seed = await coordinator.add(torrent.bytes);
      await seed.completed;
      const path = join(target.path, "edges.torrent");
      writeFileSync(path, torrent.bytes);
      await using libtorrent = await Libtorrent.leech({
        torrent: path,
        folder: target.path,
        peer: { host, port: coordinator.port },
      });
      await libtorrent.finished();
      const arrived = (file: string) => readFileSync(join(target.path, "folder", file));
      const sent = (file: string) => readFileSync(join(source.path, "folder", file));
      t.deepEqual(digestsOf(torrent, arrived), digestsOf(torrent, sent));
    });
  }
}
