// Seeding by the command under strace, to a leecher in C that drops what it gets.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSwarm } from "../../../bench/support/swarm.ts";
import { writePayloadInTurns } from "../files/payload.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { quietWords } from "../swarm/quiet.ts";
import { traceCalls, type TracedCalls } from "./traced-calls.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
const measuredSeconds = 1;
const depth = 250;

/** The system calls of the whole process; `files` are those on the payload. The check before reads in threads of a pool. */
export async function traceUpload(shape: {
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
}): Promise<readonly TracedCalls[]> {
  using folder = temporaryFolder("traced-upload");
  const { totalBytes, pieceLengthBytes } = shape;
  const data = join(folder.path, "data");
  const plan = { folder: data, name: "payload", pieceLengthBytes, files: totalBytes };
  const torrent = writeTorrentFile(await writePayloadInTurns(plan));
  const words = ["seed", torrent.path, "--dir", data, "--state-dir", join(folder.path, "state")];
  const rest = ["--bind", "127.0.0.1", "--port", "0", "--json", ...quietWords];
  const line = [process.execPath, command, ...words, ...rest];
  return await traceCalls({ line, folder: join(data, "payload") }, async (running) => {
    const port = await running.lineWhere("its port", (text) => {
      const [, digits] = /^\{"event":"listening".*"port":(\d+)/.exec(text) ?? [];
      return digits === undefined ? undefined : Number(digits);
    });
    await running.lineWhere("the end of its check", (text) =>
      text.startsWith('{"event":"complete"') ? true : undefined,
    );
    const { infoHash } = torrent;
    const swarm = { port, infoHash, pieceLengthBytes, totalBytes, peers: 1, depth };
    await using leecher = await openSwarm({ ...swarm, seconds: measuredSeconds });
    await leecher.report();
  });
}
