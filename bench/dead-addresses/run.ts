// One measurement: a tracker that names the dead and, last, the only good peer.

import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { Coordinator } from "@troupe/coordinator";
import { encodeAnnounceReply } from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";
import { startProcess } from "../../test/support/programs/process.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import {
  blackHoleHost,
  dialCounts,
  goodHost,
  halfOpenCount,
  refusingHost,
  setUpNetwork,
  trackerHost,
} from "./network.ts";
import { quiet } from "../../test/support/swarm/quiet.ts";

/** How the dead stand in the tracker's answer. */
export const orders = ["mixed", "refusing first", "black holes first"] as const;
type Order = (typeof orders)[number];

/** The figures of one run. */
export interface DeadRun {
  readonly firstPieceSeconds: number;
  /** Seen at any look, one each few milliseconds. */
  readonly mostHalfOpen: number;
  /** First packets to addresses that refuse, and different black holes that were dialled. */
  readonly refused: number;
  readonly blackHolesDialled: number;
  readonly goodDialled: number;
}

const port = 6_881;
const lookEveryMs = 5;
const downloader = fileURLToPath(new URL("downloader.ts", import.meta.url));

/** Measures one download. The network is set up again. */
export async function runOnce(
  counts: { readonly refusing: number; readonly blackHoles: number },
  order: Order,
): Promise<DeadRun> {
  await setUpNetwork();
  using folder = temporaryFolder("dead-addresses");
  const source = join(folder.path, "source");
  const shape = { pieceLengthBytes: 262_144, files: 4 << 20 };
  const payload = writePayload({ ...shape, folder: source, name: "payload" });
  await using tracker = await startTracker([
    ...deadAddresses(counts, order),
    { host: goodHost, port },
  ]);
  const torrent = writeTorrentFile(payload, [tracker.url]);
  await using seeder = await Coordinator.start({ ...quiet, port, bind: [goodHost] });
  const seeding = await seeder.add(torrent.path, {
    directory: source,
    seedOnly: true,
    useTrackers: false,
  });
  await seeding.completed;
  const words = [downloader, torrent.path, join(folder.path, "target")];
  await using download = await startProcess([process.execPath, ...words]);
  const look = watchHalfOpen();
  const firstPieceSeconds = await download.lineWhere("its first piece", (line) => {
    const [, seconds] = /^first-piece ([\d.]+)$/u.exec(line) ?? [];
    return seconds === undefined ? undefined : Number(seconds);
  });
  const mostHalfOpen = await look.end();
  return { firstPieceSeconds, mostHalfOpen, ...(await dialCounts()) };
}

function deadAddresses(
  { refusing, blackHoles }: { readonly refusing: number; readonly blackHoles: number },
  order: Order,
): PeerAddress[] {
  const refuse = Array.from({ length: refusing }, (_, n) => ({ host: refusingHost(n + 2), port }));
  const holes = Array.from({ length: blackHoles }, (_, n) => ({
    host: blackHoleHost(n + 2),
    port,
  }));
  if (order === "black holes first") return [...holes, ...refuse];
  if (order === "refusing first") return [...refuse, ...holes];
  // Every tenth or so is a hole, in the same places each time.
  const all = [...refuse, ...holes];
  return all
    .map((address, n) => ({ address, key: (n * 7_919) % 100_003 }))
    .sort((a, b) => a.key - b.key)
    .map(({ address }) => address);
}

/** Answers each announce with the same peers. */
async function startTracker(
  peers: readonly PeerAddress[],
): Promise<AsyncDisposable & { readonly url: string }> {
  const body = encodeAnnounceReply({ intervalSeconds: 1_800, peers, compact: true });
  const server = createServer((_, answer) => answer.end(body));
  await new Promise<void>((resolve) => server.listen(6_969, trackerHost, resolve));
  return {
    url: `http://${trackerHost}:6969/announce`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function watchHalfOpen(): { end(): Promise<number> } {
  let isOver = false;
  const watched = (async () => {
    let most = 0;
    while (!isOver) {
      most = Math.max(most, halfOpenCount());
      await sleep(lookEveryMs);
    }
    return most;
  })();
  return {
    end: async () => {
      isOver = true;
      return await watched;
    },
  };
}
