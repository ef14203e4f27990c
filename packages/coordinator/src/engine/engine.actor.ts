// The engine: the coordinator actor. It supervises the workers and owns every decision about torrents.
// Handler table first; each line names the function that answers.

import type { Actor, Context, Sender } from "@troupe/actor-runtime";
import type { EngineOptions, FileProtocol, PeerProtocol } from "@troupe/messages";
import { whenFlushed } from "./base/event-outbox.ts";
import { readFailed } from "../torrent/checks/suspect-files.ts";
import { cancelHashCheck, hashCheck, partFileOf } from "../torrent/checks/recheck.ts";
import { transferTaken, leaseReturned, piecesWanted } from "../torrent/pieces/piece-leases.ts";
import { pieceNotWritten, pieceSealed, pieceWritten } from "../torrent/pieces/sealed-pieces.ts";
import { recordNotSaved, syncFailed } from "../torrent/storage/save-failures.ts";
import { dialFailed } from "../torrent/swarm/dial-schedule.ts";
import { setMaxPeers } from "../torrent/swarm/max-peers.ts";
import { admitPeer, peerClosed, peerListens, peerOpened } from "../torrent/swarm/peers.ts";
import { addUserPeer } from "../torrent/addresses/user-peers.ts";
import { setPriorities } from "../torrent/pieces/set-priorities.ts";
import { statusOf } from "../torrent/report/status.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import { whyNow } from "../torrent/report/why-facts.ts";
import {
  addTorrent,
  endMove,
  findMove,
  moveTorrent,
  removeTorrent,
  settleMove,
} from "./torrent-registry.ts";
import { callRecordsForUser } from "./base/records-calls.ts";
import { diskFrom } from "./base/disk-handles.ts";
import type { EngineServices } from "./base/engine-services.ts";
import { jobOf, type Engine, type EngineActorProtocol } from "./base/engine-state.ts";
import { breadcrumbOf } from "./base/breadcrumb.ts";
import { listen } from "./peers/listen-port.ts";
import type { PeerWorkerHandle } from "./base/peer-worker-handle.ts";
import { endActor, hangActor, startEngine } from "./start/engine-start.ts";
import { shutDown, stuckThreads } from "./engine-end.ts";

/** What the engine hears from its workers. */
export type WorkerProtocols = { peer: PeerProtocol; file: FileProtocol };

const noTorrent = { refused: "no-torrent" } as const;
type EngineActor = Actor<EngineActorProtocol, EngineOptions, Engine, WorkerProtocols>;

/** The engine over the given parts: real threads in production, anything else in tests. */
export function engineActor(services: EngineServices): EngineActor {
  return {
    name: "engine",
    start: (context: Context<EngineActorProtocol>, options) =>
      startEngine(context, options, services),
    stop: async (engine) => void (await shutDown(engine)),
    subjectOf: breadcrumbOf,

    handlers: {
      // From the front.
      listen: (engine) => listen(engine),
      "add-torrent": (engine, request) => addTorrent(engine, request),
      "start-torrent": (engine, { torrent, device }) =>
        withJob(engine, torrent, (_engine, job) => startForUser(job, device)),
      "stop-torrent": async (engine, { torrent }) => {
        await withJob(engine, torrent, stopForUser);
        return {};
      },
      "pause-torrent": (engine, { torrent }) =>
        withJob(engine, torrent, (_engine, job) => job.life.pause()),
      "remove-torrent": async (engine, message) =>
        (await withJob(engine, message.torrent, (_engine, job) =>
          removeTorrent(engine, job, message),
        )) ?? {},
      "move-torrent": async (engine, { torrent, directory }) =>
        (await withJob(engine, torrent, (_engine, job) => moveTorrent(engine, job, directory))) ??
        noTorrent,
      "find-move": async (engine, { torrent }) =>
        (await withJob(engine, torrent, findMove)) ?? noTorrent,
      "settle-move": async (engine, { torrent }) =>
        (await withJob(engine, torrent, settleMove)) ?? noTorrent,
      "end-move": async (engine, { torrent }) =>
        (await withJob(engine, torrent, endMove)) ?? noTorrent,
      "set-max-peers": (engine, { torrent, maxPeers }) =>
        withJob(engine, torrent, (_engine, job) => setMaxPeers(engine, job, maxPeers)),
      "list-jobs": (engine, question) => callRecordsForUser(engine, "list-jobs", question),
      "torrent-status": (engine, { torrent }) => withJob(engine, torrent, statusOf) ?? noTorrent,
      "torrent-why": (engine, { torrent }) => withJob(engine, torrent, whyNow) ?? noTorrent,
      "add-peer": (engine, { torrent, host, port }) =>
        withJob(engine, torrent, (_engine, job) => addUserPeer(engine, job, host, port)),
      "hash-check": (engine, message) =>
        withJob(engine, message.torrent, (_engine, job) => void hashCheck(engine, job, message)),
      "cancel-hash-check": (engine, { torrent, check }) =>
        withJob(engine, torrent, (_engine, job) => cancelHashCheck(job, check)),
      "part-file": async (engine, { torrent }) =>
        (await withJob(engine, torrent, partFileOf)) ?? noTorrent,
      "set-priorities": (engine, message) =>
        withJob(engine, message.torrent, (_engine, job) => setPriorities(engine, job, message)),
      "shut-down": async (engine) => ({ left: await shutDown(engine) }),
      "stuck-threads": (engine) => ({ threads: stuckThreads(engine) }),
      actors: async (engine) => ({ tree: await engine.supervision.supervisor?.status() }),
      "end-actor": (engine, { name }) => endActor(engine, name),
      "hang-actor": (engine, { name }) => hangActor(engine, name),
      // From peer-workers.
      admit: (engine, admit, from) =>
        forPeerWorker(engine, admit, from, admitPeer) ?? { refused: "closed" as const },
      "transferred-piece-taken": (engine, { torrent, lease }) =>
        withJob(engine, torrent, (_engine, job) => transferTaken(job, lease)),
    },

    noticeHandlers: workerNotices,
  };
}

