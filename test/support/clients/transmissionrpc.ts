// Debian's python3-transmissionrpc, a client of Transmission's protocol, by a script that reads each effect back.

import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { runProcess } from "../programs/process.ts";
import type { SmallSwarm } from "../service/small-swarm.ts";

/** Debian's own: the module is not in other ones. */
const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("transmissionrpc_calls.py", import.meta.url));
const otherHash = "ab".repeat(20);

/** Runs the script on a service, and holds what it has read. @param address The URL of the protocol. */
export async function assertTransmissionrpc(
  t: ExecutionContext,
  { served, torrent }: SmallSwarm,
  address: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = join(realpathSync(served.folder), "data");
  const words = [address, served.password, torrent.path, folder];
  const lines = await runProcess([python, "-W", "ignore", script, ...words], { environment });
  const steps = lines.map((line) => JSON.parse(line) as unknown);
  t.deepEqual(steps, [
    { step: "added", id: 1, hash: torrent.infoHash, name: "payload" },
    { step: "list", hashes: [torrent.infoHash, otherHash].toSorted() },
    { step: "paused", status: "stopped", progress: 0, size: 60_000 },
    { step: "limits", down: 30, up: 20 },
    { step: "set", priority: "high", peers: 17, ratio: 2.5, mode: "single" },
    { step: "files", wanted: [true, false], priority: "high" },
    { step: "queue", top: 0, bottom: 1 },
    { step: "done", status: "stopped", left: 0 },
    { step: "renamed", name: "payload/c.bin" },
    { step: "moved", folder: join(folder, "moved") },
    { step: "session", version: "4.1.1 (Troupe 0.1.0)", down: 40, folder },
    { step: "stats", torrents: 2, free: true },
    { step: "removed", left: 0 },
  ]);
  t.false(existsSync(join(folder, "moved/payload")));
}
