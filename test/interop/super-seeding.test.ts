// Six libtorrent leechers, each on a slow line of its own, download from our super-seed and from each other.

import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { firstDifference } from "../support/files/compare-files.ts";
import { writePayload } from "../support/files/payload.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, writeTorrentFile } from "../support/files/torrent-file.ts";
import { Network } from "../support/network.ts";
import { until } from "../support/time/until.ts";

const leecherCount = 6;
const payloadBytes = 24 << 20;
const pieceLengthBytes = 1 << 18;
/** The line of each machine; the seeder's takes 50 s for the payload. */
const megabits = 4;

/** Settles when the leechers together have every piece. */
async function untilTheyHaveAll(leechers: readonly Libtorrent[]): Promise<void> {
  const pieceCount = payloadBytes / pieceLengthBytes;
  await until("the leechers together have every piece", async () => {
    const figures = await Promise.all(leechers.map((leecher) => leecher.figures()));
    const had = new Set<number>();
    for (const { pieces } of figures) {
      for (const [piece, sign] of Array.from(pieces).entries()) if (sign === "#") had.add(piece);
    }
    return had.size === pieceCount;
  });
}

/** Payload that the seeder has sent, as of its next event. */
async function nextUploadedBytes(seeder: Troupe): Promise<number> {
  const seen = seeder.all("progress").length;
  await until("a figure of the seeder", () => seeder.all("progress").length > seen);
  return Number(seeder.latest("progress")?.["uploadedBytes"]);
}

test.serial(
  "B08: our super-seed sends 1.2 × the torrent at most until six libtorrent leechers have it together",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const newFolder = (): TemporaryFolder => {
      const folder = temporaryFolder("super-seeding");
      stack.defer(() => folder.remove());
      return folder;
    };
    const network = stack.use(await Network.of(2 + leecherCount));
    const [trackers, seeders, ...machines] = network.clients;
    if (trackers === undefined || seeders === undefined) return t.fail();
    for (const machine of [seeders, ...machines]) await machine.limitLine(megabits);
    const plan = { name: "payload", pieceLengthBytes, files: payloadBytes };
    const payload = writePayload({ ...plan, folder: newFolder().path });
    const infoHash = infoHashOf(payload);
    const tracker = stack.use(await Opentracker.start([infoHash], trackers));
    const torrent = writeTorrentFile({ ...payload, folder: newFolder().path }, [tracker.url]).path;
    const seeder = stack.use(
      await Troupe.seed({
        torrent,
        folder: payload.folder,
        within: seeders.within,
        arguments: ["--super-seed"],
      }),
    );
    await tracker.knowsSeeder(infoHash);
    const folders = machines.map(() => newFolder().path);
    const leechers: Libtorrent[] = [];
    for (const [place, { ip4, within }] of machines.entries()) {
      const folder = folders[place] ?? "";
      leechers.push(stack.use(await Libtorrent.leech({ torrent, folder, host: ip4, within })));
    }
    await untilTheyHaveAll(leechers);
    const share = (await nextUploadedBytes(seeder)) / payloadBytes;
    t.log(`${share.toFixed(3)} × the torrent`);
    t.true(share <= 1.2, `${share.toFixed(3)} × the torrent`);
    await Promise.all(leechers.map((leecher) => leecher.finished()));
    for (const folder of folders)
      t.is(await firstDifference([payload.folder, folder], payload.paths), undefined);
  },
);
