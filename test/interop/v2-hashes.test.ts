// Hash layers of version 2 between libtorrent and us, in both directions (BEP 52).

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { v2Torrent, writeV2Files, type V2Torrent } from "../support/hashes/v2-torrent.ts";
import { isLong } from "../support/lanes.ts";
import { quiet } from "../support/swarm/quiet.ts";

const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
const host = "127.0.0.1";
const kib = 1_024;

/** More than 512 pieces, files of one piece and less, and pieces of one block and of four. */
const shapes = [
  { pieceLengthBytes: 16 * kib, lengths: [0, 600 * 16 * kib + 5, 16 * kib, 1] },
  { pieceLengthBytes: 64 * kib, lengths: [40_000_001, 3 * 64 * kib, 64 * kib, 64 * kib + 1] },
];

function assertWhole(
  t: { true(value: boolean, text: string): unknown },
  torrent: V2Torrent,
  folder: string,
): void {
  for (const { name, bytes } of torrent.files)
    t.true(readFileSync(join(folder, torrent.name, name)).equals(bytes), name);
}

for (const { pieceLengthBytes, lengths } of isLong ? shapes : shapes.slice(0, 1)) {
  const what = `pieces of ${pieceLengthBytes / kib} KiB`;
  const torrent = v2Torrent(lengths, pieceLengthBytes);

  test.serial(
    `A17: a .torrent without layers is downloaded from libtorrent, ${what}`,
    async (t) => {
      using source = temporaryFolder();
      using target = temporaryFolder();
      writeV2Files(torrent, source.path);
      const path = join(source.path, "whole.torrent");
      writeFileSync(path, torrent.whole);
      await using libtorrent = await Libtorrent.seed({ torrent: path, folder: source.path });
      await using coordinator = await Coordinator.start({ ...local, directory: target.path });
      const peers = [{ host, port: await libtorrent.port() }];
      const download = await coordinator.add(torrent.bare, { peers });
      await download.completed;
      assertWhole(t, torrent, target.path);
    },
  );

  test.serial(
    `A17: the hash layers of a magnet come from libtorrent, which reads the .torrent, ${what}`,
    async (t) => {
      using source = temporaryFolder();
      using target = temporaryFolder();
      writeV2Files(torrent, source.path);
      const [path, saved] = ["whole", "saved"].map((name) => join(source.path, `${name}.torrent`));
      writeFileSync(path ?? "", torrent.whole);
      {
        await using libtorrent = await Libtorrent.seed({
          torrent: path ?? "",
          folder: source.path,
        });
        await using coordinator = await Coordinator.start({ ...local, directory: target.path });
        const link = `magnet:?xt=urn:btmh:1220${torrent.hash}&x.pe=${host}:${await libtorrent.port()}`;
        const options = { metadataOnly: true, layersWithinSeconds: 600 };
        const magnet = await coordinator.add(link, options);
        await magnet.metadata;
        t.is(Buffer.compare(magnet.metainfo ?? new Uint8Array(), torrent.whole), 0);
        writeFileSync(saved ?? "", magnet.metainfo ?? "");
      }
      await using seeder = await Libtorrent.seed({ torrent: saved ?? "", folder: source.path });
      await using coordinator = await Coordinator.start({ ...local, directory: target.path });
      const peers = [{ host, port: await seeder.port() }];
      await (
        await coordinator.add(torrent.whole, { peers })
      ).completed;
      assertWhole(t, torrent, target.path);
    },
  );

  test.serial(`A17: libtorrent downloads from us by a btmh magnet alone, ${what}`, async (t) => {
    using source = temporaryFolder();
    using target = temporaryFolder();
    writeV2Files(torrent, source.path);
    await using coordinator = await Coordinator.start({ ...local, directory: source.path });
    await (
      await coordinator.add(torrent.whole)
    ).completed;
    await using libtorrent = await Libtorrent.leech({
      torrent: `magnet:?xt=urn:btmh:1220${torrent.hash}&x.pe=${host}:${coordinator.port}`,
      folder: target.path,
      logsPeers: true,
    });
    await libtorrent.finished();
    assertWhole(t, torrent, target.path);
    const { heard } = await libtorrent.figures();
    t.true(heard.includes("HASHES"), heard.join());
  });
}
