// Checks of complete content in the page cache, beside OpenSSL's hash of as many bytes.

import { availableParallelism } from "node:os";
import { opensslBytesPerSecond } from "../../support/openssl.ts";
import { ClientRun } from "../client-run.ts";
import { clientNames, type ClientName } from "../clients.ts";
import { gibibyte, makeContent, mebibyte } from "../content.ts";
import type { OpenRow, Place, Row } from "../row.ts";
import { transferFigures } from "./download.ts";

const totalBytes = 4 * gibibyte;

/** Re-check of 4 GiB. */
export const recheck: Row = {
  name: "recheck",
  title: "Check of 4 GiB in the page cache",
  about: `The clock runs from the start of the process until it ends, or announces complete content. OpenSSL's rate is that of SHA-1 alone, on ${availableParallelism()} cores.`,
  goal: "≥ 2.6 × libtorrent's speed, or ≥ 0.8 × OpenSSL's",
  contestants: [...clientNames, "openssl"],
  figures: ["rate", "wall", "cpu", "peakRss", "peakAnonymous", "switches"],
  compared: ["rate", "cpu"],
  reference: "libtorrent",
  takesCommits: true,
  open: async (place) => open(place),
};

function open(place: Place): OpenRow {
  const content = makeContent(place, { totalBytes, pieceLengthBytes: mebibyte });
  const { payload, torrent } = content;
  return {
    source: content.joinedFile,
    async run(contestant, prepare) {
      await prepare();
      if (contestant === "openssl") return { rate: (await opensslBytesPerSecond()) / 1e6 };
      place.tracker.reset([]);
      const task = {
        role: "checker",
        torrents: [torrent.path],
        dataFolder: payload.folder,
      } as const;
      await using run = await ClientRun.start(contestant as ClientName, place, task);
      const { cost, doneSeconds } = await run.done();
      return transferFigures(cost, totalBytes, doneSeconds);
    },
    async [Symbol.asyncDispose]() {},
  };
}