/** What workers announce; each line names the function that follows it. */
const workerNotices: NonNullable<EngineActor["noticeHandlers"]> = {
  peer: {
    "peer-opened": (engine, opened, from) => forPeerWorker(engine, opened, from, peerOpened),
    "peer-listens": (engine, said, from) => forPeerWorker(engine, said, from, peerListens),
    "peer-closed": (engine, closed, from) => forPeerWorker(engine, closed, from, peerClosed),
    "dial-failed": (engine, dial, from) => forPeerWorker(engine, dial, from, dialFailed),
    "pieces-wanted": (engine, message, from) =>
      forPeerWorker(engine, message, from, (_engine, job, peerWorker, { peers }) =>
        piecesWanted(engine, job, peerWorker, peers),
      ),
    "piece-sealed": (engine, sealed, from) => forPeerWorker(engine, sealed, from, pieceSealed),
    "lease-returned": (engine, lease, from) => forPeerWorker(engine, lease, from, leaseReturned),
  },
  file: {
    "piece-written": (engine, written, from) =>
      pieceWritten(engine, diskFrom(engine, from), written),
    "piece-not-written": (engine, refusal, from) =>
      pieceNotWritten(engine, diskFrom(engine, from), refusal),
    "sync-failed": (engine, refusal) => syncFailed(engine, refusal),
    "record-not-saved": (engine, refusal) => recordNotSaved(engine, refusal),
    "read-failed": (engine, failed) => readFailed(engine, failed),
  },
};

function startForUser(job: TorrentJob, device: string | undefined): void {
  job.life.start(device === undefined ? undefined : BigInt(device));
}

/** Who awaits the answer shall find the state that it stands for. */
async function stopForUser(engine: Engine, job: TorrentJob): Promise<void> {
  await job.life.stop();
  await whenFlushed(engine, job);
}

/** Messages about a torrent that was removed meanwhile end here. */
function withJob<Result>(
  engine: Engine,
  torrent: TorrentJob["id"],
  act: (engine: Engine, job: TorrentJob) => Result,
): Result | undefined {
  const job = jobOf(engine, torrent);
  return job === undefined ? undefined : act(engine, job);
}

function forPeerWorker<Message extends { readonly torrent: TorrentJob["id"] }, Result>(
  engine: Engine,
  message: Message,
  from: Sender,
  act: (engine: Engine, job: TorrentJob, peerWorker: PeerWorkerHandle, message: Message) => Result,
): Result | undefined {
  const [job, peerWorker] = [jobOf(engine, message.torrent), peerWorkerOf(engine, from)];
  if (job === undefined || peerWorker === undefined) return undefined;
  return act(engine, job, peerWorker, message);
}

function peerWorkerOf(engine: Engine, from: Sender): PeerWorkerHandle | undefined {
  return engine.peerWorkers.find((peerWorker) => peerWorker.name === from.name);
}
