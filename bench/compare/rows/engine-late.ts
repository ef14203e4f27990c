// How late the engine's event loop is during a download: only the library tells it.

import { fileURLToPath } from "node:url";
import type { LibraryReport } from "../../blocked-caller/library-run.ts";
import { runMeasured } from "../../support/measure.ts";
import { Seeder } from "../../support/seeder.ts";
import { checkAndEmpty, emptyTarget, gibibyte, makeContent, mebibyte } from "../content.ts";
import type { OpenRow, Place, Row } from "../row.ts";

const libraryRun = fileURLToPath(new URL("../../blocked-caller/library-run.ts", import.meta.url));

/** Delays of the engine's event loop. */
export const engineLate: Row = {
  name: "engine-late",
  title: "Delay of the engine thread",
  about: "A download of 1 GiB with pieces of 1 MiB by the library, run from its sources.",
  goal: "99.9 % ≤ 5 ms",
  contestants: ["library"],
  figures: ["rate", "lateMost", "lateMax"],
  compared: [],
  reference: "library",
  open: openLate,
};

async function openLate(place: Place): Promise<OpenRow> {
  const content = makeContent(place, { totalBytes: gibibyte, pieceLengthBytes: mebibyte });
  const { payload, torrent, joinedFile } = content;
  const { pieceLengthBytes } = payload;
  const { infoHash, path } = torrent;
  const seeder = await Seeder.start({ infoHash, file: joinedFile, pieceLengthBytes });
  return {
    source: joinedFile,
    async run(_contestant, prepare) {
      await prepare();
      const target = emptyTarget(place);
      const { lines, cost } = await runMeasured(
        [process.execPath, libraryRun, path, target, String(seeder.port)],
        { environment: { NODE_COMPILE_CACHE: place.compiledFolder } },
      );
      checkAndEmpty(payload, target);
      const { engineDelayMs } = JSON.parse(lines.at(-1) ?? "") as LibraryReport;
      return {
        rate: payload.totalBytes / 1e6 / cost.wallSeconds,
        lateMost: engineDelayMs.p999,
        lateMax: engineDelayMs.max,
      };
    },
    [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose](),
  };
}
