// Dials of all torrents, in turns, up to a common limit. A free place is used at once instead of at the next tick:
// behind thousands of addresses that refuse, a good address would wait for many seconds.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { transportOf } from "./transport.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { ConnectionRoom, type ConnectionServices } from "./connection-quotas.ts";
import type { DialPermits, RedialDelay } from "../addresses/next-dial.ts";
import { requestPunch, type HolepunchServices } from "../holepunch/request-punch.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that dial. */
export type DialServices = ConnectionServices & HolepunchServices;

/** Redials per second. */
const retriesPerSecond = 30;
/** First dials of unverified addresses per second, apart from redials: lies do not hold up the redials of known peers. */
const unverifiedPerSecond = 30;
/** After this machine lacked a descriptor, memory or a port for a dial. */
const dialPauseMs = 1_000;
/** With fewer connections, a peer that left is redialled within seconds. */
const fewPeers = 4;
/** The metadata has shown the hash of version 2, by which the peer is dialled again. */
export const upgradeReason = "version-upgrade";
/** Our own reasons, which do not count against the address. */
const localReasons: ReadonlySet<string> = new Set([
  "torrent-closed",
  "closed",
  "ip-filtered",
  "interface-down",
  upgradeReason,
]);
/** The peer closed the connection before the end of the handshake. */
const handshakeReasons: ReadonlySet<string> = new Set(["closed-by-peer", "ECONNRESET", "EPIPE"]);
/**
 * No program has answered: the next dial begins with the other transport. Many SOCKS proxies tell of each dial in vain that they
 * refuse it.
 */
const unansweredReasons: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "dial-timeout",
  "proxy-refused",
]);
/** Errors of this machine: the address was not tried. */
const localErrors: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EADDRINUSE",
  "dial-queue-full",
  "proxy-login",
  "proxy-unreachable",
]);

/**
 * Dials as many addresses as the limits allow, torrents in turns, spread over the workers.
 *
 * @param torrents To dial for.
 */
export function dialMore(
  engine: DialServices,
  torrents: Iterable<TorrentJob> = engine.torrents.values(),
): void {
  const { context, network } = engine;
  const schedule = network.dialSchedule;
  if (context.clock.nowMs() < schedule.pausedUntilMs) return;
  if (network.interface !== undefined && network.interface.state !== "up") return;
  let places = mostDials(engine) - sum(engine.peerWorkers, (peerWorker) => peerWorker.dials.size);
  if (places <= 0) return;
  const room = new ConnectionRoom(engine);
  const mayDial = (): boolean => places > 0 && !room.isExhausted;
  let jobs = schedule.turns.order(dialling(torrents));
  while (jobs.length > 0 && mayDial()) {
    const served: TorrentJob[] = [];
    for (const job of jobs) {
      if (!mayDial()) break;
      const turn = schedule.turns.take(job, places, (left) => dialNext(engine, job, room, left));
      places -= turn.dials;
      if (turn.hasMore) served.push(job);
    }
    jobs = served;
  }
}

/** Dials that may be under way at a time. */
function mostDials({ options, settings }: Pick<Engine, "options" | "settings">): number {
  return Math.min(settings.values.maxDials ?? Infinity, options.descriptors.halfOpen);
}

/** Runs `dialMore` once at the end of this turn. */
export function dialSoon(engine: DialServices): void {
  const { context, network } = engine;
  const schedule = network.dialSchedule;
  if (schedule.isPlanned) return;
  schedule.isPlanned = true;
  context.timers.soon(() => {
    schedule.isPlanned = false;
    dialMore(engine);
  });
}

/** A dial did not become a peer. */
export function dialFailed(
  engine: DialServices,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { host, port, reason, isHolepunch }: MessageOf<PeerProtocol, "dial-failed">,
): void {
  if (isHolepunch === true) return punchFailed(engine, job, { host, port, reason });
  if (!peerWorker.dials.remove(job.id, host, port)) return;
  engine.metrics.dials.count(reason);
  const nowMs = engine.context.clock.nowMs();
  if (localErrors.has(reason)) pauseDials(engine, reason);
  if (unansweredReasons.has(reason)) job.directory.unanswered(host, port);
  if (reason === "self") job.directory.markOwn(host, port);
  else if (localReasons.has(reason)) job.directory.closed(host, port, nowMs, "now");
  else if (localErrors.has(reason)) job.directory.untouched(host, port, nowMs);
  else job.directory.failed(host, port, nowMs, delayAfterFailure(engine, job, reason));
  if (unansweredReasons.has(reason)) requestPunch(engine, job, host, port);
  dialSoon(engine);
  announceIfNeeded(engine, job);
}

/** A dial by order of a relay did not become a peer. */
function punchFailed(
  { metrics, network }: DialServices,
  job: TorrentJob,
  { host, port, reason }: Pick<MessageOf<PeerProtocol, "dial-failed">, "host" | "port" | "reason">,
): void {
  const dial = network.holepunch.dials.take(job.id, host, port);
  if (dial === undefined) return;
  metrics.dials.count(reason);
  if (reason === "self") job.directory.markOwn(host, port);
  // The peer's own dial was faster.
  else if (reason === "duplicate") network.holepunch.dialsInVain.undo(dial.dialKey);
}

