// Makes the services of a torrent: for its folder, for another folder, and with the .torrent of a magnet.

import { lockFor, type JobLock } from "./lock/job-lock.ts";
import type { LockKeepers } from "./lock/lock-keepers.ts";
import type { SessionState } from "./job/session-state.ts";
import type { TorrentList } from "./torrent-list.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** Parts of a running engine that services need. */
interface ServiceParts extends Pick<TorrentServices, "engine" | "timers" | "untilAnswered"> {
  readonly state: Pick<SessionState, "savedTorrentServices">;
  readonly locks: LockKeepers;
  readonly torrents: Pick<TorrentList, "queuePosition" | "remove" | "setQueuePosition">;
  /** @throws rejects with the error of the next engine. */
  leaveQuarantine(torrent: TorrentProxy): Promise<void>;
}

/** The services of one torrent. */
export function makeServices(
  parts: ServiceParts,
  torrent: () => TorrentProxy,
  infoHash: string,
  { request, priorities }: Pick<TorrentServices, "request" | "priorities">,
  lock: JobLock = lockFor(infoHash, request, parts.locks),
): TorrentServices {
  const { engine, timers, untilAnswered, state, locks } = parts;
  return {
    request,
    priorities,
    mayBeMoving: false,
    engine,
    timers,
    untilAnswered,
    lock,
    queuePosition: () => parts.torrents.queuePosition(torrent()),
    setQueuePosition: (position) => parts.torrents.setQueuePosition(torrent(), position),
    forget: () => parts.torrents.remove(torrent()),
    leaveQuarantine: (failed) => void parts.leaveQuarantine(torrent()).catch(failed),
    ...state.savedTorrentServices(torrent, infoHash, request),
    servicesAt: (directory, makesFolder) => {
      const there = { ...request, directory };
      const lockThere = lockFor(infoHash, there, locks, makesFolder);
      return makeServices(parts, torrent, infoHash, { request: there, priorities }, lockThere);
    },
    servicesWith: (metainfo) => {
      const { magnet: _, ...others } = request;
      const known = { request: { ...others, metainfo }, priorities };
      return makeServices(parts, torrent, infoHash, known, lock);
    },
  };
}
