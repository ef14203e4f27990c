// The program of `--on-complete`, as the command starts it.

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Troupe } from "../support/clients/troupe.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix(
  "a program runs when the torrent is in its final folder, and its output disturbs nothing",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 100_000 });
    const { coordinator } = await swarm.seed({ engine: { host: "inline" } });
    const { path: torrent } = writeTorrentFile(swarm.payload);
    const [part, data] = [swarm.folder("part").path, swarm.folder("data").path];
    const bin = swarm.folder("bin").path;
    const program = join(bin, "done; touch $HOME");
    // The torrent is whole where the variables say, when the program runs.
    writeFileSync(
      program,
      `#!/bin/sh\necho noise\necho noise >&2\n[ -s "$TR_TORRENT_DIR/payload" ] || exit 1\nenv | grep ^TR_ > ${bin}/seen\necho "$#" >> ${bin}/seen\n`,
    );
    chmodSync(program, 0o755);
    await using troupe = await Troupe.download({
      torrent,
      folder: data,
      arguments: [
        ...["--incomplete-dir", part, "--on-complete", program, "--no-trackers"],
        ...["--peer", `127.0.0.1:${coordinator.port}`],
      ],
    });
    await troupe.finished();
    const lines = readFileSync(join(bin, "seen"), "utf8").trim().split("\n");
    t.is(lines.at(-1), "0", "it has no arguments");
    const seen = Object.fromEntries(lines.slice(0, -1).map((line) => line.split("=")));
    t.like(seen, {
      TR_TORRENT_DIR: data,
      TR_TORRENT_HASH: swarm.infoHash,
      TR_TORRENT_NAME: "payload",
      TR_TORRENT_BYTES_DOWNLOADED: "100000",
      TR_TORRENT_ID: "1",
    });
    t.deepEqual(Object.keys(seen).toSorted(), [
      ...["TR_APP_VERSION", "TR_TIME_LOCALTIME", "TR_TORRENT_BYTES_DOWNLOADED", "TR_TORRENT_DIR"],
      ...["TR_TORRENT_HASH", "TR_TORRENT_ID", "TR_TORRENT_LABELS", "TR_TORRENT_NAME"],
      ...["TR_TORRENT_PRIORITY", "TR_TORRENT_TRACKERS"],
    ]);
    // The disk of a busy machine may be slow.
    const warnings = troupe.all("warning").filter(({ code }) => code !== "disk-slow");
    t.deepEqual(warnings, []);
  },
);
