// Peers of one torrent as the engine sees them: admitted, opened, closed, dialled, banned, unchoked.

import type {
  Admit,
  CoordinatorProtocol,
  PeerClosed,
  PeerOpened,
  PeerProtocol,
  PeerSlot,
} from "@troupe/messages";
import { PeerFlag } from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { classifyAddress, clientName, subscriberOf } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { halfOpenLimit, type PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import { say } from "./event-outbox.ts";
import { addressKey, type AddressSource } from "./peer-directory.ts";
import type { RolledPeer } from "./peer-roll.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Dials a second of addresses that were tried before. */
export const retriesPerSecond = 30;
/** Connections of one torrent with one internet address, or one IPv6 /64: beside them none is accepted. */
export const maxPeersPerSubscriber = 4;
/** Of the connections of a torrent that downloads: kept for peers that we dial. */
const dialledShare = 0.2;
/** Ends that are ours: they say nothing against the address. */
const ownReasons: ReadonlySet<string> = new Set(["torrent-closed", "closed"]);
/** Two connections between the same two peers, made within this time of each other, crossed on the way. */
const crossedMs = 10_000;

/** The last step of a handshake. */
export function admitPeer(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  admit: Admit,
): ReplyOf<CoordinatorProtocol, "admit"> {
  const nowMs = engine.context.clock.nowMs();
  const peerId = latin1(admit.peerId);
  if (!job.isRunning) return { refused: "closed" };
  if (peerId === latin1(job.peerId)) return { refused: "self" };
  if (job.directory.isBanned(admit.host, admit.port, nowMs)) return { refused: "banned" };
  const twin = job.roll.byPeerId(peerId);
  if (twin !== undefined && !replacesTwin(engine, job, twin, admit))
    return { refused: "duplicate" };
  const subscriber = subscriberOf(admit.host);
  if (twin === undefined && !hasRoom(job, admit.isIncoming, subscriber)) return { refused: "full" };
  job.roll.admit({
    worker: seat.index,
    host: admit.host,
    port: admit.port,
    subscriber,
    peerId,
    peerIdBytes: admit.peerId,
    isIncoming: admit.isIncoming,
    admittedAtMs: nowMs,
    slot: undefined,
  });
  return { admitted: true };
}

/**
 * Strangers who connect must not take all places, nor one of them many: some are kept for peers that we choose. A
 * seeder dials nobody and keeps none.
 */
function hasRoom(job: TorrentJob, isIncoming: boolean, subscriber: string | undefined): boolean {
  if (job.roll.size >= job.maxPeers) return false;
  if (!isIncoming) return true;
  const kept = job.ledger.isComplete ? 0 : Math.floor(job.maxPeers * dialledShare);
  if (job.roll.incomingCount >= job.maxPeers - kept) return false;
  return job.roll.countOf(subscriber) < maxPeersPerSubscriber;
}

/**
 * Both sides dialled at once: both keep the connection that the greater peer id dialled, so that not both are closed.
 */
function replacesTwin(engine: Engine, job: TorrentJob, twin: RolledPeer, admit: Admit): boolean {
  const isCrossed =
    twin.isIncoming !== admit.isIncoming &&
    engine.context.clock.nowMs() - twin.admittedAtMs < crossedMs;
  if (!isCrossed) return false;
  const weAreGreater = latin1(job.peerId) > twin.peerId;
  if (weAreGreater === admit.isIncoming) return false;
  // A twin that is admitted but not open yet is closed when its `peer-opened` comes: it is not the admitted one then.
  if (twin.slot !== undefined) closePeer(engine, job, twin.worker, twin.slot, "duplicate");
  return true;
}

/** A connection that was admitted stands. */
export function peerOpened(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  opened: PeerOpened,
): void {
  const peer = job.roll.opened(seat.index, latin1(opened.peerId), opened.peer, opened);
  if (seat.dials.remove(job.id, opened.host, opened.port)) {
    job.directory.connected(opened.host, opened.port);
  }
  if (peer === undefined) {
    closePeer(engine, job, seat.index, opened.peer, "not-admitted");
    return;
  }
  say(engine, job, {
    event: "peer",
    address: addressKey(opened.host, opened.port),
    connected: true,
    client: clientName(opened.peerId),
  });
}

/** A connection that stood has ended. */
export function peerClosed(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  closed: PeerClosed,
): void {
  const peer = job.roll.closed(seat.index, closed.peer);
  const nowMs = engine.context.clock.nowMs();
  if (!closed.isIncoming) {
    if (closed.reason === "both-seeds") job.directory.markSeed(closed.host, closed.port);
    if (closed.isFault) job.directory.failed(closed.host, closed.port, nowMs);
    else job.directory.closed(closed.host, closed.port, nowMs, ownReasons.has(closed.reason));
  }
  // One that was closed because it was not admitted has never been said to be connected.
  if (peer !== undefined) {
    const address = addressKey(closed.host, closed.port);
    say(engine, job, { event: "peer", address, connected: false, reason: closed.reason });
  }
  if (isHungry(engine, job)) job.announcer?.hungry();
}

/** A dial that never became a peer. */
export function dialFailed(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  { host, port, reason }: MessageOf<PeerProtocol, "dial-failed">,
): void {
  if (!seat.dials.remove(job.id, host, port)) return;
  const nowMs = engine.context.clock.nowMs();
  if (ownReasons.has(reason)) job.directory.closed(host, port, nowMs, true);
  else job.directory.failed(host, port, nowMs);
  if (isHungry(engine, job)) job.announcer?.hungry();
}

/** No peer is connected or being dialled, and no address waits to be tried for the first time. */
export function isHungry(engine: Engine, job: TorrentJob): boolean {
  if (job.roll.size > 0 || job.directory.untriedCount > 0) return false;
  return engine.seats.every((seat) => seat.dials.count(job.id) === 0);
}

/**
 * A tracker is local when its own address is: then it may name local peers (design: address policy).
 * @param remoteHost Numeric address that answered; undefined leaves it to what stands in `url`.
 */
export function sourceOfTracker(url: string, remoteHost: string | undefined): AddressSource {
  const host = remoteHost ?? new URL(url).hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || classifyAddress(host) === "local";
  return isLocal ? "tracker-local" : "tracker-internet";
}

/** Dials as many addresses as the limits allow, spread over the workers. */
export function dialMore(engine: Engine, job: TorrentJob): void {
  if (!job.isRunning) return;
  const nowMs = engine.context.clock.nowMs();
  for (;;) {
    if (sum(engine.seats, (seat) => seat.dials.size) >= halfOpenLimit) return;
    const dialling = sum(engine.seats, (seat) => seat.dials.count(job.id));
    if (job.roll.size + dialling >= job.maxPeers) return;
    const seat = leastBusySeat(engine, job);
    if (seat === undefined) return;
    const timeoutMs = job.directory.dialTimeoutMs;
    const mayRetry = engine.retriesThisSecond < retriesPerSecond;
    const next = job.directory.next(nowMs, mayRetry, job.ledger.isComplete);
    if (next === undefined) return;
    if (next.isRetry) engine.retriesThisSecond++;
    seat.dials.add(job.id, next.host, next.port);
    seat.ref.cast("dial", { torrent: job.id, host: next.host, port: next.port, timeoutMs });
  }
}

/** Unchokes by turns; tells only workers whose set changed. */
export function rotateUnchoked(engine: Engine, job: TorrentJob): void {
  if (job.roll.connectedCount === 0 && job.choker.isIdle) return;
  const peers = [...job.roll.connected()].map((peer) => ({
    key: peer,
    isInterested: job.tables[peer.worker]?.row(peer.slot).flag(PeerFlag.isPeerInterested) === true,
  }));
  const chosen = job.choker.choose(peers, engine.context.clock.nowMs());
  if (chosen === undefined) return;
  for (const seat of engine.seats) {
    const unchoked = peers
      .filter(({ key }) => key.worker === seat.index && chosen.has(key))
      .map(({ key }) => key.slot);
    seat.tell("set-unchoked", { torrent: job.id, peers: unchoked });
  }
}

/** Sets aside the only source of a bad piece, connected still or not. */
export function banPeer(engine: Engine, job: TorrentJob, peer: RolledPeer): void {
  job.directory.ban(peer.host, peer.port, engine.context.clock.nowMs());
  if (peer.slot === undefined || job.roll.at(peer.worker, peer.slot) !== peer) return;
  closePeer(engine, job, peer.worker, peer.slot, "bad-piece");
}

/** Asks a worker to end a connection; `peer-closed` follows. */
export function closePeer(
  engine: Engine,
  job: TorrentJob,
  worker: number,
  peer: PeerSlot,
  reason: string,
): void {
  engine.seats[worker]?.tell("close-peer", { torrent: job.id, peer, reason });
}

function leastBusySeat(engine: Engine, job: TorrentJob): PeerWorkerSeat | undefined {
  let best: PeerWorkerSeat | undefined;
  let bestLoad = Infinity;
  for (const seat of engine.seats) {
    // The last quarter of a mailbox is for answers, which cannot wait.
    if (seat.ref.peer === undefined || seat.credits < 256) continue;
    const load = job.roll.countAt(seat.index) + seat.dials.count(job.id);
    if (load < bestLoad) {
      best = seat;
      bestLoad = load;
    }
  }
  return best;
}

function sum(seats: readonly PeerWorkerSeat[], of: (seat: PeerWorkerSeat) => number): number {
  return seats.reduce((total, seat) => total + of(seat), 0);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
