// A long download, undisturbed and with a thread killed each second.

import { Seeder } from "../../support/seeder.ts";
import { gibibyte, makeContent, mebibyte } from "../content.ts";
import type { OpenRow, Place, Row } from "../row.ts";
import { download } from "./download.ts";

const peerWorkers = ["--peer-workers", "2"];
/** One a second on average, of the two peer-workers, a hash thread and the file-worker. */
const kills = ["--chaos", "kill:peer-worker:0.5/s,kill:hash:0.25/s,kill:file:0.25/s"];

/** The cost of restarts: each killed thread takes pieces that were not yet written with it. */
export const killedThreads: Row = {
  name: "kills",
  title: "Download of 8 GiB while threads are killed",
  about:
    "Four seeders in C, pieces of 1 MiB, two peer-workers. One of the peer-workers, the hash threads and the file-worker is killed each second on average. Each copy is compared with the original.",
  goal: "every bit equal; ≥ 0.7 × the undisturbed speed",
  contestants: ["ours", "killed"],
  figures: ["rate", "wall", "cpu", "peakRss"],
  compared: ["rate", "cpu"],
  reference: "ours",
  takesCommits: false,
  open: openKills,
};

async function openKills(place: Place): Promise<OpenRow> {
  const content = makeContent(place, { totalBytes: 8 * gibibyte, pieceLengthBytes: mebibyte });
  const { payload, torrent, joinedFile } = content;
  const { pieceLengthBytes } = payload;
  const { infoHash } = torrent;
  const seeder = await Seeder.start({ infoHash, file: joinedFile, pieceLengthBytes, seeders: 4 });
  return {
    source: joinedFile,
    async run(contestant, prepare) {
      await prepare();
      const options = contestant === "killed" ? [...peerWorkers, ...kills] : peerWorkers;
      return await download("ours", place, content, seeder, options);
    },
    [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose](),
  };
}
