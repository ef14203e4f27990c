// When web seeds are opened and closed: while wanted pieces are missing, a few at a time, each at one peer-worker.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { cleanText, peerIdText, type PieceIndex } from "@troupe/protocol";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { ConnectionRoom, connectionsPerWebSeed } from "../swarm/connection-shares.ts";
import type { ConnectionServices } from "../swarm/connection-shares.ts";
import { webSeedsAtOnce } from "../swarm/peer-limits.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import type { WebSeed } from "./web-seeds.ts";

type Services = ConnectionServices & Pick<Engine, "context">;

/** Files that a web seed may lack; with more it is turned off. Each costs an opening. */
export const mostMissingFiles = 100;
const longestMessage = 500;
/**
 * Between two searches for a piece that a web seed without some files may serve. Each looks at all pieces: the web seeds
 * of a torrent take turns.
 */
const searchMs = 1_000;
/** Ends that say nothing about the server. */
const ownReasons: ReadonlySet<string> = new Set([
  "both-seeds",
  "closed",
  "not-needed",
  "torrent-closed",
]);

/**
 * Opens and closes web seeds as the torrent needs them. At the start of a run, and once a second.
 * @param room Shared by the torrents of a tick.
 */
export function tendWebSeeds(
  engine: Services,
  job: JobWithContent,
  room: ConnectionRoom = new ConnectionRoom(engine),
): void {
  const { ledger, webSeeds } = job.content;
  if (webSeeds.list.length === 0 || job.request.mode !== "download") return;
  const nowMs = engine.context.clock.nowMs();
  for (const seed of webSeeds.list) seed.dispatch({ event: "rested", nowMs });
  if (ledger.isComplete) {
    for (const seed of webSeeds.list) closeWebSeed(engine, job, seed, "not-needed");
  } else if (job.state === "active") {
    openWebSeeds(engine, job, room);
  }
}

/** A start tries again at once. */
export function beginWebSeeds(engine: Services, job: JobWithContent): void {
  for (const seed of job.content.webSeeds.list) seed.beginRun();
  tendWebSeeds(engine, job);
}

/** An opening has ended, or failed. */
export function webSeedClosed(
  engine: Services,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  {
    seed: opening,
    code,
    message,
    retryAfterMs,
    missingFile,
  }: MessageOf<PeerProtocol, "web-seed-closed">,
): void {
  const seed = job.content.webSeeds.openAt(index, opening);
  if (seed === undefined) return;
  if (missingFile !== undefined) {
    fileMissing(job, seed, missingFile, cleanText(message, longestMessage));
    tendWebSeeds(engine, job);
  } else if (ownReasons.has(code)) seed.dispatch({ event: "released" });
  else {
    const nowMs = engine.context.clock.nowMs();
    const fault = { code, message: cleanText(message, longestMessage) };
    seed.dispatch({ event: "failed", fault, retryAfterMs, nowMs });
    if (seed.state.failures === 1) reportFailure(job, seed, fault.message);
  }
}

/** Closes a web seed that is open; `web-seed-closed` follows. */
export function closeWebSeed(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  job: TorrentJob,
  { peerId }: WebSeed,
  reason: string,
): void {
  const peer = job.peers.byPeerId(peerIdText(peerId));
  if (peer?.rowIndex === undefined) return;
  const { worker, rowIndex } = peer;
  peerWorkers[worker]?.calls.cast("close-peer", { torrent: job.id, peer: rowIndex, reason });
}

/** Two threads have crashed at its data. */
export function turnOffWebSeed(
  engine: Pick<Engine, "peerWorkers">,
  job: JobWithContent,
  seed: WebSeed,
  message: string,
): void {
  seed.dispatch({ event: "turned-off", fault: { code: "quarantined", message } });
  reportOff(job, seed);
  closeWebSeed(engine, job, seed, "quarantined");
}

/** Warns of a web seed that is not used any more. */
export function reportOff(job: TorrentJob, { url, state: { activity } }: WebSeed): void {
  if (activity.state !== "off") return;
  const message = `web seed ${hostOf(url)} is not used any more: ${activity.fault.message}`;
  job.outbox.emit({ event: "warning", code: "web-seed-off", message });
}

