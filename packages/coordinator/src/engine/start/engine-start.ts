import type { Context, MessageOf } from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import { discoverySupervisor, engineTree } from "../../supervision/supervision-tree.ts";
import { checkPoolsOf, diskEnded, openFilesEach } from "../base/disk-handles.ts";
import type { EngineServices } from "../base/engine-services.ts";
import type { Engine, EngineActorProtocol } from "../base/engine-state.ts";
import { dhtFigures } from "../dht/dht-figures.ts";
import { followEngineLimits, followGroupLimits } from "../settings/setting-rules.ts";
import { syncBans } from "../peers/change-bans.ts";
import { makeEngine } from "./make-engine.ts";
import { tick, tickMs } from "../tick.ts";
import { workerCrashed, workerStarted } from "../worker-events.ts";

/** @throws rejects with ActorError `start-failed` when a pool or worker does not start; none is left then. */
export async function startEngine(
  context: Context<EngineActorProtocol>,
  options: EngineOptions,
  services: EngineServices,
): Promise<Engine> {
  const engine = makeEngine(context, options, {
    openHashPool: () => services.openHashPool(context, options),
    openCheckPool: () => services.openCheckPool(context, options),
    openHasher: (url, torrent) => services.openHasher(context, url, torrent),
  });
  engine.supervision.supervisor = await context.supervise(treeOf(engine, services), {
    started: (child, sender) => workerStarted(engine, child, sender),
    crashed: (child, sender, error, breadcrumb) =>
      workerCrashed(engine, child, sender, { error, breadcrumb }),
    ended: ({ name }) => diskEnded(engine, name),
    gaveUp: (supervisor, error) => {
      if (supervisor !== discoverySupervisor) throw error;
      engine.network.dht?.nodeGaveUp(error);
    },
  });
  followEngineLimits(engine);
  followGroupLimits(engine);
  void syncBans(engine).catch((error: unknown) => context.fail(error));
  context.timers.every(tickMs, () => tick(engine));
  return engine;
}

/** Ends a thread as a crash would. */
export function endActor(
  engine: Engine,
  { name }: MessageOf<EngineActorProtocol, "end-actor">,
): void {
  if (name === "hash") engine.hashPool.killThread();
  else if (name === "check") engine.disks.some((disk) => disk.openedCheckPool?.killThread());
  else for (const actor of actorsOf(engine, name)) engine.supervision.supervisor?.kill(actor);
}

/** Not for check threads, which would look like a hanging disk. */
export function hangActor(
  engine: Engine,
  { name }: MessageOf<EngineActorProtocol, "hang-actor">,
): void {
  if (name === "hash") engine.hashPool.hangThread();
  else if (name !== "check") {
    for (const actor of actorsOf(engine, name)) engine.supervision.supervisor?.hang(actor);
  }
}

/** For `file` the wanted file-workers, for `records` none without a state folder, for `dht` none without a node. */
function actorsOf({ disks, network, options }: Engine, name: string): readonly string[] {
  if (name === "file") return disks.filter(({ isWanted }) => isWanted).map((disk) => disk.name);
  if (name === "dht") return network.dht === undefined ? [] : [name];
  return name === "records" && options.stateDirectory === undefined ? [] : [name];
}

function treeOf(engine: Engine, services: EngineServices) {
  const hasRecords = engine.options.stateDirectory !== undefined;
  const { dht } = engine.network;
  const { fileAccess } = engine.options;
  return engineTree({
    services,
    peerWorkers: engine.options.peerWorkers,
    peerOptions: (index) => {
      const peerWorker = engine.peerWorkers[index];
      if (peerWorker === undefined) throw new Error(`bug: no handle for peer-worker ${index}`);
      const quarantined = engine.supervision.quarantine.list(engine.context.clock.nowMs());
      const { ipFilter, publicPort } = engine.network;
      return {
        ...peerWorker.nextOptions(engine.memory.slabs),
        quarantined,
        ipFilter: ipFilter.memory,
        ...(publicPort !== 0 && { publicPort }),
      };
    },
    fileWorkers: engine.disks.map(({ isWanted, watch }) => ({
      isWanted,
      isInCall: () => watch.isInCall,
      options: () => ({
        stamp: watch.nextStamp(),
        maxOpenFiles: openFilesEach(engine),
        ...(fileAccess !== undefined && { access: fileAccess }),
      }),
    })),
    recordsOptions: hasRecords ? () => ({ stamp: engine.records.watch.nextStamp() }) : undefined,
    areRecordsInCall: () => engine.records.watch.isInCall,
    dht: dht && { options: () => dht.nodeOptions, figures: () => dhtFigures(dht) },
    openHashPool: () => engine.hashPool,
    openCheckPool: () => checkPoolsOf(engine.disks),
  });
}
