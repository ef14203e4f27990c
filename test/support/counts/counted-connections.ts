// The memory of idle connections in each thread of the command: heap and buffers after a collection, which noise of the
// machine does not change.

import { join } from "node:path";
import { parseInfoHash } from "@troupe/protocol";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writePayload } from "../files/payload.ts";
import { writeTorrentFile } from "../files/torrent-file.ts";
import { freePort } from "../programs/free-port.ts";
import { quietWords } from "../swarm/quiet.ts";
import { CountedCommand } from "./counted-command.ts";
import { IdlePeers } from "./idle-peers.ts";

/** The side that opens a connection: a seeder accepts, a leecher dials. */
export type Way = "accepted" | "dialled";

/** Compared, so that the memory of a command without peers does not count. */
const [few, many] = [200, 800];

/** @returns Bytes that one more connection takes, by thread. */
export async function countConnections(way: Way): Promise<Readonly<Record<string, number>>> {
  const before = await heapsWith(way, few);
  const after = await heapsWith(way, many);
  return Object.fromEntries(
    Object.entries(after).map(([thread, bytes]) => [
      thread,
      (bytes - (before[thread] ?? 0)) / (many - few),
    ]),
  );
}

async function heapsWith(way: Way, peers: number): Promise<Readonly<Record<string, number>>> {
  using folder = temporaryFolder("counted-connections");
  const at = (name: string): string => join(folder.path, name);
  const payload = writePayload({
    folder: at("source"),
    name: "payload",
    pieceLengthBytes: 1 << 16,
    files: 1 << 20,
  });
  const torrent = writeTorrentFile(payload);
  using idle = new IdlePeers(parseInfoHash(torrent.infoHash));
  if (way === "dialled") await idle.listen(peers);
  // After the ports of the peers.
  const port = await freePort();
  const call =
    way === "accepted" ? ["seed", "--dir", payload.folder] : ["download", "--dir", at("target")];
  const dialled = idle.ports.flatMap((own) => ["--peer", `127.0.0.1:${own}`]);
  const places = [
    "--state-dir",
    at("state"),
    "--port",
    String(port),
    "--no-trackers",
    "--bind",
    "127.0.0.1",
  ];
  const rest = ["--max-peers", String(2 * many), "--json", ...quietWords];
  const [name = "", ...words] = call;
  const line = [name, torrent.path, ...words, ...dialled, ...places, ...rest];
  await using command = await CountedCommand.start(line, ["heap"]);
  if (way === "accepted") {
    const isSeed = (said: string): true | undefined =>
      said.includes('"haveBytes":1048576') || undefined;
    await command.process.lineWhere("a complete torrent", isSeed);
    idle.dial(peers, port);
  }
  const isJoined = (said: string): true | undefined =>
    said.includes(`"peers":${peers},`) || undefined;
  await command.process.lineWhere("its peers", isJoined);
  await command.begin();
  const counts = await command.end();
  return Object.fromEntries(counts.map(({ thread, heapBytes }) => [thread, heapBytes]));
}
