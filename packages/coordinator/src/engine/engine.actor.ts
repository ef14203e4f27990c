// The engine: the coordinator actor. It supervises the workers and owns every decision about torrents.
// Handler table first; each line names the function that answers.

import type { Actor, Context, Sender } from "@troupe/actor-runtime";
import type { EngineOptions, FileProtocol, PeerProtocol } from "@troupe/messages";
import { flushed } from "../torrent/event-outbox.ts";
import { readFailed } from "../torrent/file-trouble.ts";
import { cancelHashCheck, hashCheck, partFileOf } from "../torrent/hash-checks.ts";
import { copyTaken, leaseReturned, leaseWanted } from "../torrent/leasing.ts";
import { setPaused, startTorrent, stopTorrent } from "../torrent/lifecycle.ts";
import { pieceNotWritten, pieceSealed, pieceWritten } from "../torrent/piece-flow.ts";
import { recordNotKept, syncFailed } from "../torrent/keeping.ts";
import { dialFailed } from "../torrent/dialling.ts";
import { setMaxPeers } from "../torrent/max-peers.ts";
import { admitPeer, peerClosed, peerListens, peerOpened } from "../torrent/peers.ts";
import { addUserPeer } from "../torrent/user-peers.ts";
import { setPriorities } from "../torrent/wanting.ts";
import { statusOf } from "../torrent/status.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import { whyNow } from "../torrent/why-facts.ts";
import { addTorrent, endMove, findMove, moveTorrent, removeTorrent, settleMove } from "./adding.ts";
import { askRecordsForUser } from "./records-calls.ts";
import { diskFrom } from "./disk-seats.ts";
import type { EngineParts } from "./engine-parts.ts";
import { jobOf, type Engine, type EngineActorProtocol } from "./engine-state.ts";
import { inputOfMessage } from "./holding.ts";
import { listen } from "./listening.ts";
import type { PeerWorkerSeat } from "./peer-worker-seat.ts";
import { endActor, hangActor, startEngine } from "./starting.ts";
import { shutDown, stuckThreads } from "./ending.ts";

/** What the engine hears from its workers. */
export type EngineHears = { peer: PeerProtocol; file: FileProtocol };

const noTorrent = { refused: "no-torrent" } as const;
type EngineActor = Actor<EngineActorProtocol, EngineOptions, Engine, EngineHears>;

/** The engine over the given parts: real threads in production, anything else in tests. */
export function engineActor(parts: EngineParts): EngineActor {
  return {
    name: "engine",
    start: (context: Context<EngineActorProtocol>, options) => startEngine(context, options, parts),
    stop: async (engine) => void (await shutDown(engine)),
    subjectOf: inputOfMessage,

    handlers: {
      // From the front.
      listen: (engine) => listen(engine),
      "add-torrent": (engine, request) => addTorrent(engine, request),
      "start-torrent": (engine, { torrent, device }) =>
        withJob(engine, torrent, (_engine, job) => startForUser(engine, job, device)),
      "stop-torrent": async (engine, { torrent }) => {
        await withJob(engine, torrent, stopAndTell);
        return {};
      },
      "pause-torrent": (engine, { torrent }) =>
        withJob(engine, torrent, (_engine, job) => setPaused(engine, job, true)),
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
      "list-jobs": (engine, question) => askRecordsForUser(engine, "list-jobs", question),
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
      actors: async (engine) => ({ tree: await engine.supervisor?.status() }),
      "end-actor": (engine, { name }) => endActor(engine, name),
      "hang-actor": (engine, { name }) => hangActor(engine, name),
      // From peer-workers.
      admit: (engine, admit, from) =>
        atSeat(engine, admit, from, admitPeer) ?? { refused: "closed" as const },
      "carried-piece-taken": (engine, { torrent, lease }) =>
        withJob(engine, torrent, (_engine, job) => copyTaken(job, lease)),
    },

    hears: workersHeard,
  };
}

/** What workers announce; each line names the function that follows it. */
const workersHeard: NonNullable<EngineActor["hears"]> = {
  peer: {
    "peer-opened": (engine, opened, from) => atSeat(engine, opened, from, peerOpened),
    "peer-listens": (engine, said, from) => atSeat(engine, said, from, peerListens),
    "peer-closed": (engine, closed, from) => atSeat(engine, closed, from, peerClosed),
    "dial-failed": (engine, dial, from) => atSeat(engine, dial, from, dialFailed),
    "pieces-wanted": (engine, message, from) =>
      atSeat(engine, message, from, (_engine, job, seat, { peers }) =>
        leaseWanted(engine, job, seat, peers),
      ),
    "piece-sealed": (engine, sealed, from) => atSeat(engine, sealed, from, pieceSealed),
    "lease-returned": (engine, lease, from) => atSeat(engine, lease, from, leaseReturned),
  },
  file: {
    "piece-written": (engine, written, from) =>
      pieceWritten(engine, diskFrom(engine, from), written),
    "piece-not-written": (engine, refusal, from) =>
      pieceNotWritten(engine, diskFrom(engine, from), refusal),
    "sync-failed": (engine, refusal) => syncFailed(engine, refusal),
    "record-not-kept": (engine, refusal) => recordNotKept(engine, refusal),
    "read-failed": (engine, failed) => readFailed(engine, failed),
  },
};

function startForUser(engine: Engine, job: TorrentJob, device: string | undefined): void {
  job.isRunWanted = true;
  startTorrent(engine, job, device === undefined ? undefined : BigInt(device));
}

/** Who awaits the answer shall find the state that it stands for. */
async function stopAndTell(engine: Engine, job: TorrentJob): Promise<void> {
  job.isRunWanted = false;
  await stopTorrent(engine, job);
  await flushed(engine, job);
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

function atSeat<Message extends { readonly torrent: TorrentJob["id"] }, Result>(
  engine: Engine,
  message: Message,
  from: Sender,
  act: (engine: Engine, job: TorrentJob, seat: PeerWorkerSeat, message: Message) => Result,
): Result | undefined {
  const [job, seat] = [jobOf(engine, message.torrent), seatOf(engine, from)];
  if (job === undefined || seat === undefined) return undefined;
  return act(engine, job, seat, message);
}

function seatOf(engine: Engine, from: Sender): PeerWorkerSeat | undefined {
  return engine.seats.find((seat) => seat.name === from.name);
}
