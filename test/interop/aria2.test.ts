import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import type { PayloadFile } from "../support/files/payload.ts";

const mebibyte = 1 << 20;

test.serial("2,000 files arrive from aria2, found through opentracker", async (t) => {
  const lengthBytes = 16 * mebibyte;
  const files = manyFiles(2_000, lengthBytes);
  await using exchange = await Exchange.prepare({ pieceLengthBytes: mebibyte / 4, files });
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Aria2.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);

  await using download = await Troupe.download({ torrent: torrent.path, folder: target });
  await download.finished();

  t.is(payload.totalBytes, lengthBytes);
  await assertSameFiles(t, payload, target);
  t.true((await seeder.figures()).uploaded >= lengthBytes);
});

test.serial("aria2 downloads 16 MiB from us, found through opentracker", async (t) => {
  const lengthBytes = 16 * mebibyte;
  await using exchange = await Exchange.prepare({
    pieceLengthBytes: mebibyte / 4,
    files: lengthBytes,
  });
  const { torrent, tracker, payload, source, target } = exchange;
  await using seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);

  await using leech = await Aria2.leech({ torrent: torrent.path, folder: target });
  await leech.finished();

  await assertSameFiles(t, payload, target);
  t.is((await leech.figures()).downloaded, lengthBytes);
  const served = await seeder.event("progress", ({ uploadedBytes }) => {
    return Number(uploadedBytes) >= lengthBytes;
  });
  t.truthy(served);
});

/** Files of all lengths in a few folders, some of them empty, `totalBytes` together. */
function manyFiles(count: number, totalBytes: number): PayloadFile[] {
  const mean = Math.floor(totalBytes / count);
  let left = totalBytes;
  return Array.from({ length: count }, (_, file) => {
    // 0 to twice the mean and back, so that pairs make up for each other; the last takes what is left.
    const swing = Math.floor((2 * mean * (file % 100)) / 99);
    const lengthBytes = file === count - 1 ? left : swing;
    left -= lengthBytes;
    return { path: [`folder ${file % 7}`, `file ${file}.bin`], lengthBytes };
  });
}
