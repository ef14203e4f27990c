// How late the engine's event loop is during a download.

import { join } from "node:path";
import { CountedCommand } from "../../../test/support/counts/counted-command.ts";
import { events, listeningPort, words } from "../../profile/command.ts";
import { Seeder } from "../../support/seeder.ts";
import { checkAndEmpty, emptyTarget, gibibyte, makeContent, mebibyte } from "../content.ts";
import type { OpenRow, Place, Row } from "../row.ts";

/** Delays of the engine's event loop. */
export const engineLate: Row = {
  name: "engine-late",
  title: "Delay of the engine thread",
  about:
    "A download of 1 GiB with pieces of 1 MiB. Each thread measures the delays of a timer of 1 ms from the time when the command listens; the main thread has little to do.",
  goal: "99.9 % ≤ 5 ms",
  contestants: ["ours"],
  figures: ["rate", "lateMost", "lateMax", "mainLateMost", "mainLateMax"],
  compared: [],
  reference: "ours",
  takesCommits: false,
  open: openLate,
};

async function openLate(place: Place): Promise<OpenRow> {
  const content = makeContent(place, { totalBytes: gibibyte, pieceLengthBytes: mebibyte });
  const { payload, torrent, joinedFile } = content;
  const { pieceLengthBytes } = payload;
  const { infoHash } = torrent;
  const seeder = await Seeder.start({ infoHash, file: joinedFile, pieceLengthBytes });
  return {
    source: joinedFile,
    async run(_contestant, prepare) {
      await prepare();
      const folder = emptyTarget(place);
      const peer = ["--no-trackers", "--peer", `127.0.0.1:${seeder.port}`, "--seed"];
      const startMs = performance.now();
      await using command = await CountedCommand.start(
        [...words("download", [torrent.path], folder), ...peer],
        ["lateness"],
        ["main", "engine"],
        { NODE_COMPILE_CACHE: place.compiledFolder },
      );
      await listeningPort(command.process);
      await command.begin();
      await events(command.process, "complete");
      const seconds = (performance.now() - startMs) / 1_000;
      const [main, engine] = (await command.end()).map(({ lateness }) => lateness);
      if (main === undefined || engine === undefined) throw new Error("bug: no delays");
      checkAndEmpty(payload, join(folder, "target"));
      return {
        rate: payload.totalBytes / 1e6 / seconds,
        lateMost: engine.mostMs,
        lateMax: engine.maxMs,
        mainLateMost: main.mostMs,
        mainLateMax: main.maxMs,
      };
    },
    [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose](),
  };
}
