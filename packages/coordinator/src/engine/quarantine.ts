// Inputs that kill threads are set aside: a peer for an hour, a torrent until its user starts it again. The rest goes on.

import { readBreadcrumb, setAsideKey } from "@troupe/messages";
import { deathMemoryMs, wasAskedFor } from "../death-book.ts";
import { say } from "../torrent/event-outbox.ts";
import { asideFault, failTorrent } from "../torrent/lifecycle.ts";
import { addressKey } from "../torrent/address-key.ts";
import { pieceNotWritten } from "../torrent/piece-flow.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./engine-state.ts";

/** An address is set aside as long as a death is remembered. */
const setAsideMs = deathMemoryMs;

/** One incarnation that ended without being asked to. */
export interface Death {
  readonly error: unknown;
  /** What it had in its hands: see `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
}

/** Notes what a worker died of, and sets it aside at the second time. @param role The worker's in the tree. */
export function blame(engine: Engine, role: string, { error, breadcrumb }: Death): void {
  const found = readBreadcrumb(breadcrumb);
  if (found === undefined || wasAskedFor(error)) return;
  const { step, torrent, peer } = found;
  const nowMs = engine.context.clock.nowMs();
  const job = torrent === undefined ? undefined : engine.torrents.get(torrent);
  if (peer !== undefined) {
    const key = `${role} ${step} peer ${setAsideKey(peer.host, peer.port)}`;
    if (engine.deaths.isSecond(key, nowMs)) setPeerAside(engine, job, peer);
  } else if (job !== undefined && engine.deaths.isSecond(`${role} ${step} ${job.id}`, nowMs)) {
    setTorrentAside(engine, job, role);
  }
}

/** Puts a torrent into the error state `quarantined`; nothing of it is asked of any worker any more. */
function setTorrentAside(engine: Engine, job: TorrentJob, role: string): void {
  const why = `a ${role} thread ended twice at the same step of it`;
  const fault = asideFault(job, why);
  engine.context.log("error", "torrent-set-aside", { infoHash: job.metainfo.infoHash, why });
  // What a file-worker that lives was given it writes, from memory that must stay as it is until then.
  const unwritten = role === "file" ? job.disk.feed.unansweredOf(job.id) : [];
  for (const { piece } of unwritten) {
    const { code: refused, message } = fault;
    pieceNotWritten(engine, job.disk, { torrent: job.id, piece, refused, message });
  }
  failTorrent(engine, job, fault);
}

function setPeerAside(
  engine: Engine,
  job: TorrentJob | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): void {
  const nowMs = engine.context.clock.nowMs();
  const address = { host, port, forMs: setAsideMs };
  engine.setAside.add(address, nowMs);
  for (const seat of engine.seats) seat.tell("set-aside", address);
  for (const other of engine.torrents.values()) other.directory.ban(host, port, nowMs);
  const message = `peer ${addressKey(host, port)} is set aside for an hour: a peer thread ended twice at what it sent`;
  engine.context.log("error", "peer-set-aside", { host, port });
  if (job !== undefined) say(engine, job, { event: "warning", code: "peer-set-aside", message });
}
