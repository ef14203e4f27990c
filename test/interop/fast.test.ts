// The fast extension (BEP 6) and partial seeds (BEP 21) between us and libtorrent, as libtorrent logs them.

import test from "ava";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { helloBytes, Relay } from "../support/swarm/relay.ts";
import { Troupe } from "../support/clients/troupe.ts";

const mebibyte = 1 << 20;
const pieceLengthBytes = mebibyte / 4;
/** A door before our client: the connection stays while libtorrent is asked about it. */
async function doorTo(ours: Troupe): Promise<Relay> {
  const { port } = await ours.event("listening");
  const target = { host: "127.0.0.1", port: Number(port) };
  const relay = await Relay.open({ target, gated: "target" });
  relay.allow(helloBytes);
  return relay;
}

test.serial(
  "A10: libtorrent hears have-all and the allowed pieces of our seed, and downloads from it",
  async (t) => {
    await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 8 * mebibyte });
    const { payload, source, target } = exchange;
    const torrent = writeTorrentFile(payload).path;
    await using seeder = await Troupe.seed({ torrent, folder: source });
    await using relay = await doorTo(seeder);
    await using leech = await Libtorrent.leech({
      ...{ torrent, folder: target, peer: relay },
      logsPeers: true,
    });
    const { heard, uploadOnly } = await leech.figuresWhen(
      "our seed says that it downloads nothing more, and which pieces are allowed",
      (figures) => figures.uploadOnly.length > 0 && figures.heard.includes("ALLOWED_FAST"),
    );
    t.true(heard.includes("HAVE_ALL"), heard.join(" "));
    t.deepEqual(uploadOnly, ["127.0.0.1"], "a seed downloads nothing more");
    relay.allow(Infinity);
    await leech.finished();
    await assertSameFiles(t, payload, target);
  },
);

test.serial("A10: a libtorrent seed hears have-none of us, and we download from it", async (t) => {
  await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 8 * mebibyte });
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
  const { payload, source, target } = exchange;
  const torrent = writeTorrentFile(payload).path;
  const seeder = await Libtorrent.seed({ torrent, folder: source });
  await using ours = await Troupe.download({
    ...{ torrent, folder: target },
    arguments: ["--select", "1", "--seed", "--peer", `127.0.0.1:${await seeder.port()}`],
  });
  await ours.event("complete");
  await seeder[Symbol.asyncDispose]();
  await using relay = await doorTo(ours);
  using folder = temporaryFolder("interop-leech");
  await using leech = await Libtorrent.leech({ torrent, folder: folder.path, peer: relay });
  const { uploadOnly } = await leech.figuresWhen(
    "our partial seed says that it downloads nothing more",
    (figures) => figures.uploadOnly.length > 0,
  );
  t.deepEqual(uploadOnly, ["127.0.0.1"]);
});
