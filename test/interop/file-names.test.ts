// Names of every odd kind: what other clients have downloaded is found by us, and what we have downloaded by them.

import { rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runProcess } from "../support/programs/process.ts";
import { until } from "../support/time/until.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const pieceLengthBytes = 16_384;

/** Kept by all these clients. */
const keptByAll = [
  "Title: Part 1?.bin",
  'a<b>c|d"e*.bin',
  "dot.",
  "dots...",
  "space ",
  " in front",
  "CON",
  "nul.txt",
  "sub. /x|y.bin",
  "AUX/plain.bin",
  "composed \u00e9.bin",
  "decomposed e\u0301.bin",
  "family \u{1f468}\u200d\u{1f469}\u200d\u{1f467}.bin",
  "flag \u{1f3f4}\u{e0067}\u{e0062}\u{e007f} heart \u2764\ufe0f.bin",
  ".hidden",
  "..two",
  "$HOME ~ -x & %41 #.bin",
];
/** libtorrent, and so qBittorrent, numbers names that differ in case alone, and cuts long ones. */
const changedByLibtorrent = ["README.txt", "readme.txt", `${"x".repeat(251)}.bin`];

function shapeOf(names: readonly string[]) {
  const files = names.map((name, index) => ({
    path: name.split("/"),
    lengthBytes: 40_000 + 1_000 * index,
  }));
  return { pieceLengthBytes, files };
}

for (const [name, client, keepsAll] of [
  ["qBittorrent", Qbittorrent, false],
  ["libtorrent", Libtorrent, false],
  ["rtorrent", Rtorrent, true],
  ["aria2", Aria2, true],
] as const) {
  test.serial(
    `a download of ${name} with odd names is checked whole, seeded and continued by us`,
    async (t) => {
      await using exchange = await Exchange.prepare(
        shapeOf([...keptByAll, ...changedByLibtorrent]),
      );
      const { torrent, tracker, payload, source, target } = exchange;
      const seeded = temporaryFolder("interop-seeded");
      t.teardown(() => seeded.remove());
      {
        await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
        await tracker.knowsSeeder(torrent.infoHash);
        await using leech = await client.leech({ torrent: torrent.path, folder: target });
        await leech.finished();
        // libtorrent tells the end before its disk thread has made the last file.
        await until("all bytes are in files", async () => {
          const bytes = filesBelow(target).map((path) => statSync(join(target, path)).size);
          return bytes.reduce((sum, each) => sum + each, 0) >= payload.totalBytes;
        });
      }
      const names = filesBelow(target);
      if (keepsAll) t.deepEqual(names, payload.paths.toSorted());

      // Ends with another code than 0 unless every piece passes.
      await runProcess([process.execPath, command, "check", torrent.path, "--dir", target]);
      {
        await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: target });
        await tracker.knowsSeeder(torrent.infoHash);
        await using download = await Troupe.download({
          torrent: torrent.path,
          folder: seeded.path,
        });
        await download.finished();
        await assertSameFiles(t, payload, seeded.path);
      }

      truncateSync(join(target, "payload", "Title: Part 1?.bin"), 20_000);
      rmSync(join(target, "payload", "sub. /x|y.bin"));
      await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
      await tracker.knowsSeeder(torrent.infoHash);
      await using rest = await Troupe.download({ torrent: torrent.path, folder: target });
      await rest.finished();
      t.deepEqual(filesBelow(target), names);
      const downloadedBytes = rest.latest("progress")?.["downloadedBytes"];
      // The 20,000 bytes of one file and the 48,000 of the other are in eight pieces at most.
      t.true(Number(downloadedBytes) <= 8 * pieceLengthBytes, `${String(downloadedBytes)} bytes`);
    },
  );

  test.serial(`${name} finds our download with odd names whole, and seeds it`, async (t) => {
    const names = keepsAll ? [...keptByAll, ...changedByLibtorrent] : keptByAll;
    await using exchange = await Exchange.prepare(shapeOf(names));
    const { torrent, tracker, payload, source, target } = exchange;
    const further = temporaryFolder("interop-further");
    t.teardown(() => further.remove());
    {
      await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
      await tracker.knowsSeeder(torrent.infoHash);
      await using download = await Troupe.download({ torrent: torrent.path, folder: target });
      await download.finished();
      await assertSameFiles(t, payload, target);
    }
    await using _theirs = await client.seed({ torrent: torrent.path, folder: target });
    await using download = await Troupe.download({ torrent: torrent.path, folder: further.path });
    await download.finished();
    await assertSameFiles(t, payload, further.path);
    t.deepEqual(filesBelow(target), payload.paths.toSorted());
  });
}
