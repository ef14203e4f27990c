// Makes the services of a torrent: for its folder, for another folder, and with the .torrent of a magnet.

import type { TorrentInfo } from "@troupe/messages";
import { lockFor, type JobLock } from "./lock/job-lock.ts";
import { jointLock, lockKeys, widenedLock } from "./lock/joint-lock.ts";
import type { LockKeepers } from "./lock/lock-keepers.ts";
import type { SessionState } from "./job/session-state.ts";
import type { TorrentList } from "./torrent-list.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** Parts of a running engine that the services of all its torrents share. */
export interface ServiceParts extends Pick<
  TorrentServices,
  "clock" | "engine" | "refuseClosed" | "timers" | "untilAnswered"
> {
  readonly state: Pick<
    SessionState,
    "forgetTorrent" | "replaceMagnet" | "saveNames" | "saveRemoval" | "saveTorrent" | "saveWish"
  >;
  readonly locks: LockKeepers;
  readonly torrents: Pick<
    TorrentList,
    "namesLearned" | "queuePosition" | "remove" | "setQueuePosition"
  >;
  /** @throws rejects with the error of the next engine. */
  leaveQuarantine(torrent: TorrentProxy): Promise<void>;
}

/** The torrent of services, and its facts. */
interface ServedTorrent extends Pick<TorrentServices, "request" | "priorities" | "mayBeMoving"> {
  readonly key: TorrentInfo["key"];
  readonly infoHashes: TorrentInfo["infoHashes"];
  /** Called later: the torrent is made with its services. */
  torrent(): TorrentProxy;
}

/** The services of one torrent. */
export function makeServices(parts: ServiceParts, served: ServedTorrent): TorrentServices {
  return new FolderServices(parts, served, lockOf(served, served.request, parts.locks));
}

/** The lock of the jobs of a torrent. @param makesFolder Default: that of `lockFor`. */
function lockOf(
  served: Pick<ServedTorrent, "infoHashes" | "key">,
  request: ServedTorrent["request"],
  locks: LockKeepers,
  makesFolder?: boolean,
): JobLock {
  const [key, ...others] = lockKeys(served);
  const lock = (each = served.key): JobLock => lockFor(each, request, locks, makesFolder);
  return jointLock([lock(key), ...others.map(lock)]);
}

/** A class, not closures: this saves memory with thousands of torrents. */
class FolderServices implements TorrentServices {
  readonly lock: JobLock;
  readonly #parts: ServiceParts;
  readonly #served: ServedTorrent;
  #isForgotten = false;

  constructor(parts: ServiceParts, served: ServedTorrent, lock: JobLock) {
    this.#parts = parts;
    this.#served = served;
    this.lock = lock;
  }

  namesLearned(): void {
    this.#parts.torrents.namesLearned(this.#served.torrent());
  }

  get request(): TorrentServices["request"] {
    return this.#served.request;
  }

  get priorities(): TorrentServices["priorities"] {
    return this.#served.priorities;
  }

  get mayBeMoving(): boolean {
    return this.#served.mayBeMoving;
  }

  get engine(): TorrentServices["engine"] {
    return this.#parts.engine;
  }

  get timers(): TorrentServices["timers"] {
    return this.#parts.timers;
  }

  get clock(): TorrentServices["clock"] {
    return this.#parts.clock;
  }

  get untilAnswered(): TorrentServices["untilAnswered"] {
    return this.#parts.untilAnswered;
  }

  queuePosition(): number {
    return this.#parts.torrents.queuePosition(this.#served.torrent());
  }

  setQueuePosition(position: number): void {
    this.#parts.torrents.setQueuePosition(this.#served.torrent(), position);
  }

  refuseClosed(): void {
    if (!this.#isForgotten) this.#parts.refuseClosed();
  }

  forget(): void {
    this.#isForgotten = true;
    this.#parts.torrents.remove(this.#served.torrent());
  }

  leaveQuarantine(failed: (error: unknown) => void): void {
    this.#parts.leaveQuarantine(this.#served.torrent()).catch(failed);
  }

  async saveTorrent(): Promise<void> {
    await this.#parts.state.saveTorrent(this.#served.torrent(), this.request);
  }

  torrentSaved(): void {
    if (!this.#isForgotten) this.#parts.state.replaceMagnet(this.#served.torrent(), this.request);
  }

  saveWish(): void {
    if (!this.#isForgotten) this.#parts.state.saveWish(this.#served.torrent(), this.request);
  }

  async saveNames(): Promise<void> {
    if (this.#isForgotten) return;
    await this.#parts.state.saveNames(this.#served.torrent(), this.request);
  }

  async saveRemoval(): Promise<void> {
    this.#isForgotten = true;
    await this.#parts.state.saveRemoval(this.#served.torrent(), this.request);
  }

  async forgetSaved(): Promise<void> {
    this.#isForgotten = true;
    await this.#parts.state.forgetTorrent(this.#served.key, this.request.directory);
  }

  async exists(path: string): Promise<boolean> {
    return await this.#parts.locks.exists({ key: this.#served.key, directory: path });
  }

  servicesAt(directory: string, makesFolder: boolean): TorrentServices {
    const request = { ...this.request, directory };
    const lock = lockOf(this.#served, request, this.#parts.locks, makesFolder);
    return this.#with({ request, mayBeMoving: false }, lock);
  }

  servicesWith(metainfo: SharedArrayBuffer): TorrentServices {
    const { magnet: _, ...others } = this.request;
    // The key is that of the link, which may lack a hash of the .torrent.
    const request = { ...others, key: this.#served.key, metainfo, isUnsaved: true };
    return this.#with({ request, mayBeMoving: false }, this.lock);
  }

  servicesNamed(infoHashes: TorrentInfo["infoHashes"]): TorrentServices {
    const { key } = this.#served;
    const known = new Set(lockKeys(this.#served));
    const added = lockKeys({ key, infoHashes }).filter((each) => !known.has(each));
    if (added.length === 0) return this;
    const { locks, timers } = this.#parts;
    const others = added.map((each) => ({ key: each, lock: lockFor(each, this.request, locks) }));
    return this.#with({ infoHashes }, widenedLock({ key, lock: this.lock }, others, timers));
  }

  #with(
    changes: Partial<Pick<ServedTorrent, "infoHashes" | "mayBeMoving" | "request">>,
    lock: JobLock,
  ): TorrentServices {
    return new FolderServices(this.#parts, { ...this.#served, ...changes }, lock);
  }
}
