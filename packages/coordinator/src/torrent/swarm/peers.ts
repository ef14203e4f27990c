// The engine's decisions about peers: admit, replace, ban.

import type {
  Admit,
  EngineProtocol,
  PeerClosed,
  PeerOpened,
  PeerProtocol,
  PeerRowIndex,
} from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { addressKey, classifyAddress, subscriberOf } from "@troupe/protocol/address";
import { peerIdText } from "@troupe/protocol/peer";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { makeRoomFor } from "./connection-quotas.ts";
import { hashPeerClosed } from "../hashes/hash-peer-closed.ts";
import { admittedPeer, nameOfClient } from "./admitted-peer.ts";
import { admitWebSeed, strikeWebSeed } from "../web-seeds/web-seed-peer.ts";
import {
  dialSoon,
  announceIfNeeded,
  redialDelayAfter,
  upgradeReason,
  type DialServices,
} from "./dial-schedule.ts";
import type { Contributor } from "../smart-ban/failed-attempts.ts";
import type { AddressSource } from "@troupe/messages";
import { punchOpened } from "../holepunch/punch-opened.ts";
import type { ConnectedPeer } from "./connected-peers.ts";
import { otherSeedSeen } from "../super-seeding/handlers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that peers are reached with. */
type PeerServices = Pick<Engine, "context" | "peerWorkers">;

type OwnAddressServices = Pick<Engine, "network" | "torrents">;

/** Connections per subscriber; further incoming ones are refused. */
const maxPeersPerSubscriber = 4;
/** Share of a downloading torrent's connections that is kept for peers that we dial. */
const dialledShare = 0.2;
/** Two connections between the same peers within this time crossed on the way. */
const crossedMs = 10_000;

/** Answers the last step of a handshake, and counts the answer. */
export function admitPeer(
  engine: DialServices,
  ...admission: [job: TorrentJob, peerWorker: PeerWorkerHandle, admit: Admit]
): ReplyOf<EngineProtocol, "admit"> {
  const answer = answerAdmit(engine, ...admission);
  engine.metrics.admissions.count("refused" in answer ? answer.refused : "admitted");
  return answer;
}

function answerAdmit(
  engine: DialServices,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  admit: Admit,
): ReplyOf<EngineProtocol, "admit"> {
  const nowMs = engine.context.clock.nowMs();
  const peerId = peerIdText(admit.peerId);
  if (!job.isInSwarm) return { refused: "closed" };
  if (admit.webSeed !== undefined) return admitWebSeed(engine, job, peerWorker, admit);
  if (peerId === peerIdText(job.peerId)) return { refused: "self" };
  if (job.directory.isBanned(admit.host, admit.port, nowMs)) return { refused: "banned" };
  if (engine.network.ipFilter.has(admit.host)) return { refused: "ip-filtered" };
  if (!admit.isIncoming && isForeign(job, admit)) return { refused: "closed" };
  const twin = job.peers.byPeerId(peerId);
  if (twin !== undefined && !tryReplaceTwin(engine, job, twin, admit))
    return { refused: "duplicate" };
  const subscriber = subscriberOf(admit.host);
  if (twin === undefined && !hasRoom(job, admit.isIncoming, subscriber)) return { refused: "full" };
  if (twin === undefined && admit.isIncoming && !makeRoomFor(engine, job))
    return { refused: "full" };
  job.peers.admit(admittedPeer(peerWorker, admit, { subscriber, nowMs }));
  return { admitted: true };
}

/** A private torrent forgot the address during its dial. */
function isForeign({ content, directory, magnet }: TorrentJob, { host, port }: Admit): boolean {
  if (magnet === undefined || content?.metainfo.isPrivate !== true) return false;
  return !directory.has(host, port);
}

/** Whether further incoming peers are refused. */
export function isFull(job: TorrentJob): boolean {
  return !hasRoom(job, true, undefined);
}

/**
 * Incoming peers cannot take the places kept for dials, nor a subscriber many. A seeder dials no peers and keeps no places.
 */
