import { ClientRun } from "../client-run.ts";
import type { ClientName } from "../clients.ts";
import { checkAndEmpty, emptyTarget, gibibyte, makeContent, mebibyte } from "../content.ts";
import type { Figures } from "../figures.ts";
import type { OpenRow, Place, Row } from "../row.ts";
import { transferFigures } from "./download.ts";
import { startSeeder } from "./seeding.ts";

/** Downloads from libtorrent over uTP. */
export const downloadUtp: Row = {
  name: "download-utp",
  title: "Download of 1 GiB from a libtorrent seeder over uTP",
  about:
    "Pieces of 1 MiB, over uTP alone. The seeder shares the machine. The clock runs from the start of the process until it announces its completion, or ends.",
  goal: "≥ 0.8 × libtorrent's speed at ≤ 1.5 × its processor time",
  contestants: ["ours", "libtorrent"],
  figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches"],
  compared: ["rate", "cpu"],
  reference: "libtorrent",
  takesCommits: true,
  open: async (place) => await openDownload(place),
};

async function openDownload(place: Place): Promise<OpenRow> {
  const content = makeContent(place, { totalBytes: gibibyte, pieceLengthBytes: mebibyte });
  const { payload, torrent, joinedFile } = content;
  return await Promise.resolve({
    source: joinedFile,
    async run(contestant, prepare): Promise<Figures> {
      await using seeder = await startSeeder("libtorrent", place, content, true);
      await prepare();
      const target = emptyTarget(place);
      place.tracker.reset([{ host: "127.0.0.1", port: seeder.port }]);
      const torrents = [torrent.path];
      const task = { role: "leecher", torrents, dataFolder: target, isOverUtp: true } as const;
      await using run = await ClientRun.start(contestant as ClientName, place, task);
      const { cost, doneSeconds } = await run.done();
      checkAndEmpty(payload, target);
      return transferFigures(cost, payload.totalBytes, doneSeconds);
    },
    async [Symbol.asyncDispose]() {},
  });
}
