// The memory of idle connections in each thread of the command: heap and buffers after a collection, which noise of the
// machine does not change.

import { join } from "node:path";
import { parseInfoHash } from "@troupe/protocol/units";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writePayloadInTurns } from "../files/payload.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { freePort } from "../programs/free-port.ts";
import { quietWords } from "../swarm/quiet.ts";
import { CountedCommand } from "./counted-command.ts";
import { HeldTracker } from "./held-tracker.ts";
import { IdlePeers } from "./idle-peers.ts";

/** The side that opens a connection: a seeder accepts, a leecher dials; `mixed`: a leecher accepts a half and dials a half. */
export type Way = "accepted" | "dialled" | "mixed";

/** Peers before the count begins, so that the memory of a command and of its code does not count. */
const few = 300;
const further = 1_000;

/** @returns Bytes that one more connection takes, by thread. */
export async function countConnections(way: Way): Promise<Readonly<Record<string, number>>> {
  using folder = temporaryFolder("counted-connections");
  const at = (name: string): string => join(folder.path, name);
  const payload = await writePayloadInTurns({
    ...{ folder: at("source"), name: "payload" },
    ...{ pieceLengthBytes: 1 << 16, files: 1 << 20 },
  });
  await using tracker = await HeldTracker.open();
  const torrent = writeTorrentFile(payload, way === "accepted" ? [] : [tracker.url]);
  using idle = new IdlePeers(parseInfoHash(torrent.infoHash));
  const dialledShare = { accepted: 0, mixed: 0.5, dialled: 1 }[way];
  const [fewDialled, furtherDialled] = [few * dialledShare, further * dialledShare];
  await idle.listen(fewDialled + furtherDialled);
  const dialled = idle.ports
    .slice(0, fewDialled)
    .flatMap((port) => ["--peer", `127.0.0.1:${port}`]);
  const port = await freePort();
  const call = way === "accepted" ? "seed" : "download";
  const data = way === "accepted" ? payload.folder : at("target");
  const places = ["--dir", data, "--state-dir", at("state"), "--port", String(port)];
  const rest = ["--bind", "127.0.0.1", "--max-peers", "2000", "--json", ...quietWords];
  const line = [call, torrent.path, ...places, ...dialled, ...rest];
  await using command = await CountedCommand.start(line, ["heap"]);
  const said = async (text: string): Promise<true> =>
    command.lineWhere(text, (words) => words.includes(text) || undefined);
  const dial = async (peers: number): Promise<void> =>
    command.during("answers to peers", idle.dial(peers, port));
  if (way === "accepted") await said(`"haveBytes":${1 << 20}`);
  if (way === "mixed") await said(`"peers":${fewDialled},`);
  await dial(few - fewDialled);
  await said(`"peers":${few},`);
  await command.begin();
  if (furtherDialled > 0) tracker.answer(idle.ports.slice(fewDialled));
  await dial(further - furtherDialled);
  await said(`"peers":${few + further},`);
  const counts = await command.end();
  return Object.fromEntries(counts.map(({ thread, heapBytes }) => [thread, heapBytes / further]));
}
