// The facts for `why()`, made once a second per torrent: from peers, never from pieces.

import { MemoryWait, PeerFlag, PeerField, Total, type Why } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { trackerStatus } from "../torrent-announcer.ts";
import { isTransferring } from "../lifecycle/run.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import type { Traffic } from "./traffic.ts";
import { whyNotFaster, type WhyFacts } from "./why.ts";

/** The parts of the engine that the reason is found with. */
export type WhyServices = Pick<Engine, "context" | "peerWorkers" | "torrents">;

/** Why the torrent is not faster at this moment. */
export function whyNow(engine: WhyServices, job: JobWithContent): Why {
  return whyNotFaster(whyFacts(engine, job));
}

/** Emits the reason if it has changed; called once a second. */
export function emitWhy(engine: WhyServices, job: JobWithContent): void {
  const { whyWatch } = job.content.traffic;
  const why = whyNow(engine, job);
  if (why.code === whyWatch.lastCode) return;
  whyWatch.lastCode = why.code;
  job.outbox.emit({ event: "why", ...why });
}

function whyFacts(engine: WhyServices, job: JobWithContent): WhyFacts {
  const { ledger, traffic } = job.content;
  const { whyWatch } = traffic;
  const { run } = job.life;
  const { hadCount, writingCount, hashingCount } = ledger;
  const nowMs = engine.context.clock.nowMs();
  const { pieceLengthBytes } = ledger.geometry;
  const hashed = hadCount + writingCount + traffic.failedHashBytes;
  return {
    state: job.state,
    fault: job.fault?.message,
    isComplete: ledger.isComplete,
    runsForMs: isTransferring(run) ? nowMs - run.sinceMs : 0,
    absentWorkers: absentWorkers(engine, job),
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
    addresses: {
      known: job.directory.size,
      untried: job.directory.untriedCount,
      dialling: engine.peerWorkers.reduce(
        (sum, peerWorker) => sum + peerWorker.dials.count(job.id),
        0,
      ),
    },
    trackers: trackerCounts(job),
    downBytesPerSecond: traffic.rates.downBytesPerSecond,
  };
}

function absentWorkers(engine: Pick<Engine, "peerWorkers">, { disk }: TorrentJob): string[] {
  const absent = engine.peerWorkers
    .filter((peerWorker) => peerWorker.ref.peer === undefined)
    .map(({ name }) => name);
  return disk.ref.peer === undefined ? [...absent, disk.name] : absent;
}

function memoryUse(
  engine: Pick<Engine, "peerWorkers" | "torrents">,
  { tables }: Traffic,
): WhyFacts["memory"] {
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

function peerCounts(job: JobWithContent): Omit<WhyFacts["peers"], "most"> {
  const counts = { connected: 0, interesting: 0, unchoking: 0, sending: 0 };
  for (const { worker, rowIndex } of job.peers.connected()) {
    counts.connected++;
    const row = job.content.traffic.tables[worker]?.row(rowIndex);
    if (row === undefined || !row.flag(PeerFlag.amInterested)) continue;
    counts.interesting++;
    if (row.flag(PeerFlag.amChokedByPeer)) continue;
    counts.unchoking++;
    if ((row.fields[PeerField.downBytesPerSecond] ?? 0) >= 1) counts.sending++;
  }
  return counts;
}

function trackerCounts(job: TorrentJob): WhyFacts["trackers"] {
  const trackers = trackerStatus(job);
  return {
    total: trackers.length,
    working: trackers.filter(({ isWorking }) => isWorking).length,
    failing: trackers.filter(({ failures }) => failures > 0).length,
    error: trackers.find(({ error }) => error !== undefined)?.error,
  };
}
