// Seeded torrents without peers, counted when they have come to rest.

import { join } from "node:path";
import { writePayloadInTurns } from "../files/payload.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { quietWords } from "../swarm/quiet.ts";
import { CountedCommand, engineThreads, type Counted } from "./counted-command.ts";
import type { ThreadCounts } from "./thread-hook.ts";

/** Threads of a program with a torrent and a state folder, except the lock keeper, which takes no options of Node. */
const idleThreads = [...engineThreads, "records"] as const;

const pieceLengthBytes = 16_384;
/** Then records are saved, and each torrent has had its turn in the ticks of idle torrents. */
const settleSeconds = 12;

/** The shape of the torrents. */
export interface IdleShape {
  /** At most 200: the lines of their events are kept. */
  readonly torrents: number;
  /** Pieces of each torrent. */
  readonly pieces: number;
}

/** @param seconds That are counted: a torrent has a line each second. */
export async function countIdle(
  { torrents, pieces }: IdleShape,
  what: readonly Counted[],
  seconds = 0,
): Promise<readonly ThreadCounts[]> {
  using folder = temporaryFolder("counted-idle");
  const at = (name: string): string => join(folder.path, name);
  const paths: string[] = [];
  for (let seed = 0; seed < torrents; seed++) {
    const files = pieces * pieceLengthBytes;
    const plan = { folder: at("data"), name: `payload-${seed}`, pieceLengthBytes, files, seed };
    const payload = await writePayloadInTurns(plan);
    paths.push(writeTorrentFile(payload).path);
  }
  const words = ["seed", ...paths, "--dir", at("data"), "--state-dir", at("state")];
  const rest = ["--bind", "127.0.0.1", "--port", "0", "--json", ...quietWords];
  await using command = await CountedCommand.start([...words, ...rest], what, idleThreads);
  const passSeconds = async (count: number): Promise<void> => {
    let seen = 0;
    await command.lineWhere("the figures of its torrents", (line) => {
      if (line.startsWith('{"event":"progress"')) seen++;
      return seen >= count * torrents || undefined;
    });
  };
  await passSeconds(settleSeconds);
  await command.begin();
  await passSeconds(settleSeconds + seconds);
  return await command.end();
}
