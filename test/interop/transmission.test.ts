import test from "ava";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";

const mebibyte = 1 << 20;

test("32 MiB arrive from Transmission, which we dial, found through opentracker", async (t) => {
  const lengthBytes = 32 * mebibyte;
  await using exchange = await Exchange.prepare({
    pieceLengthBytes: mebibyte / 4,
    files: lengthBytes,
  });
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Transmission.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);

  await using download = await Troupe.download({ torrent: torrent.path, folder: target });
  await download.finished();

  await assertSameFiles(t, payload, target);
  t.true((await seeder.figures()).uploaded >= lengthBytes);
});
