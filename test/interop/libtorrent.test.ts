import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";

const mebibyte = 1 << 20;

test.serial("16 MiB in one file arrive from libtorrent, found through opentracker", async (t) => {
  const lengthBytes = 16 * mebibyte;
  await using exchange = await Exchange.prepare({
    pieceLengthBytes: mebibyte / 4,
    files: lengthBytes,
  });
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);

  await using download = await Troupe.download({ torrent: torrent.path, folder: target });
  await download.finished();

  await assertSameFiles(t, payload, target);
  t.true((await seeder.figures()).uploaded >= lengthBytes);
});

test.serial("libtorrent downloads 16 MiB from us, found through opentracker", async (t) => {
  const lengthBytes = 16 * mebibyte;
  await using exchange = await Exchange.prepare({
    pieceLengthBytes: mebibyte / 4,
    files: lengthBytes,
  });
  const { torrent, tracker, payload, source, target } = exchange;
  await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);

  await using leech = await Libtorrent.leech({ torrent: torrent.path, folder: target });
  await leech.finished();

  await assertSameFiles(t, payload, target);
  const figures = await leech.figures();
  t.true(figures.downloaded >= lengthBytes);
  t.true(figures.clients.some((client) => /troupe|TP/i.test(client)));
});
