// Inputs that crash threads are quarantined: a peer for an hour, a torrent until its user starts it again.

import { readCrash, quarantineKey } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { crashMemoryMs, isDeliberate } from "@troupe/actor-runtime";
import { quarantineFault } from "../torrent/lifecycle/faults.ts";
import { pieceNotWritten } from "../torrent/pieces/written-pieces.ts";
import { turnOffWebSeed } from "../torrent/web-seeds/web-seed-ends.ts";
import { hasContent, type TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";

/** Duration of a quarantine: as long as a crash is remembered. */
const quarantineMs = crashMemoryMs;

/** The crash of an incarnation. */
export interface WorkerCrash {
  readonly error: unknown;
  /** See `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
}

/** Quarantines an input at its second crash; a web seed is turned off. @param role The worker's in the tree. */
export function recordWorkerCrash(
  engine: Engine,
  role: string,
  { error, breadcrumb }: WorkerCrash,
): void {
  const found = readCrash(breadcrumb, error);
  if (found === undefined || isDeliberate(error)) return;
  const { step, torrent, peer, webSeed } = found;
  const nowMs = engine.context.clock.nowMs();
  const job = torrent === undefined ? undefined : engine.torrents.get(torrent);
  if (peer !== undefined && role === "dht") {
    const key = `${role} ${step} node ${quarantineKey(peer.host, peer.port)}`;
    if (engine.supervision.crashHistory.recordCrash(key, nowMs) === "repeated") {
      engine.context.log("error", "dht-node-quarantined", peer);
      engine.network.dht?.quarantine({ ...peer, forMs: quarantineMs });
    }
  } else if (peer !== undefined) {
    const key = `${role} ${step} peer ${quarantineKey(peer.host, peer.port)}`;
    if (engine.supervision.crashHistory.recordCrash(key, nowMs) === "repeated")
      quarantinePeer(engine, job, peer);
  } else if (webSeed !== undefined && hasContent(job)) {
    const seed = job.content.webSeeds.openedAs(webSeed);
    const key = `${role} ${step} ${job.id} web seed ${seed?.url}`;
    if (engine.supervision.crashHistory.recordCrash(key, nowMs) === "repeated" && seed)
      turnOffWebSeed(engine, job, seed, "a peer thread crashed twice while handling its data");
  } else if (
    job !== undefined &&
    engine.supervision.crashHistory.recordCrash(`${role} ${step} ${job.id}`, nowMs) === "repeated"
  ) {
    quarantineTorrent(engine, job, role);
  }
}

/** Closes the torrent in every worker. */
function quarantineTorrent(engine: Engine, job: TorrentJob, role: string): void {
  const why = `a ${role} thread crashed twice while handling it`;
  const fault = quarantineFault(job, why);
  engine.context.log("error", "torrent-quarantined", { infoHash: job.infoHash, why });
  // A live file-worker still writes its pending pieces, from memory that must not change until then.
  const unwritten = role === "file" ? job.disk.pendingWrites.unsettledOf(job.id) : [];
  for (const { piece } of unwritten) {
    const { code: refused, message } = fault;
    pieceNotWritten(engine, job.disk, { torrent: job.id, piece, refused, message });
  }
  job.life.fail(fault);
}

function quarantinePeer(
  engine: Engine,
  job: TorrentJob | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): void {
  const nowMs = engine.context.clock.nowMs();
  const address = { host, port, forMs: quarantineMs };
  engine.supervision.quarantine.add(address, nowMs);
  for (const peerWorker of engine.peerWorkers) peerWorker.calls.cast("quarantine-address", address);
  for (const other of engine.torrents.values()) other.directory.ban(host, port, nowMs);
  const message = `peer ${addressKey(host, port)} is quarantined for an hour: a peer thread crashed twice while handling its data`;
  engine.context.log("error", "peer-quarantined", { host, port });
  if (job !== undefined) job.outbox.emit({ event: "warning", code: "peer-set-aside", message });
}