function hasRoom(job: TorrentJob, isIncoming: boolean, subscriber: string | undefined): boolean {
  if (job.peers.size >= job.limits.peerLimit) return false;
  if (!isIncoming) return true;
  const kept = job.isComplete ? 0 : Math.floor(job.limits.peerLimit * dialledShare);
  if (job.peers.incomingCount >= job.limits.peerLimit - kept) return false;
  return job.peers.countOf(subscriber) < maxPeersPerSubscriber;
}

/**
 * The connection that speaks version 2 stays of two to a peer at one host. When both sides dial at once, both keep the
 * connection that the greater peer id dialled, so that not both are closed.
 */
function tryReplaceTwin(
  engine: PeerServices,
  job: TorrentJob,
  twin: ConnectedPeer,
  admit: Admit,
): boolean {
  if (!isPreferred(engine, job, twin, admit)) return false;
  // A twin that is not open yet is closed at its `peer-opened`.
  if (twin.rowIndex !== undefined) closePeer(engine, job, twin.worker, twin.rowIndex, "duplicate");
  return true;
}

/** The version decides at one host alone: a stranger that copies a peer id ends no connection. */
function isPreferred(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  twin: ConnectedPeer,
  { host, isIncoming, version = "v1" }: Admit,
): boolean {
  const speaksV2 = version !== "v1";
  if (host === twin.host && speaksV2 !== (twin.version !== "v1")) return speaksV2;
  const isCrossed =
    twin.isIncoming !== isIncoming && context.clock.nowMs() - twin.admittedAtMs < crossedMs;
  const weAreGreater = peerIdText(job.peerId) > twin.peerId;
  return isCrossed && weAreGreater !== isIncoming;
}

/** An admitted connection is open. */
export function peerOpened(
  engine: PeerServices & Pick<Engine, "awake" | "metrics" | "network">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  opened: PeerOpened,
): void {
  const peer = job.peers.opened(peerWorker.index, peerIdText(opened.peerId), opened.peer, opened);
  const { host, port, kind, version = "v1" } = opened;
  punchOpened(engine, job, opened);
  if (kind !== undefined) engine.metrics.versions.count(version);
  if (kind !== undefined && peerWorker.dials.remove(job.id, host, port)) {
    engine.metrics.dials.count("opened");
    job.directory.connected(host, port, kind, engine.context.clock.nowMs(), version);
  }
  if (peer === undefined) {
    closePeer(engine, job, peerWorker.index, opened.peer, "not-admitted");
    return;
  }
  engine.awake.add(job);
  job.outbox.emit({
    event: "peer",
    address: addressKey(host, port),
    connected: true,
    ...kind,
    sources: opened.isIncoming ? [] : job.directory.sourcesOf(host, port),
    client: nameOfClient(peer),
  });
}

/** A connection has ended. */
export function peerClosed(
  engine: DialServices,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  closed: PeerClosed,
): void {
  const peer = job.peers.closed(peerWorker.index, closed.peer);
  engine.metrics.closings.count(closed.reason);
  if (closed.webSeed !== undefined) engine.metrics.closedWebSeedBytes += closed.downloadedBytes;
  if (closed.reason === "both-seeds" && peer?.isWebSeed === false) otherSeedSeen(engine, job);
  job.magnet?.peerGone(peerWorker.index, closed.peer);
  if (peer !== undefined && hashPeerClosed(job, peer, closed))
    banPeer(engine, job, peer, "bad-hashes");
  const nowMs = engine.context.clock.nowMs();
  if (peer !== undefined) job.choker.forget(peer, nowMs);
  const port = closed.isIncoming ? peer?.listenPort : closed.port;
  if (port !== undefined && closed.webSeed === undefined) {
    if (closed.reason === "both-seeds") job.directory.note(closed.host, port, { isSeed: true });
    if (closed.reason === upgradeReason) job.directory.note(closed.host, port, { foundBy: "v2" });
    if (closed.isFault) job.directory.failed(closed.host, port, nowMs);
    else job.directory.closed(closed.host, port, nowMs, redialDelayAfter(job, closed.reason));
  }
  dialSoon(engine);
  // A connection that was not admitted was not reported either.
  if (peer !== undefined) {
    const address = addressKey(closed.host, closed.port);
    job.outbox.emit({ event: "peer", address, connected: false, reason: closed.reason });
  }
  announceIfNeeded(engine, job);
}

