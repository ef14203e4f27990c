// A download of a payload by the command under strace, from the seeder in C.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Seeder } from "../../../bench/support/seeder.ts";
import { equalFiles, joinedFile } from "../files/many-files.ts";
import { writePayloadInTurns } from "../files/payload.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { quietWords } from "../swarm/quiet.ts";
import { traceCalls, type TracedCalls } from "./traced-calls.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));

/** A payload; with `files` above 1 it lies in so many files of one length, a hundred in a folder. */
export interface TracedShape {
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  readonly files: number;
}

/** The system calls of the whole process, from its start to its end; `files` are those below the data folder. */
export async function traceDownload(shape: TracedShape): Promise<readonly TracedCalls[]> {
  using folder = temporaryFolder("traced-download");
  const at = (name: string): string => join(folder.path, name);
  const { pieceLengthBytes } = shape;
  const payload = await writePayloadInTurns({
    folder: at("source"),
    name: "payload",
    pieceLengthBytes,
    files: equalFiles(shape.totalBytes, shape.files),
  });
  const torrent = writeTorrentFile(payload);
  const file = joinedFile(payload, at("joined"));
  await using seeder = await Seeder.start({ infoHash: torrent.infoHash, file, pieceLengthBytes });
  const words = ["download", torrent.path, "--dir", at("target"), "--state-dir", at("state")];
  const peer = ["--peer", `127.0.0.1:${seeder.port}`, "--port", "0", "--json", ...quietWords];
  const line = [process.execPath, command, ...words, ...peer];
  return await traceCalls({ line, folder: at("target") }, async (running) => {
    const exit = await running.exited;
    if (exit.status !== 0) throw new Error(`the command failed: ${running.tail()}`);
  });
}