function reportFailure(job: TorrentJob, { url }: WebSeed, why: string): void {
  const message = `web seed ${hostOf(url)} does not answer as it should and is tried again later: ${why}`;
  job.outbox.emit({ event: "warning", code: "web-seed-failed", message });
}

/** The URL may hold a key. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function fileMissing(job: JobWithContent, seed: WebSeed, file: number, why: string): void {
  seed.missingFiles.add(file);
  seed.dispatch({ event: "released" });
  const isWithoutFiles = !hasAnyFile(job, seed);
  if (!isWithoutFiles && seed.missingFiles.size <= mostMissingFiles) return;
  const message = isWithoutFiles
    ? `none of the files can be taken from it: ${why}`
    : `it lacks more than ${mostMissingFiles} files`;
  seed.dispatch({ event: "turned-off", fault: { code: "files-missing", message } });
  reportOff(job, seed);
}

function hasAnyFile({ content: { metainfo } }: JobWithContent, { missingFiles }: WebSeed): boolean {
  return metainfo.files.some(
    ({ lengthBytes, isPadding }, file) => lengthBytes > 0 && !isPadding && !missingFiles.has(file),
  );
}

function openWebSeeds(engine: Services, job: JobWithContent, room: ConnectionRoom): void {
  const { webSeeds } = job.content;
  let places = webSeedsAtOnce - webSeeds.openCount;
  const nowMs = engine.context.clock.nowMs();
  let maySearch = true;
  for (const seed of webSeeds.list) {
    if (places <= 0) return;
    if (seed.state.activity.state !== "idle") continue;
    if (seed.missingFiles.size > 0) {
      if (!maySearch || nowMs < seed.searchAtMs) continue;
      maySearch = mayServe(job, seed);
      seed.searchAtMs = maySearch ? 0 : nowMs + searchMs * webSeeds.list.length;
      if (!maySearch) continue;
    }
    const peerWorker = workerFor(engine, job);
    if (peerWorker === undefined || !room.makeFor(job, connectionsPerWebSeed)) return;
    openAt(job, seed, peerWorker);
    places--;
  }
}

function openAt(job: JobWithContent, seed: WebSeed, peerWorker: PeerWorkerHandle): void {
  const { webSeeds } = job.content;
  const { peerId, isTrusted } = seed;
  const opening = webSeeds.nextOpening();
  seed.lastOpening = opening;
  seed.run = undefined;
  seed.dispatch({ event: "opened", worker: peerWorker.index, opening });
  peerWorker.calls.cast("open-web-seed", {
    torrent: job.id,
    seed: opening,
    peerId,
    isTrusted,
    ...webSeeds.addressesOf(seed),
  });
}

/** Whether a piece is missing whose files it may all have. */
function mayServe({ content }: JobWithContent, { missingFiles }: WebSeed): boolean {
  const { files, ledger } = content;
  const isWithout = new Uint8Array(ledger.states.length);
  for (const file of missingFiles) {
    const [first, last] = files.piecesOf(file) ?? [0, -1];
    isWithout.fill(1, first, last + 1);
  }
  for (let piece = 0; piece < isWithout.length; piece++) {
    if (
      isWithout[piece] === 0 &&
      ledger.isMissing(piece as PieceIndex) &&
      ledger.isWanted(piece as PieceIndex)
    )
      return true;
  }
  return false;
}

/** With the fewest web seeds of the torrent, then the fewest peers. */
function workerFor({ peerWorkers }: Services, job: JobWithContent): PeerWorkerHandle | undefined {
  const open = job.content.webSeeds.list.flatMap(({ state: { activity } }) =>
    activity.state === "open" ? [activity.worker] : [],
  );
  const running = peerWorkers.filter(({ ref }) => ref.peer !== undefined);
  const loadOf = ({
    index,
    dials,
  }: PeerWorkerHandle): readonly [webSeeds: number, peers: number] => [
    open.filter((worker) => worker === index).length,
    job.peers.countAt(index) + dials.count(job.id),
  ];
  return running.toSorted((one, other) => {
    const [webSeeds, peers] = loadOf(one);
    const [otherWebSeeds, otherPeers] = loadOf(other);
    return webSeeds - otherWebSeeds || peers - otherPeers;
  })[0];
}
