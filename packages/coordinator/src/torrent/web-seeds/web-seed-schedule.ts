// When web seeds are opened and closed: while wanted pieces are missing, a few at a time, each at one peer-worker.

import { PeerWord } from "@troupe/messages";
import { peerIdText } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { ConnectionRoom, connectionsPerWebSeed } from "../swarm/connection-quotas.ts";
import type { ConnectionServices } from "../swarm/connection-quotas.ts";
import { webSeedsAtOnce } from "../swarm/peer-limits.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { WebSeed } from "./web-seeds.ts";

type Services = ConnectionServices & Pick<Engine, "context">;

/**
 * Between two searches for a piece that a web seed without some files may serve. Each looks at all pieces: the web seeds
 * of a torrent take turns.
 */
const searchMs = 1_000;
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
  for (const seed of webSeeds.leaving) closeWebSeed(engine, job, seed, "not-needed");
  webSeeds.forgetLeft();
  if (webSeeds.list.length === 0 || job.request.mode !== "download") return;
  const nowMs = engine.context.clock.nowMs();
  for (const seed of webSeeds.list) seed.dispatch({ event: "rested", nowMs });
  if (ledger.isComplete) {
    for (const seed of webSeeds.list) closeWebSeed(engine, job, seed, "not-needed");
  } else if (job.state === "active") {
    for (const seed of webSeeds.list) closeForRestedFile(engine, job, seed);
    openWebSeeds(engine, job, room);
  }
}

/** The settings name other web seeds. */
export function followWebSeeds(engine: Services, job: TorrentJob): void {
  if (!hasContent(job)) return;
  job.content.webSeeds.follow(job.request.settings);
  tendWebSeeds(engine, job);
}

/** A start tries again at once. */
export function beginWebSeeds(engine: Services, job: JobWithContent): void {
  for (const seed of job.content.webSeeds.list) seed.beginRun();
  tendWebSeeds(engine, job);
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

/** It takes files only when it is opened. */
function closeForRestedFile(engine: Services, job: JobWithContent, seed: WebSeed): void {
  if (seed.state.activity.state !== "open") return;
  if (engine.context.clock.nowMs() < seed.reopenAtMs) return;
  const peer = job.peers.byPeerId(peerIdText(seed.peerId));
  if (peer?.rowIndex === undefined) return;
  const row = job.content.traffic.row(peer.worker, peer.rowIndex);
  if (row?.word(PeerWord.requestsOut) === 0) closeWebSeed(engine, job, seed, "file-rested");
}

function openWebSeeds(engine: Services, job: JobWithContent, room: ConnectionRoom): void {
  const { webSeeds } = job.content;
  let places = webSeedsAtOnce - webSeeds.openCount;
  const nowMs = engine.context.clock.nowMs();
  let maySearch = true;
  for (const seed of webSeeds.list) {
    if (places <= 0) return;
    if (seed.state.activity.state !== "idle") continue;
    const lacked = seed.lackedFiles.at(nowMs);
    if (lacked.length > 0) {
      if (!maySearch || nowMs < seed.searchAtMs) continue;
      maySearch = mayServe(job, lacked);
      seed.searchAtMs = maySearch ? 0 : nowMs + searchMs * webSeeds.list.length;
      if (!maySearch) continue;
    }
    const peerWorker = workerFor(engine, job);
    if (peerWorker === undefined || !room.makeFor(job, connectionsPerWebSeed)) return;
    openAt(engine, job, seed, peerWorker);
    places--;
  }
}

function openAt(
  { context, options: { localHosts } }: Services,
  job: JobWithContent,
  seed: WebSeed,
  peerWorker: PeerWorkerHandle,
): void {
  const nowMs = context.clock.nowMs();
  const { webSeeds } = job.content;
  const { peerId, reach, givesWholeFiles } = seed;
  const opening = webSeeds.nextOpening();
  seed.lastOpening = opening;
  seed.run = undefined;
  seed.fileRun = undefined;
  seed.reopenAtMs = seed.lackedFiles.nextRestedMs(nowMs);
  seed.dispatch({ event: "opened", worker: peerWorker.index, opening });
  peerWorker.calls.cast("open-web-seed", {
    torrent: job.id,
    seed: opening,
    peerId,
    reach,
    ...(localHosts !== undefined && { localHosts }),
    givesWholeFiles,
    ...webSeeds.addressesOf(seed, nowMs),
  });
}

/** Whether a piece is missing whose files it may all have. */
function mayServe({ content }: JobWithContent, lackedFiles: readonly number[]): boolean {
  const { files, ledger } = content;
  const isWithout = new Uint8Array(ledger.states.length);
  for (const file of lackedFiles) {
    const [first, last] = files.piecesOf(file) ?? [0, -1];
    isWithout.fill(1, first, last + 1);
  }
  for (let piece = 0; piece < isWithout.length; piece++) {
    if (isWithout[piece] === 0 && ledger.isPickable(piece as PieceIndex)) return true;
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