/** The peer can be dialled at this port once its connection is gone. */
export function peerListens(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { peer, port }: MessageOf<PeerProtocol, "peer-listens">,
): void {
  const connected = job.peers.at(peerWorker.index, peer);
  if (connected === undefined || !connected.isIncoming || connected.listenPort === port) return;
  const nowMs = engine.context.clock.nowMs();
  // The port named before no longer leads to the peer.
  if (connected.listenPort !== undefined)
    job.directory.closed(connected.host, connected.listenPort, nowMs, "later");
  connected.listenPort = port;
  job.directory.heardOf(connected.host, port, nowMs, connected.version);
}

/** A peer sees us at this address. */
export function ownAddressSeen(
  engine: OwnAddressServices,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { peer, host }: MessageOf<PeerProtocol, "own-address-seen">,
): void {
  const witness = job.peers.at(peerWorker.index, peer);
  if (witness !== undefined) noteOwnAddress(engine, host, witness.host);
}

/** A peer or a tracker sees us at this address: no torrent dials it once enough networks agree. */
export function noteOwnAddress(
  { network, torrents }: OwnAddressServices,
  host: string,
  witness: string,
): void {
  if (!network.ownAddresses.seen(host, witness)) return;
  for (const { directory } of torrents.values()) {
    for (const port of [network.publicPort, network.port]) directory.forgetOwn(host, port);
  }
}

/**
 * A tracker with a local address may name local peers; a tracker on the internet may not, as it could make us dial
 * machines of the home network.
 * @param remoteHost Numeric address that answered; undefined: the host in `url` decides.
 */
export function sourceOfTracker(url: string, remoteHost: string | undefined): AddressSource {
  const host = remoteHost ?? new URL(url).hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || classifyAddress(host) === "local";
  return isLocal ? "tracker-local" : "tracker-internet";
}

/**
 * Bans a peer that is proven to have sent wrong data, connected or not, and reports it once. A web seed is turned off
 * instead, the second time.
 */
export function banPeer(
  engine: PeerServices,
  job: TorrentJob,
  { host, port, peerId }: Contributor,
  reason: "bad-piece" | "bad-metadata" | "bad-hashes" = "bad-piece",
): void {
  const nowMs = engine.context.clock.nowMs();
  job.content?.failedAttempts.explain({ host, port, peerId });
  if (strikeWebSeed(engine, job, peerId)) return;
  if (!job.directory.isBanned(host, port, nowMs)) {
    job.directory.ban(host, port, nowMs);
    const address = addressKey(host, port);
    engine.context.log("warn", "peer-banned", { torrent: job.id, address, reason });
    job.outbox.emit({
      event: "warning",
      code: "peer-banned",
      message: `${address} sent wrong data and is not asked again for an hour`,
    });
  }
  const peer = job.peers.byPeerId(peerId);
  if (peer?.rowIndex === undefined || peer.host !== host || peer.port !== port) return;
  closePeer(engine, job, peer.worker, peer.rowIndex, reason);
}

/** The user closes the connections to a peer. Its address stays: an address that is to stay away is banned. */
export function disconnectPeer(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  { host, port }: Pick<Contributor, "host" | "port">,
): void {
  for (const peer of job.peers.connected())
    if (peer.host === host && peer.port === port)
      closePeer(engine, job, peer.worker, peer.rowIndex, "disconnected");
}

/** Closes a connection; `peer-closed` follows. */
export function closePeer(
  engine: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  worker: number,
  peer: PeerRowIndex,
  reason: string,
): void {
  engine.peerWorkers[worker]?.calls.cast("close-peer", { torrent: job.id, peer, reason });
}
