// The input of `why()`, made once a second per torrent: from peers, never from pieces.

import { MemoryWait, PeerFlag, PeerField, Total, type Why } from "@troupe/messages";
import { parseIp } from "@troupe/protocol/address";
import { trackerAddress } from "../../trackers/tracker-address.ts";
import { withoutInterface } from "./without-interface.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { trackerStatus } from "../torrent-announcer.ts";
import { isTransferring } from "../lifecycle/run.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { ReachedLimit } from "./reached-limit.ts";
import type { Traffic } from "./traffic.ts";
import {
  whyAtRest,
  whyNoMetadata,
  whyNotFaster,
  type MetadataInput,
  type SwarmInput,
  type WhyInput,
} from "./why.ts";

/** The parts of the engine that the reason is found with. */
export type WhyServices = Pick<
  Engine,
  "context" | "network" | "peerWorkers" | "rates" | "torrents"
>;

/** Why the torrent is not faster at this moment. */
export function whyNow(engine: WhyServices, job: TorrentJob): Why {
  const { fault, isComplete, state } = job;
  const atRest = whyAtRest({ state, fault: fault?.message, isComplete });
  if (atRest?.code === "complete") return seedsInVain(engine, job) ?? atRest;
  if (atRest !== undefined) return atRest;
  return hasContent(job) && job.life.run.state !== "metadata"
    ? whyNotFaster(whyInput(engine, job))
    : whyNoMetadata(metadataInput(engine, job));
}

/** A torrent that seeds waits for the interface, too. */
function seedsInVain(engine: WhyServices, job: TorrentJob): Why | undefined {
  const isBound = engine.network.interface !== undefined && job.isInSwarm;
  return isBound ? withoutInterface(swarmInput(engine, job)) : undefined;
}

/** Emits the reason if it has changed; called once a second. */
export function emitWhy(engine: WhyServices, job: TorrentJob): void {
  const why = whyNow(engine, job);
  if (why.code === job.reportedWhy) return;
  job.reportedWhy = why.code;
  job.outbox.emit({ event: "why", ...why });
}

/** A picker that withholds pieces is asked about a peer again after a second. */
const withheldForMs = 3_000;

function whyInput(engine: WhyServices, job: JobWithContent): WhyInput {
  const { ledger, picker, traffic } = job.content;
  const { whyWatch } = traffic;
  const { hadCount, writingCount, hashingCount } = ledger;
  const nowMs = engine.context.clock.nowMs();
  const { pieceLengthBytes } = ledger.geometry;
  const hashed = hadCount + writingCount + traffic.failedHashBytes;
  return {
    ...swarmInput(engine, job),
    isComplete: ledger.isComplete,
    absentWorkers: absentWorkers(engine, job.disk),
    pieces: {
      missing: Math.max(0, ledger.leftCount - ledger.leasedCount - hashingCount - writingCount),
      leased: ledger.leasedCount,
      hashing: hashingCount,
      writing: writingCount,
    },
    isDiskStuck: job.disk.watch.state !== "answering",
    hashStandsMs: whyWatch.hashing.update(hashed, hashingCount > 0, nowMs),
    writeStandsMs: whyWatch.writing.update(hadCount, writingCount > 0, nowMs),
    // A getter, since it walks all torrents and few reasons need it.
    get memory() {
      return memoryUse(engine, traffic);
    },
    hashingBytes: hashingCount * pieceLengthBytes,
    writingBytes: writingCount * pieceLengthBytes,
    peers: { ...peerCounts(job), most: job.limits.peerLimit },
    downBytesPerSecond: traffic.rates.downBytesPerSecond,
    isWithheld: nowMs - picker.withheldAtMs < withheldForMs,
    get limit() {
      return reachedLimit(engine, job);
    },
  };
}

/** A peer that takes less than this part of what another one takes does not wait for its turns. */
const leastShare = 0.5;

/**
 * The limit that slows the torrent. Waiting peers take turns: while a peer of another torrent is much faster, the limit of
 * all torrents, or of the group, does not hold this torrent up. Nor does a limit of each peer that its peers do not come near.
 */
function reachedLimit(
  { rates, torrents }: WhyServices,
  job: JobWithContent,
): ReachedLimit | undefined {
  const { fastestBytesPerSecond } = job.content.traffic;
  return rates.reachedBy(job, ({ bytesPerSecond }, group) => {
    const fastest = rates.fastestOf(group, () => Array.from(torrents.values(), fastestPeer));
    // Peers that are free of the limit may be faster.
    return fastestBytesPerSecond >= leastShare * Math.min(fastest, bytesPerSecond);
  });
}

function fastestPeer({ content, group }: TorrentJob) {
  return { group, bytesPerSecond: content?.traffic.fastestBytesPerSecond ?? 0 };
}

function metadataInput(engine: WhyServices, job: TorrentJob): MetadataInput {
  const { found, fetch } = job.magnet ?? {};
  const metadata = found === undefined ? fetch?.progress(engine.context.clock.nowMs()) : undefined;
  return { ...swarmInput(engine, job), metadata };
}

