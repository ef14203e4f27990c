// A start, and torrents without peers.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writePayload } from "../../../test/support/files/payload.ts";
import { temporaryFolder } from "../../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../../test/support/files/torrent-file.ts";
import { commandLine, compiledFolder, countWork, events, words } from "../command.ts";
import type { OpenRow, Row, Work } from "../row.ts";

const torrents = 200;
const [settleMs, measuredSeconds] = [3_000, 10];
const [lengthBytes, pieceLengthBytes] = [65_536, 16_384];

/** The start of the command. */
export const startRow: Row = {
  name: "start",
  about:
    "`troupe seed` of a torrent of 64 KiB, from the start of the process to the event complete",
  unit: "start",
  open: async () => {
    const act: Work["act"] = async (running) => {
      await events(running, "complete");
      return { units: 1, pieces: 0 };
    };
    return open(1, act, false);
  },
};

/** Seeds without peers. */
export const idleRow: Row = {
  name: "idle-torrents",
  about: `${torrents} torrents that seed without peers, for ${measuredSeconds} s`,
  unit: "s",
  open: async () =>
    open(
      torrents,
      async (running, begin) => {
        await events(running, "complete", torrents);
        await delay(settleMs);
        await begin();
        await delay(1_000 * measuredSeconds);
        return { units: measuredSeconds, pieces: 0 };
      },
      true,
    ),
};

function open(count: number, act: Work["act"], isCounted: boolean): OpenRow {
  const place = temporaryFolder("troupe-profile");
  const folder = place.path;
  const data = join(folder, "target");
  const files = Array.from({ length: count }, (_, index) => {
    const plan = { folder: data, name: `payload-${index}`, pieceLengthBytes, seed: index };
    return writeTorrentFile(writePayload({ ...plan, files: lengthBytes })).path;
  });
  const freshWords = (): string[] => {
    rmSync(join(folder, "state"), { recursive: true, force: true });
    return words("seed", files, folder);
  };
  return {
    source: join(data, "payload-0"),
    ours: () => ({
      line: commandLine(freshWords()),
      environment: { NODE_COMPILE_CACHE: compiledFolder },
      dataFolder: data,
      act,
    }),
    ...(isCounted && { count: async (what) => await countWork(freshWords(), act, what) }),
    [Symbol.asyncDispose]: async () => place.remove(),
  };
}
