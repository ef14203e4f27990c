// The fast extension (BEP 6) and partial seeds (BEP 21) between us and libtorrent, as libtorrent logs them.

import { setTimeout as delay } from "node:timers/promises";

import test from "ava";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent, type LibtorrentFigures } from "../support/clients/libtorrent.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Troupe } from "../support/clients/troupe.ts";

const mebibyte = 1 << 20;
const pieceLengthBytes = mebibyte / 4;
const pollMs = 200;
const mostPolls = 150;

/** The figures of libtorrent as soon as `isDue` holds for them. */
async function figuresWhen(
  peer: Libtorrent,
  isDue: (figures: LibtorrentFigures) => boolean,
): Promise<LibtorrentFigures> {
  for (let polls = 0; ; polls++) {
    const figures = await peer.figures();
    if (isDue(figures) || polls === mostPolls) return figures;
    await delay(pollMs);
  }
}

test.serial(
  "A10: libtorrent hears have-all and the allowed pieces of our seed, and downloads from it",
  async (t) => {
    await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 32 * mebibyte });
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    await using leech = await Libtorrent.leech({
      torrent: torrent.path,
      folder: target,
      downLimit: 16 * mebibyte,
      logsPeers: true,
    });
    await leech.finished();
    await assertSameFiles(t, payload, target);
    const { heard, uploadOnly } = await leech.figures();
    t.true(heard.includes("HAVE_ALL"), heard.join(" "));
    t.true(heard.includes("ALLOWED_FAST"), heard.join(" "));
    t.deepEqual(uploadOnly, ["127.0.0.1"], "a seed downloads nothing more");
  },
);

test.serial("A10: a libtorrent seed hears have-none of us, and we download from it", async (t) => {
  await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 32 * mebibyte });
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Libtorrent.seed({
    torrent: torrent.path,
    folder: source,
    logsPeers: true,
  });
  await tracker.knowsSeeder(torrent.infoHash);
  await using download = await Troupe.download({ torrent: torrent.path, folder: target });
  await download.finished();
  await assertSameFiles(t, payload, target);
  const { heard } = await seeder.figures();
  t.true(heard.includes("HAVE_NONE"), heard.join(" "));
  t.false(heard.includes("BITFIELD"), heard.join(" "));
});

test.serial("B05: libtorrent sees our partial seed as upload-only", async (t) => {
  await using exchange = await Exchange.prepare({
    pieceLengthBytes,
    files: [
      { path: ["first"], lengthBytes: 8 * mebibyte },
      { path: ["second"], lengthBytes: 8 * mebibyte },
    ],
  });
  const { torrent, tracker, source, target } = exchange;
  const seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);
  await using ours = await Troupe.download({
    torrent: torrent.path,
    folder: target,
    arguments: ["--select", "1", "--seed"],
  });
  await ours.event("complete");
  await seeder[Symbol.asyncDispose]();
  // libtorrent closes the connection to an upload-only peer that has nothing more for it: the limit keeps it open.
  using folder = temporaryFolder("interop-leech");
  await using leech = await Libtorrent.leech({
    torrent: torrent.path,
    folder: folder.path,
    downLimit: mebibyte,
  });
  const { uploadOnly } = await figuresWhen(leech, (figures) => figures.uploadOnly.length > 0);
  t.deepEqual(uploadOnly, ["127.0.0.1"]);
});
