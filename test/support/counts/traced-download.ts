// A download of a payload by the command under strace, from the seeder in C.

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Seeder } from "../../../bench/support/seeder.ts";
import { writePayload, type PayloadFile } from "../files/payload.ts";
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
  const payload = writePayload({
    folder: at("source"),
    name: "payload",
    pieceLengthBytes,
    files: shape.files === 1 ? shape.totalBytes : filesOf(shape),
  });
  const torrent = writeTorrentFile(payload);
  // The seeder reads one file.
  const file = at("joined");
  for (const path of payload.paths) appendFileSync(file, readFileSync(join(payload.folder, path)));
  await using seeder = await Seeder.start({ infoHash: torrent.infoHash, file, pieceLengthBytes });
  const words = ["download", torrent.path, "--dir", at("target"), "--state-dir", at("state")];
  const peer = ["--peer", `127.0.0.1:${seeder.port}`, "--port", "0", "--json", ...quietWords];
  const line = [process.execPath, command, ...words, ...peer];
  return await traceCalls(line, at("target"), async (running) => {
    const exit = await running.exited;
    if (exit.status !== 0) throw new Error(`the command failed: ${running.tail()}`);
  });
}

function filesOf({ totalBytes, files }: TracedShape): PayloadFile[] {
  return Array.from({ length: files }, (_, index) => ({
    path: [`${Math.floor(index / 100)}`, `${index}`],
    lengthBytes: totalBytes / files,
  }));
}
