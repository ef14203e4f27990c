// The engine's beginning: pools, handles and the supervision tree.

import type { Context } from "@troupe/actor-runtime";
import { Quarantine } from "@troupe/messages";
import type { EngineOptions, FileProtocol, PeerProtocol, RecordsProtocol } from "@troupe/messages";
import { engineTree } from "../../supervision-tree.ts";
import { answerWaitingRequests } from "../../torrent/pieces/oversized-piece-leases.ts";
import { AddressBudget } from "../../torrent/addresses/address-budget.ts";
import { dialSchedule } from "../../torrent/swarm/dial-schedule.ts";
import { announceLimits } from "../../trackers/announce-limits.ts";
import { CrashHistory } from "../../crash-history.ts";
import { PatientRef } from "../../patient-ref.ts";
import { OversizedPieceQueue } from "../memory/oversized-piece-queue.ts";
import { OversizedPieces } from "../memory/oversized-pieces.ts";
import { DiskWatch } from "../disk/disk-watch.ts";
import { DiskHandle } from "../base/disk-handle.ts";
import { checkPoolsOf, diskEnded, mostFileWorkers, openFilesEach } from "../base/disk-handles.ts";
import type { EngineServices } from "../base/engine-services.ts";
import type { Engine, EngineActorProtocol } from "../base/engine-state.ts";
import { PeerWorkerHandle } from "../base/peer-worker-handle.ts";
import { Slabs } from "../base/slabs.ts";
import { tick, tickMs } from "../tick.ts";
import { workerCrashed, workerStarted } from "../worker-events.ts";

/** Requests of all peers that wait to be served, divided among the workers: 800,000 of them. */
const requestMemoryBytes = 16 * 1024 * 1024;

/**
 * Starts pools and workers.
 * @throws rejects with ActorError `start-failed` when one of them does not start; nothing of them is left then.
 */
export async function startEngine(
  context: Context<EngineActorProtocol>,
  options: EngineOptions,
  services: EngineServices,
): Promise<Engine> {
  const engine = makeEngine(context, options, services);
  engine.supervisor = await context.supervise(treeOf(engine), {
    started: (child, sender) => workerStarted(engine, child, sender),
    crashed: (child, sender, error, breadcrumb) =>
      workerCrashed(engine, child, sender, { error, breadcrumb }),
    ended: ({ name }) => diskEnded(engine, name),
  });
  context.timers.every(tickMs, () => tick(engine));
  return engine;
}

/** Ends one thread as a crash would. */
export function endActor(engine: Engine, name: string): void {
  if (name === "hash") engine.hashPool.killThread();
  else if (name === "check") engine.disks.some((disk) => disk.openedCheckPool?.killThread());
  else for (const actor of actorsOf(engine, name)) engine.supervisor?.kill(actor);
}

/** Has one thread run an endless loop. A check thread cannot be told from one with a stuck disk: nothing is done. */
export function hangActor(engine: Engine, name: string): void {
  if (name === "hash") engine.hashPool.hangThread();
  else if (name !== "check") {
    for (const actor of actorsOf(engine, name)) engine.supervisor?.hang(actor);
  }
}

/** The actors of one name: of `file` every file-worker that is to run, of `records` none where there is no state folder. */
function actorsOf({ disks, options }: Engine, name: string): readonly string[] {
  if (name === "file") return disks.filter(({ isWanted }) => isWanted).map((disk) => disk.name);
  return name === "records" && options.stateDirectory === undefined ? [] : [name];
}

function makeEngine(
  context: Context<EngineActorProtocol>,
  options: EngineOptions,
  services: EngineServices,
): Engine {
  const disks = Array.from({ length: mostFileWorkers }, (_, index) => {
    const ref = context.ref<FileProtocol>(`file-${index}`);
    const openCheckPool = () => services.openCheckPool(context, options);
    // The first torrent finds a file-worker; an engine that only checks needs none.
    const isWanted = index === 0 && options.peerWorkers > 0;
    return new DiskHandle(index, { ref, isWanted, openCheckPool, time: context });
  });
  const { bind, descriptors } = options;
  const limits = {
    halfOpenLimit: descriptors.halfOpen,
    handshakeLimit: Math.max(1, Math.floor(descriptors.handshakes / options.peerWorkers)),
    requestBytes: Math.floor(requestMemoryBytes / options.peerWorkers),
  };
  const perWorker = Math.floor(options.memoryBytes / options.peerWorkers);
  const engine: Engine = {
    context,
    options,
    services,
    torrents: new Map(),
    peerWorkers: Array.from({ length: options.peerWorkers }, (_, index) => {
      const ref = context.ref<PeerProtocol>(`peer-${index}`);
      const time = context;
      return new PeerWorkerHandle(index, { ref, memoryBytes: perWorker, bind, limits, time });
    }),
    slabs: new Slabs(disks.map(({ ref }) => ref)),
    // In a turn of its own: whoever frees it is in the middle of something.
    oversizedPieces: new OversizedPieces(() =>
      context.timers.soon(() => answerWaitingRequests(engine)),
    ),
    oversizedPieceQueue: new OversizedPieceQueue(),
    hashPool: services.openHashPool(context, options),
    disks,
    crashHistory: new CrashHistory(),
    quarantine: new Quarantine(),
    records: new PatientRef(context.ref<RecordsProtocol>("records"), context),
    recordsDisk: new DiskWatch(),
    supervisor: undefined,
    ended: undefined,
    checksAtEnd: [],
    hosts: [],
    port: 0,
    announceLimits: announceLimits(descriptors.trackers),
    trackerKey: Buffer.from(context.random.bytes(4)).toString("hex"),
    nextTorrent: options.firstTorrent ?? 1,
    retriesThisSecond: 0,
    closedForRoomThisSecond: 0,
    dialSchedule: dialSchedule(),
    addresses: new AddressBudget(),
    ticks: 0,
  };
  return engine;
}

function treeOf(engine: Engine) {
  const hasRecords = engine.options.stateDirectory !== undefined;
  return engineTree({
    services: engine.services,
    peerWorkers: engine.options.peerWorkers,
    peerOptions: (index) => {
      const peerWorker = engine.peerWorkers[index];
      if (peerWorker === undefined) throw new Error(`bug: no handle for peer-worker ${index}`);
      const quarantined = engine.quarantine.list(engine.context.clock.nowMs());
      return { ...peerWorker.nextOptions(engine.slabs), quarantined };
    },
    fileWorkers: engine.disks.map(({ isWanted, watch }) => ({
      isWanted,
      isInCall: () => watch.isInCall,
      options: () => ({ stamp: watch.nextStamp(), maxOpenFiles: openFilesEach(engine) }),
    })),
    recordsOptions: hasRecords ? () => ({ stamp: engine.recordsDisk.nextStamp() }) : undefined,
    areRecordsInCall: () => engine.recordsDisk.isInCall,
    openHashPool: () => engine.hashPool,
    openCheckPool: () => checkPoolsOf(engine.disks),
  });
}
