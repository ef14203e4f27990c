// Uploads to leechers in C, which drop what they get, and a check of the same files.

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writePayload } from "../../../test/support/files/payload.ts";
import { temporaryFolder } from "../../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../../test/support/files/torrent-file.ts";
import { openSwarm } from "../../support/swarm.ts";
import {
  commandLine,
  compiledFolder,
  countWork,
  events,
  listeningPort,
  words,
} from "../command.ts";
import type { OpenRow, Row, Work } from "../row.ts";

const gibibyte = 1_073_741_824;
const pieceLengthBytes = 1_048_576;
const measuredSeconds = 4;
/** Requests outstanding of a single leecher, and of each of many. */
const [depthOfOne, depthOfMany] = [250, 8];

/** A row of seeding to so many leechers. */
export function seedRow(peers: number): Row {
  return {
    name: `seed-${peers}`,
    about: `seeding for ${measuredSeconds} s to ${peers} leecher${peers === 1 ? "" : "s"} in C, without the check before`,
    unit: "GiB",
    open: async (totalBytes) =>
      open(totalBytes, (infoHash) => seed(totalBytes, infoHash, peers), true),
  };
}

/** A check of files without saved state. */
export const recheckRow: Row = {
  name: "recheck",
  about:
    "`troupe seed` of files without saved state, from the start of the process to the event complete",
  unit: "GiB",
  open: async (totalBytes) => {
    const amount = { units: totalBytes / gibibyte, pieces: totalBytes / pieceLengthBytes };
    const act: Work["act"] = async (running) => {
      await events(running, "complete");
      return amount;
    };
    return open(totalBytes, () => act, false);
  },
};

function seed(totalBytes: number, infoHash: string, peers: number): Work["act"] {
  return async (running, begin) => {
    const port = await listeningPort(running);
    await events(running, "complete");
    const depth = peers === 1 ? depthOfOne : depthOfMany;
    const shape = { port, infoHash, pieceLengthBytes, totalBytes, peers, depth };
    await using swarm = await openSwarm({ ...shape, seconds: measuredSeconds });
    await swarm.measuring();
    await begin();
    const { bytes } = await swarm.report();
    return { units: bytes / gibibyte, pieces: bytes / pieceLengthBytes };
  };
}

function open(
  totalBytes: number,
  actOf: (infoHash: string) => Work["act"],
  isCounted: boolean,
): OpenRow {
  const place = temporaryFolder("troupe-profile");
  const folder = place.path;
  const payload = writePayload({
    ...{ folder: join(folder, "target"), name: "payload", pieceLengthBytes },
    files: totalBytes,
  });
  const written = writeTorrentFile(payload);
  const torrent = join(folder, "payload.torrent");
  mkdirSync(folder, { recursive: true });
  renameSync(written.path, torrent);
  const act = actOf(written.infoHash);
  const freshWords = (): string[] => {
    rmSync(join(folder, "state"), { recursive: true, force: true });
    return words("seed", [torrent], folder);
  };
  return {
    source: join(payload.folder, payload.name),
    ours: () => ({
      line: commandLine(freshWords()),
      environment: { NODE_COMPILE_CACHE: compiledFolder },
      dataFolder: payload.folder,
      act,
    }),
    ...(isCounted && { count: async (what) => await countWork(freshWords(), act, what) }),
    [Symbol.asyncDispose]: async () => place.remove(),
  };
}