/** When to redial an address whose connection ended for this reason. */
export function redialDelayAfter(job: TorrentJob, reason: string): RedialDelay {
  if (localReasons.has(reason)) return "now";
  // A seed is not dialled while we are one too. We need it soon once a check has found damage.
  return reason === "both-seeds" || isMissed(job) ? "soon" : "later";
}

/** A client that has just started closes handshakes for a second: its download needs it at once. */
function delayAfterFailure(engine: DialServices, job: TorrentJob, reason: string): RedialDelay {
  const isOnlyPeer = job.directory.size === 1 && needsPeers(engine, job);
  if (isOnlyPeer && handshakeReasons.has(reason)) return "quickly";
  return isMissed(job) ? "soon" : "later";
}

/**
 * Whether a download has no peer connected or being dialled, and no untried address, unverified addresses apart. A complete
 * torrent waits for the tracker's interval.
 */
export function needsPeers(engine: Pick<Engine, "peerWorkers">, job: TorrentJob): boolean {
  if (job.isComplete || job.peers.size > 0 || job.directory.untriedCount > 0) return false;
  return engine.peerWorkers.every((peerWorker) => peerWorker.dials.count(job.id) === 0);
}

/**
 * A download that needs peers announces as early as its trackers permit.
 *
 * @param wasComplete The torrent was complete until now: its last announce was that of a seed, so that the next one is due as if
 *   the user wanted it.
 */
export function announceIfNeeded(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  wasComplete = false,
): void {
  if (!needsPeers(engine, job)) return;
  if (wasComplete) job.announcer?.request();
  else job.announcer?.announceForPeers();
}

/** The torrents that have addresses. */
function dialling(torrents: Iterable<TorrentJob>): TorrentJob[] {
  return [...torrents].filter(({ directory, isInSwarm }) => directory.size > 0 && isInSwarm);
}

/** @returns Whether a dial was started. */
function dialNext(
  engine: DialServices,
  job: TorrentJob,
  room: ConnectionRoom,
  places: number,
): boolean {
  const { directory, isComplete, peers } = job;
  const { peerLimit } = job.limits;
  const nowMs = engine.context.clock.nowMs();
  const dialling = sum(engine.peerWorkers, (peerWorker) => peerWorker.dials.count(job.id));
  const ownPlaces = Math.min(places, peerLimit - peers.size - dialling);
  const permits = dialPermits(engine);
  if (ownPlaces <= 0 || !directory.hasAny(nowMs, permits, isComplete)) return false;
  const free = leastBusyWorker(engine, job);
  if (free === undefined || !room.makeFor(job)) return false;
  const next = directory.next(nowMs, permits, isComplete);
  if (next === undefined) return false;
  const timeoutMs = directory.dialTimeoutMs(next, ownPlaces);
  if (next.isRetry) engine.network.retriesThisSecond++;
  else if (next.isUnverified) engine.network.unverifiedDialsThisSecond++;
  const { host, port, kind, foundBy } = next;
  const peerWorker = kind.transport === "utp" ? (ownerOfUtp(engine) ?? free) : free;
  peerWorker.dials.add(job.id, host, port);
  peerWorker.ref.cast("dial", { torrent: job.id, host, port, kind, timeoutMs, foundBy });
  return true;
}

function dialPermits({ network }: Pick<Engine, "network">): DialPermits {
  return {
    mayRetry: network.retriesThisSecond < retriesPerSecond,
    mayTryUnverified: network.unverifiedDialsThisSecond < unverifiedPerSecond,
  };
}

function pauseDials({ context, network }: DialServices, reason: string): void {
  const schedule = network.dialSchedule;
  const nowMs = context.clock.nowMs();
  if (nowMs >= schedule.pausedUntilMs)
    context.log("warn", "dialling-paused", { reason, pauseMs: dialPauseMs });
  schedule.pausedUntilMs = nowMs + dialPauseMs;
}

function isMissed(job: TorrentJob): boolean {
  return job.peers.size < fewPeers && !job.isComplete;
}

/** The worker with the UDP port, if the port is open and it takes dials. */
export function ownerOfUtp({
  network,
  peerWorkers,
  settings,
}: DialServices): PeerWorkerHandle | undefined {
  const [owner] = peerWorkers;
  if (owner === undefined || transportOf(settings.values) === "tcp") return undefined;
  return network.udpSockets.length > 0 && takesDials(owner) ? owner : undefined;
}

/** The last quarter of a mailbox is for replies, which cannot wait. */
function takesDials({ calls, ref }: PeerWorkerHandle): boolean {
  return ref.peer !== undefined && calls.credits >= 256;
}

function leastBusyWorker(engine: DialServices, job: TorrentJob): PeerWorkerHandle | undefined {
  if (transportOf(engine.settings.values) === "utp") return ownerOfUtp(engine);
  let best: PeerWorkerHandle | undefined;
  let bestLoad = Infinity;
  for (const peerWorker of engine.peerWorkers) {
    if (!takesDials(peerWorker)) continue;
    const load = job.peers.countAt(peerWorker.index) + peerWorker.dials.count(job.id);
    if (load < bestLoad) {
      best = peerWorker;
      bestLoad = load;
    }
  }
  return best;
}

function sum(
  peerWorkers: readonly PeerWorkerHandle[],
  of: (peerWorker: PeerWorkerHandle) => number,
): number {
  return peerWorkers.reduce((total, peerWorker) => total + of(peerWorker), 0);
}
