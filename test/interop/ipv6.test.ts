import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";

const mebibyte = 1 << 20;
const loopback = "::1";

test("16 MiB arrive from libtorrent over IPv6, announced and found over IPv6", async (t) => {
  const lengthBytes = 16 * mebibyte;
  await using exchange = await Exchange.prepareWith(
    { pieceLengthBytes: mebibyte / 4, files: lengthBytes },
    () => startOwnTracker(loopback),
  );
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Libtorrent.seed({
    torrent: torrent.path,
    folder: source,
    host: loopback,
  });
  await tracker.knowsSeeder(torrent.infoHash);

  await using download = await Troupe.download({ torrent: torrent.path, folder: target });
  await download.finished();

  await assertSameFiles(t, payload, target);
  const figures = await seeder.figures();
  t.true(figures.uploaded >= lengthBytes);
  t.deepEqual(figures.addresses, [loopback]);
});
