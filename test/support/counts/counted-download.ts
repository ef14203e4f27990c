// One download of a payload by the command, counted from its first block to its end.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { equalFiles, joinedFile } from "../files/many-files.ts";
import { writePayloadInTurns } from "../files/payload.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { PacedSeeder } from "../swarm/paced-seeder.ts";
import { quietWords } from "../swarm/quiet.ts";
import { CountedCommand, type Counted } from "./counted-command.ts";
import type { ThreadCounts } from "./thread-hook.ts";

/** Sizes of a payload. */
export interface DownloadShape {
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  /** Default 1. */
  readonly files?: number;
}

/** Downloads from a seeder that gives its first block when every thread counts. */
export async function countDownload(
  { totalBytes, pieceLengthBytes, files = 1 }: DownloadShape,
  what: readonly Counted[],
): Promise<readonly ThreadCounts[]> {
  using folder = temporaryFolder("counted-download");
  const at = (name: string): string => join(folder.path, name);
  const payload = await writePayloadInTurns({
    folder: at("source"),
    name: "payload",
    pieceLengthBytes,
    files: equalFiles(totalBytes, files),
  });
  const torrent = writeTorrentFile(payload);
  const { promise: hasAsked, resolve: asked } = Promise.withResolvers<void>();
  await using seeder = await PacedSeeder.open({
    infoHash: torrent.infoHash,
    payload: readFileSync(joinedFile(payload, at("joined"))),
    pieceLengthBytes,
    bytesPerSecond: Infinity,
    isShut: true,
    watch: (event) => event === "asked" && asked(),
  });
  const words = ["download", torrent.path, "--dir", at("target"), "--state-dir", at("state")];
  const peer = ["--peer", `127.0.0.1:${seeder.port}`, "--port", "0", "--no-trackers"];
  const rest = ["--seed", "--json", ...quietWords];
  await using command = await CountedCommand.start([...words, ...peer, ...rest], what);
  await command.during("a request", hasAsked);
  await command.begin();
  seeder.open();
  await command.lineWhere("its end", (line) => line.includes('"event":"complete"') || undefined);
  return await command.end();
}
