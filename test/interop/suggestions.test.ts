// Suggested pieces (BEP 6) that a slow disk has read, to clients that use suggestions, and to clients that do not.

import test from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const mebibyte = 1 << 20;
const shimSource = new URL("../faults/faulty-disk.c", import.meta.url);

test.serial(
  "E13: libtorrent, Transmission, aria2 and qBittorrent download from a seed that suggests pieces, and close no connection",
  async (t) => {
    await using exchange = await Exchange.prepare({
      pieceLengthBytes: mebibyte / 4,
      files: 32 * mebibyte,
    });
    const { torrent, tracker, payload, source } = exchange;
    using folders = new DisposableStack();
    const targets = Array.from({ length: 4 }, () => folders.use(temporaryFolder("leech")).path);
    const [first = "", second = "", third = "", fourth = ""] = targets;
    const shim = await buildNative(shimSource, ["-shared", "-fPIC", "-ldl"]);
    const slow = [`LD_PRELOAD=${shim}`, `FAULT_ROOT=${source}`, "FAULT_KIND=slow-read"];
    await using transmission = await Transmission.leech({ torrent: torrent.path, folder: second });
    await using seed = await Troupe.seed({
      ...{ torrent: torrent.path, folder: source, within: ["env", ...slow] },
      arguments: ["--peer", `127.0.0.1:${transmission.port}`, "--upload-slots", "all"],
    });
    await tracker.knowsSeeder(torrent.infoHash);
    await using libtorrent = await Libtorrent.leech({
      ...{ torrent: torrent.path, folder: first, logsPeers: true },
      // The others download beside it.
      downLimit: 2 * mebibyte,
    });
    await using aria2 = await Aria2.leech({ torrent: torrent.path, folder: third });
    await using qbittorrent = await Qbittorrent.leech({ torrent: torrent.path, folder: fourth });
    await Promise.all([
      libtorrent.finished(),
      transmission.finished(),
      aria2.finished(),
      qbittorrent.finished(),
    ]);
    for (const target of targets) {
      // oxlint-disable-next-line no-await-in-loop
      await assertSameFiles(t, payload, target);
    }
    const { heard } = await libtorrent.figures();
    t.true(heard.includes("SUGGEST_PIECE"), heard.join(" "));
    const clients = seed
      .all("peer")
      .filter(({ connected }) => connected === true)
      .map(({ client }) => String(client));
    t.is(clients.length, targets.length, clients.join(", "));
  },
);
