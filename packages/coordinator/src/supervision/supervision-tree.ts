// Which actors run, in which order they start, and how each is restarted. Peers come last because they hold links to
// the file-workers, which hold links to the records.

import type { ActorEntry, ChildSpec, PoolSpec, SupervisorSpec } from "@troupe/actor-runtime";
import type { DhtOptions, EngineOptions, PeerWorkerOptions } from "@troupe/messages";
import type { FileWorkerOptions, RecordsOptions } from "@troupe/file-worker";
import type { EngineServices } from "../engine/base/engine-services.ts";
import type { EngineActorProtocol } from "../engine/base/engine-state.ts";

/** The parts of the engine that the tree needs. */
interface EngineTreeInputs {
  readonly services: Pick<EngineServices, "peerWorker" | "fileWorker" | "records" | "dhtWorker">;
  readonly peerWorkers: number;
  readonly peerOptions: (index: number) => PeerWorkerOptions;
  /** At most one per device. */
  readonly fileWorkers: readonly FileWorkerInputs[];
  /** Undefined: no state folder, and no thread for it. */
  readonly recordsOptions: (() => RecordsOptions) | undefined;
  /** In a disk call at this moment. */
  readonly areRecordsInCall: () => boolean;
  /** Undefined: no DHT node. */
  readonly dht: DhtInputs | undefined;
  readonly openHashPool: PoolSpec["open"];
  readonly openCheckPool: PoolSpec["open"];
}

/** The parts of a file-worker that the tree needs. */
interface FileWorkerInputs {
  /** Starts with the engine, before there is a torrent. */
  readonly isWanted: boolean;
  readonly options: () => FileWorkerOptions;
  /** In a disk call at this moment. */
  readonly isInCall: () => boolean;
}

/** The parts of the DHT node that the tree needs. */
interface DhtInputs {
  readonly options: () => DhtOptions;
  readonly figures: () => Readonly<Record<string, number>>;
}

/** The supervisor of the DHT node. When it gives up, the engine continues without a node. */
export const discoverySupervisor = "discovery";

/** The user's thread has no other child. */
export function rootTree(
  engine: ActorEntry<EngineActorProtocol, EngineOptions>,
  options: () => EngineOptions,
): SupervisorSpec {
  return {
    kind: "supervisor",
    name: "troupe",
    maxRestarts: 5,
    withinMs: 60_000,
    children: [
      {
        kind: "actor",
        name: "engine",
        entry: engine,
        options,
        restart: "permanent",
        shutdownMs: 5_000,
        role: "engine",
        // A file thread may hang in a disk call: the disk must never get a second writer.
        mayOverlap: false,
        youngMebibytes: engineYoungMebibytes,
      },
    ],
  };
}

/**
 * A thread keeps the memory of its young objects: without a bound a restore of a thousand torrents leaves 66 MB of it to
 * the engine, and 21 MB to the file-worker.
 */
const engineYoungMebibytes = 24;
const fileYoungMebibytes = 12;

/**
 * JavaScript memory of a peer-worker, payload not included: ten times what ten thousand idle peers take. With a small
 * limit V8 lets the heap grow by less than half between collections instead of fourfold, so garbage of thousands of
 * peers is collected before it reaches 100 MB.
 */
const peerHeapMebibytes = 512;

/** In a minute. */
const restartsAPeerWorker = 10;

/** The engine's children. A file or hash worker restarts alone, so that no peer loses its connection. */
export function engineTree(inputs: EngineTreeInputs): SupervisorSpec {
  return {
    kind: "supervisor",
    name: "workers",
    maxRestarts: 20,
    withinMs: 300_000,
    children: [
      { kind: "pool", name: "hash", open: inputs.openHashPool, shutdownMs: 2_000 },
      { kind: "pool", name: "check", open: inputs.openCheckPool, shutdownMs: 2_000 },
      ...recordsChild(inputs),
      ...inputs.fileWorkers.map((_, index) => fileChild(inputs, index)),
      {
        kind: "supervisor",
        name: "peers",
        maxRestarts: restartsAPeerWorker * inputs.peerWorkers,
        withinMs: 60_000,
        children: Array.from({ length: inputs.peerWorkers }, (_, index) =>
          peerChild(inputs, index),
        ),
      },
      ...discovery(inputs),
    ],
  };
}

/** The node starts with the first public torrent: engine/dht/dht-service.ts. It uses the UDP port of the first peer-worker. */
function discovery({ services, dht, peerWorkers }: EngineTreeInputs): readonly SupervisorSpec[] {
  if (dht === undefined) return [];
  const node: ChildSpec = {
    kind: "actor",
    name: "dht",
    entry: services.dhtWorker,
    options: dht.options,
    figures: dht.figures,
    restart: "permanent",
    isOnDemand: true,
    shutdownMs: 1_000,
    role: "dht",
    ...(peerWorkers > 0 && { links: { port: "peer-0" } }),
  };
  return [
    {
      kind: "supervisor",
      name: discoverySupervisor,
      restart: "temporary",
      maxRestarts: 20,
      withinMs: 300_000,
      children: [node],
    },
  ];
}

function recordsChild(inputs: EngineTreeInputs): readonly ChildSpec[] {
  const { services, recordsOptions, areRecordsInCall } = inputs;
  if (recordsOptions === undefined) return [];
  return [
    {
      kind: "actor",
      name: "records",
      entry: services.records,
      options: recordsOptions,
      restart: "permanent",
      shutdownMs: 2_000,
      role: "records",
      mayBeSilent: areRecordsInCall,
      // A commit of the old actor must not come after those of its successor.
      mayOverlap: false,
    },
  ];
}

/** The first starts with the engine, others with the first torrent of their device: engine/base/disk-handles.ts. */
function fileChild(
  { services, fileWorkers, recordsOptions }: EngineTreeInputs,
  index: number,
): ChildSpec {
  const worker = fileWorkers[index];
  if (worker === undefined) throw new Error(`bug: no file-worker ${index}`);
  return {
    kind: "actor",
    name: `file-${index}`,
    entry: services.fileWorker,
    options: worker.options,
    restart: "transient",
    isOnDemand: true,
    startsWithTree: worker.isWanted,
    shutdownMs: 10_000,
    role: "file",
    ...(recordsOptions !== undefined && { links: { records: "records" } }),
    // In a disk call it must not be ended: the disk must never get a second writer.
    mayBeSilent: worker.isInCall,
    mayOverlap: false,
    youngMebibytes: fileYoungMebibytes,
  };
}

function peerChild(
  { services, peerOptions, fileWorkers }: EngineTreeInputs,
  index: number,
): ChildSpec {
  return {
    kind: "actor",
    name: `peer-${index}`,
    entry: services.peerWorker,
    options: () => peerOptions(index),
    restart: "permanent",
    shutdownMs: 2_000,
    role: "peer",
    heapLimitMebibytes: peerHeapMebibytes,
    links: Object.fromEntries(fileWorkers.map((_, disk) => [`file-${disk}`, `file-${disk}`])),
  };
}
