// The form of the engine's handlers: (engine, job, message), with the sending worker before the message. A table wraps
// each handler once; the wrapper finds the torrent and the sender.

import type { Sender } from "@troupe/actor-runtime";
import type { TorrentId } from "@troupe/messages";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent/torrent-job.ts";
import type { DiskHandle } from "./base/disk-handle.ts";
import { diskFrom } from "./base/disk-handles.ts";
import type { Engine } from "./base/engine-state.ts";
import type { PeerWorkerHandle } from "./base/peer-worker-handle.ts";

interface TorrentMessage {
  readonly torrent: TorrentId;
}

/** For messages about a torrent; those about a removed torrent end here. @param removed The reply to such a call. */
export function forJob<Message, Answer, Removed = undefined>(
  handle: (engine: Engine, job: TorrentJob, message: Message) => Answer,
  removed?: Removed,
) {
  return (engine: Engine, message: Message & TorrentMessage): Answer | Removed => {
    const job = engine.torrents.get(message.torrent);
    return job === undefined ? (removed as Removed) : handle(engine, job, message);
  };
}

/** For messages about pieces or files: those about a torrent without content end here too. */
export function forContent<Message, Answer, Absent = undefined>(
  handle: (engine: Engine, job: JobWithContent, message: Message) => Answer,
  absent?: Absent,
) {
  return forJob(
    (engine, job, message: Message) =>
      hasContent(job) ? handle(engine, job, message) : (absent as Absent),
    absent,
  );
}

/** {@link forJob} for messages of a peer-worker. */
export function fromPeer<Message, Answer, Removed = undefined>(
  handle: (
    engine: Engine,
    job: TorrentJob,
    peerWorker: PeerWorkerHandle,
    message: Message,
  ) => Answer,
  removed?: Removed,
) {
  return (engine: Engine, message: Message & TorrentMessage, from: Sender): Answer | Removed => {
    const job = engine.torrents.get(message.torrent);
    const peerWorker = engine.peerWorkers.find(({ name }) => name === from.name);
    if (job === undefined || peerWorker === undefined) return removed as Removed;
    return handle(engine, job, peerWorker, message);
  };
}

/** {@link forContent} for messages of a peer-worker. */
export function fromPeerForContent<Message>(
  handle: (
    engine: Engine,
    job: JobWithContent,
    peerWorker: PeerWorkerHandle,
    message: Message,
  ) => void,
) {
  return fromPeer((engine, job, peerWorker, message: Message) => {
    if (hasContent(job)) handle(engine, job, peerWorker, message);
  });
}

/** For messages of a file-worker, also about a removed torrent: its pieces have memory to be freed. */
export function fromFile<Message>(
  handle: (engine: Engine, disk: DiskHandle, message: Message) => void,
) {
  return (engine: Engine, message: Message, from: Sender): void =>
    handle(engine, diskFrom(engine, from), message);
}
