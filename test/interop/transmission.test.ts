import test from "ava";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";

const lengthBytes = 16 << 20;
const shape = { pieceLengthBytes: 1 << 18, files: lengthBytes };

test.serial(
  "16 MiB arrive from Transmission, which we dial, found through opentracker",
  async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    await using seeder = await Transmission.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);

    await using download = await Troupe.download({ torrent: torrent.path, folder: target });
    await download.finished();

    await assertSameFiles(t, payload, target);
    t.true((await seeder.figures()).uploaded >= lengthBytes);
  },
);

// Transmission dials no address of this machine.
test.serial("Transmission, which we dial, downloads 16 MiB from us", async (t) => {
  await using exchange = await Exchange.prepare(shape);
  const { torrent, payload, source, target } = exchange;
  await using leech = await Transmission.leech({ torrent: torrent.path, folder: target });
  await using _seeder = await Troupe.seed({
    torrent: torrent.path,
    folder: source,
    arguments: ["--peer", `127.0.0.1:${leech.port}`, "--no-trackers"],
  });
  await leech.finished();
  await assertSameFiles(t, payload, target);
});