function swarmInput(engine: WhyServices, job: TorrentJob): SwarmInput {
  const { directory, id, magnet, peers, state } = job;
  const { run } = job.life;
  const sinceMs = isTransferring(run) ? run.sinceMs : magnet?.soughtSinceMs;
  return {
    state,
    fault: job.fault?.message,
    runsForMs: job.isInSwarm ? engine.context.clock.nowMs() - (sinceMs ?? 0) : 0,
    absentWorkers: absentWorkers(engine),
    peers: { connected: peers.connectedCount },
    webSeeds: webSeedCounts(job, engine.context.clock.nowMs()),
    addresses: {
      known: directory.size,
      untried: directory.untriedCount,
      dialling: engine.peerWorkers.reduce((sum, { dials }) => sum + dials.count(id), 0),
    },
    trackers: trackerCounts(job),
    dht: dhtInput(engine, job),
    interface: interfaceInput(engine, job),
  };
}

function interfaceInput({ network }: WhyServices, job: TorrentJob): SwarmInput["interface"] {
  const bound = network.interface;
  if (bound === undefined) return undefined;
  const { canAskNames, name, state } = bound;
  return { name, state, lacksNames: !canAskNames && needsNames(network, job) };
}

/** The DHT begins at nodes with names. */
function needsNames(network: WhyServices["network"], job: TorrentJob): boolean {
  const isNamed = trackerStatus(job).some(({ url }) => !isNumericUrl(url));
  return isNamed || dhtInput({ network }, job)?.nodes === 0;
}

function isNumericUrl(url: string): boolean {
  return parseIp((trackerAddress(url)?.host ?? "").replace(/^\[(.*)\]$/u, "$1")) !== undefined;
}

/** Undefined for a torrent without a turn in the DHT. */
function dhtInput(
  { network: { dht } }: Pick<WhyServices, "network">,
  job: TorrentJob,
): WhyInput["dht"] {
  const turn = dht?.statusOf(job);
  if (dht === undefined || turn === undefined || dht.offReason !== undefined) return undefined;
  const { nodes4 = 0, nodes6 = 0, rounds } = dht.counts ?? {};
  return {
    nodes: nodes4 + nodes6,
    wasRevoked: turn.lastRound !== undefined,
    roundMs: (job.isComplete ? rounds?.allMs : rounds?.downloadsMs) ?? 0,
  };
}

function absentWorkers(engine: Pick<Engine, "peerWorkers">, disk?: DiskHandle): string[] {
  const absent = engine.peerWorkers
    .filter((peerWorker) => peerWorker.ref.peer === undefined)
    .map(({ name }) => name);
  return disk !== undefined && disk.ref.peer === undefined ? [...absent, disk.name] : absent;
}

function memoryUse(
  engine: Pick<Engine, "peerWorkers" | "torrents">,
  { tables }: Traffic,
): WhyInput["memory"] {
  let usedBytes = 0;
  for (const job of engine.torrents.values()) {
    for (const table of job.content?.traffic.tables ?? [])
      usedBytes += table?.totals[Total.usedBytes] ?? 0;
  }
  const totalBytes = engine.peerWorkers.reduce(
    (sum, peerWorker) => sum + peerWorker.downloadBytes,
    0,
  );
  const waits = (reason: number): boolean =>
    tables.some((table) => table?.totals[Total.memoryWait] === reason);
  if (waits(MemoryWait.memory)) return { totalBytes, usedBytes, waitsFor: "memory" };
  return { totalBytes, usedBytes, waitsFor: waits(MemoryWait.disk) ? "disk" : "nothing" };
}

function peerCounts(job: JobWithContent): Omit<WhyInput["peers"], "most"> {
  const counts = { connected: 0, interesting: 0, unchoking: 0, sending: 0 };
  for (const { worker, rowIndex } of job.peers.connected()) {
    counts.connected++;
    const row = job.content.traffic.row(worker, rowIndex);
    if (row === undefined || !row.flag(PeerFlag.amInterested)) continue;
    counts.interesting++;
    if (row.flag(PeerFlag.amChokedByPeer)) continue;
    counts.unchoking++;
    if (row.field(PeerField.downBytesPerSecond) >= 1) counts.sending++;
  }
  return counts;
}

function webSeedCounts(job: TorrentJob, nowMs: number): WhyInput["webSeeds"] {
  const seeds = job.content?.webSeeds.list ?? [];
  const activities = seeds.map(({ state }) => state.activity);
  const faults = activities.map((one) => ("fault" in one ? one.fault.message : undefined));
  const connected = seeds.length === 0 ? [] : [...job.peers.connected()];
  return {
    total: seeds.length,
    open: activities.filter(({ state }) => state === "open").length,
    sending: connected.filter((peer) => peer.isWebSeed && rateOf(job, peer) >= 1).length,
    connected: connected.filter(({ isWebSeed }) => isWebSeed).length,
    error: [...faults, ...seeds.map(({ lackedFiles }) => lackedFiles.faultAt(nowMs))].find(Boolean),
  };
}

function rateOf(
  { content }: TorrentJob,
  { worker, rowIndex }: ConnectedPeer & { readonly rowIndex: number },
): number {
  return content?.traffic.row(worker, rowIndex)?.field(PeerField.downBytesPerSecond) ?? 0;
}

function trackerCounts(job: TorrentJob): WhyInput["trackers"] {
  const trackers = trackerStatus(job);
  const refusing = trackers.filter(({ errorCode }) => errorCode === "tracker-refused");
  const [first] = refusing.length > 0 ? refusing : trackers.filter(({ error }) => error);
  return {
    total: trackers.length,
    working: trackers.filter(({ isWorking }) => isWorking).length,
    failing: trackers.filter(({ failures }) => failures > 0).length,
    refusing: refusing.length,
    error: first?.error,
  };
}
