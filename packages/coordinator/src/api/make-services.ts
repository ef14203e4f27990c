// Makes the services of a torrent: for its folder, for another folder, and with the .torrent of a magnet.

import type { TorrentKey } from "@troupe/protocol/identity";
import { lockFor, type JobLock } from "./lock/job-lock.ts";
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
  readonly torrents: Pick<TorrentList, "queuePosition" | "remove" | "setQueuePosition">;
  /** @throws rejects with the error of the next engine. */
  leaveQuarantine(torrent: TorrentProxy): Promise<void>;
}

/** The torrent of services, and its facts. */
interface ServedTorrent extends Pick<TorrentServices, "request" | "priorities" | "mayBeMoving"> {
  readonly key: TorrentKey;
  /** Called later: the torrent is made with its services. */
  torrent(): TorrentProxy;
}

/** The services of one torrent. */
export function makeServices(parts: ServiceParts, served: ServedTorrent): TorrentServices {
  return new FolderServices(parts, served, lockFor(served.key, served.request, parts.locks));
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
    const lock = lockFor(this.#served.key, request, this.#parts.locks, makesFolder);
    return this.#with(request, lock);
  }

  servicesWith(metainfo: SharedArrayBuffer): TorrentServices {
    const { magnet: _, ...others } = this.request;
    return this.#with({ ...others, metainfo, isUnsaved: true }, this.lock);
  }

  #with(request: TorrentServices["request"], lock: JobLock): TorrentServices {
    const served = { ...this.#served, request, mayBeMoving: false };
    return new FolderServices(this.#parts, served, lock);
  }
}
