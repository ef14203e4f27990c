// What the engine does when one of its workers starts or dies. A restart is complete when this has run: torrents
// re-announced, leases revoked, peers dialled again.

import type { ChildSpec, Sender } from "@troupe/actor-runtime";
import { failAtFolder, openAtWorker } from "../torrent/lifecycle.ts";
import { storageOf } from "../torrent/checking.ts";
import { keepPieces } from "../torrent/job-facts.ts";
import { forgetCopies } from "../torrent/leasing.ts";
import { say } from "../torrent/event-outbox.ts";
import { addressKey } from "../torrent/address-key.ts";
import type { RolledPeer } from "../torrent/peer-roll.ts";
import { dialMore } from "../torrent/dialling.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import { messageOf } from "../troupe-error.ts";
import type { DiskSeat } from "./disk-seat.ts";
import { diskNamed } from "./disk-seats.ts";
import type { Engine } from "./engine-state.ts";
import { listenAgain } from "./listening.ts";
import { blame, type Death } from "./quarantine.ts";
import type { PeerWorkerSeat } from "./peer-worker-seat.ts";

/** A worker runs and is linked: it is told everything that it has to know, and the user that it is there. */
export function workerStarted(engine: Engine, child: ChildSpec, sender: Sender): void {
  const disk = diskNamed(engine, child.name);
  const restarts = disk?.crashes ?? sender.epoch - 1;
  engine.context.announce("worker-event", { name: child.name, state: "running", restarts });
  if (disk !== undefined) return fileWorkerStarted(engine, disk);
  const seat = seatOf(engine, child.name);
  if (seat !== undefined) peerWorkerStarted(engine, seat);
}

/** A worker ended without being asked to: what it held is taken back. Its successor comes by itself. */
export function workerCrashed(
  engine: Engine,
  child: ChildSpec,
  sender: Sender,
  death: Death,
): void {
  const disk = diskNamed(engine, child.name);
  if (disk !== undefined) disk.crashes++;
  engine.context.announce("worker-event", {
    name: child.name,
    state: "restarting",
    restarts: disk?.crashes ?? sender.epoch,
    error: messageOf(death.error),
  });
  const seat = seatOf(engine, child.name);
  if (seat !== undefined) peerWorkerGone(engine, seat);
  blame(engine, child.role, death);
}

/** Its connections died with it: their addresses are dialled again at once, by whoever is there. */
function peerWorkerGone(engine: Engine, seat: PeerWorkerSeat): void {
  const nowMs = engine.context.clock.nowMs();
  engine.bigPieceQueue.forgetWorker(seat.index);
  for (const dial of seat.dials.drain()) {
    engine.torrents.get(dial.torrent)?.directory.closed(dial.host, dial.port, nowMs, "now");
  }
  for (const job of engine.torrents.values()) {
    job.ledger.releaseWorker(seat.index);
    job.picker.forgetOrder();
    forgetCopies(job, seat);
    for (const peer of job.roll.workerGone(seat.index)) {
      const port = peer.isIncoming ? peer.listenPort : peer.port;
      if (port !== undefined) job.directory.closed(peer.host, port, nowMs, "now");
      // One without a slot has never been said to be connected.
      if (peer.slot !== undefined) sayLost(engine, job, peer);
    }
  }
  engine.bigPieces.releaseUnless(engine.slabs, (lease) => isLeased(engine, lease));
}

function sayLost(engine: Engine, job: TorrentJob, { host, port }: RolledPeer): void {
  const address = addressKey(host, port);
  say(engine, job, { event: "peer", address, connected: false, reason: "worker-crashed" });
}

function isLeased(engine: Engine, lease: number): boolean {
  for (const job of engine.torrents.values()) {
    for (const held of job.ledger.leases()) if (held.lease === lease) return true;
  }
  return false;
}

function peerWorkerStarted(engine: Engine, seat: PeerWorkerSeat): void {
  // Its supervisor may have stopped the one before in order, with the rest of its group: then no crash was told.
  peerWorkerGone(engine, seat);
  for (const job of engine.torrents.values()) {
    if (!job.isRunning) continue;
    openAtWorker(job, seat);
  }
  dialMore(engine);
  if (engine.port !== 0) listenAgain(engine, seat);
}

/**
 * Memory, torrents and unanswered writes again, in this order: writing a piece twice is harmless. The writes wait until
 * the storages are open, which takes the file-worker some turns: one that came before would be refused.
 */
function fileWorkerStarted(engine: Engine, disk: DiskSeat): void {
  const { context, slabs, torrents } = engine;
  const { feed, ref } = disk;
  slabs.announceAll(ref);
  const epoch = ref.peer?.epoch;
  const reopened = [...torrents.values()]
    .filter((job) => job.disk === disk && job.isDiskFound)
    .filter((job) => job.isRunning || job.state === "starting" || job.state === "checking")
    .map((job) => reopenStorage(engine, job));
  Promise.all(reopened)
    .then(() => {
      // Another one by now: it is told everything anew.
      if (ref.peer?.epoch === epoch) feed.again();
    })
    .catch((error: unknown) => context.fail(error));
}

async function reopenStorage(engine: Engine, job: TorrentJob): Promise<void> {
  try {
    const limits = { deadlineMs: 60_000 };
    const opened = await job.disk.calls.call("open-storage", storageOf(job), limits);
    if ("refused" in opened) {
      failAtFolder(engine, job, { code: opened.refused, message: opened.message });
      return;
    }
    keepPieces(job);
    if (opened.parts !== undefined && job.request.mode === "download") {
      // The one before may have died while it moved them.
      const unwanted = job.files.unwanted();
      const question = { torrent: job.id, unwanted };
      const settled = await job.disk.calls.call("settle-parts", question, limits);
      if (!("refused" in settled)) return;
      failAtFolder(engine, job, { code: settled.refused, message: settled.message });
    }
  } catch (error) {
    // It died again: the next one is told everything anew.
    engine.context.log("warn", "storage-not-reopened", { torrent: job.id, error: String(error) });
  }
}

function seatOf(engine: Engine, name: string): PeerWorkerSeat | undefined {
  return engine.seats.find((seat) => seat.name === name);
}
