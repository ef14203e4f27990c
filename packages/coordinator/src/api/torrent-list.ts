// The torrents of a coordinator.

import type { MessageOf, Timer, Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { ApiProtocol, ProgressRow, TorrentId } from "@troupe/messages";
import { namesOf } from "@troupe/protocol/identity";
import { ProgressRepeat, progressRepeatMs } from "./events/progress-repeat.ts";
import { inQueueOrder, moveInQueue, positionInQueue, rankStep } from "./queue/queue-ranks.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";

/** Learns which torrents may have changed. */
export interface ListWatcher {
  /** Takes torrents after their events. */
  readonly changes: Set<TorrentProxy>;
  removed(torrent: TorrentProxy): void;
}

/** Keeps torrents over crashes of engines. */
export class TorrentList {
  readonly #all = new Map<TorrentProxy, ProgressRepeat>();
  readonly #byId = new Map<TorrentId, TorrentProxy>();
  readonly #byInfoHash = new Map<string, TorrentProxy>();
  /** The torrents of a hash, in the order in which their hashes were learned. */
  readonly #byOtherHash = new Map<string, Set<TorrentProxy>>();
  readonly #seconds: Timer;
  #lastId = 0;
  #lastRank = -rankStep;
  #watcher: ListWatcher | undefined;
  #goalGuard: ((torrent: TorrentProxy) => Promise<void>) | undefined;

  constructor(timers: Pick<Timers, "every">) {
    this.#seconds = timers.every(progressRepeatMs, () => this.#passSecond());
  }

  /** In the order of their adding. */
  get all(): readonly TorrentProxy[] {
    return [...this.#all.keys()];
  }

  /** Above every number that an engine has given. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** By the number in the present engine. */
  get(id: TorrentId): TorrentProxy | undefined {
    return this.#byId.get(id);
  }

  /** @param infoHash The key of a torrent, else another hash of it: 40 or 64 hex digits. */
  withInfoHash(infoHash: string): TorrentProxy | undefined {
    const [first] = this.#byOtherHash.get(infoHash) ?? [];
    return this.#byInfoHash.get(infoHash) ?? first;
  }

  /** False after the removal of the torrent. */
  has(torrent: TorrentProxy): boolean {
    return this.#all.has(torrent);
  }

  /** A rank in the queue behind all torrents. */
  newQueueRank(): number {
    for (const { settings } of this.#all.keys()) {
      this.#lastRank = Math.max(this.#lastRank, settings.queueRank);
    }
    // Records take no greater number: beyond it torrents share a rank, in the order of their adding.
    this.#lastRank = Math.min(this.#lastRank + rankStep, Number.MAX_SAFE_INTEGER);
    return this.#lastRank;
  }

  /** The position from 0; -1 after the removal of the torrent. */
  queuePosition(torrent: TorrentProxy): number {
    return positionInQueue(this.#all.keys(), torrent);
  }

  /** @param position From 0. No effect after the removal of the torrent. */
  setQueuePosition(torrent: TorrentProxy, position: number): void {
    if (this.#all.has(torrent)) moveInQueue(this.#all.keys(), torrent, position);
  }

  withTicket(ticket: number): TorrentProxy | undefined {
    return this.all.find((torrent) => torrent.ticket === ticket);
  }

  /** Events of a torrent, from the present engine. */
  receive({ torrent, events }: MessageOf<ApiProtocol, "torrent-event">): void {
    const target = this.get(torrent);
    if (target === undefined) return;
    for (const event of events) {
      if (event.event === "goal-reached" && this.#goalGuard !== undefined)
        void this.#receiveGuarded(this.#goalGuard(target), target, event);
      else target.receive(event);
      if (event.event === "progress") this.#all.get(target)?.reported(target.state);
    }
  }

  /** The figures of a second. */
  receiveFrame(rows: readonly ProgressRow[]): void {
    for (const { torrent, progress } of rows)
      this.receive({ torrent, events: [{ event: "progress", ...progress }] });
  }

  /** @param torrent Known to the present engine. */
  add(torrent: TorrentProxy): void {
    this.#all.set(torrent, new ProgressRepeat());
    this.#byInfoHash.set(torrent.info.infoHash, torrent);
    this.namesLearned(torrent);
    this.assignId(torrent);
    this.#tellChangesTo(torrent);
  }

  /** The torrent is found by all its hashes. A hash of two torrents finds the first until its removal. */
  namesLearned(torrent: TorrentProxy): void {
    for (const name of otherNames(torrent)) {
      const torrents = this.#byOtherHash.get(name);
      if (torrents === undefined) this.#byOtherHash.set(name, new Set([torrent]));
      else torrents.add(torrent);
    }
  }

  /** A later run finds the torrent in the state folder; the watcher learns of it. */
  noteOnRecord(torrent: TorrentProxy): void {
    torrent.recorded.isOnRecord = true;
    torrent.changes?.add(torrent);
  }

  remove(torrent: TorrentProxy): void {
    if (this.#all.delete(torrent)) this.#watcher?.removed(torrent);
    if (this.#byInfoHash.get(torrent.info.infoHash) === torrent)
      this.#byInfoHash.delete(torrent.info.infoHash);
    for (const name of otherNames(torrent)) this.#forgetName(name, torrent);
    this.#byId.delete(torrent.id);
  }

  /** The watcher learns of all torrents now, and of each change. There is one at a time. */
  watch(watcher: ListWatcher): void {
    this.#watcher = watcher;
    for (const torrent of this.#all.keys()) this.#tellChangesTo(torrent);
  }

  /** Torrents hear that they have reached their goals when the guard has settled. */
  guardGoals(guard: (torrent: TorrentProxy) => Promise<void>): void {
    this.#goalGuard = guard;
  }

  async #receiveGuarded(
    guarded: Promise<void>,
    torrent: TorrentProxy,
    event: Parameters<TorrentProxy["receive"]>[0],
  ): Promise<void> {
    await guarded;
    if (this.#all.has(torrent)) torrent.receive(event);
  }

  #tellChangesTo(torrent: TorrentProxy): void {
    if (this.#watcher === undefined) return;
    torrent.changes = this.#watcher.changes;
    torrent.changes.add(torrent);
  }

  fail(code: string, message: string): void {
    for (const torrent of this.#all.keys()) torrent.receive({ event: "error", code, message });
  }

  /**
   * Ends every torrent.
   *
   * @param areFree See `TorrentProxy.end`.
   */
  async end(areFree: boolean): Promise<void> {
    const { all } = this;
    this.#seconds.cancel();
    this.#all.clear();
    this.#byId.clear();
    this.#byInfoHash.clear();
    this.#byOtherHash.clear();
    await Promise.all(all.map((torrent) => torrent.end(areFree)));
  }

  /**
   * Adds every torrent to a new engine. A refused torrent gets the error.
   *
   * @param isCurrent False when the engine has a successor, which gets the torrents then.
   * @returns Whether all were added.
   * @throws rejects when the engine crashes.
   */
  async addToEngine(isCurrent: () => boolean): Promise<boolean> {
    this.#byId.clear();
    // The first torrents of the queue start first.
    for (const torrent of inQueueOrder(this.#all.keys())) {
      if (!isCurrent()) return false;
      if (!this.#all.has(torrent) || torrent.isQuarantined) continue;
      await torrent.addToEngine().catch((error: unknown) => {
        if (!(error instanceof TroupeError)) throw error;
        torrent.report(error);
      });
      if (!isCurrent()) return false;
      if (this.#all.has(torrent)) this.assignId(torrent);
      // Removed meanwhile: the engine has to remove the torrent as well.
      else torrent.remove().catch(() => undefined);
    }
    return isCurrent();
  }

  /** Notes a torrent's number in the present engine. */
  assignId(torrent: TorrentProxy): void {
    this.#lastId = Math.max(this.#lastId, torrent.id);
    this.#byId.set(torrent.id, torrent);
  }

  #forgetName(name: string, torrent: TorrentProxy): void {
    const torrents = this.#byOtherHash.get(name);
    torrents?.delete(torrent);
    if (torrents?.size === 0) this.#byOtherHash.delete(name);
  }

  #passSecond(): void {
    for (const [torrent, repeat] of this.#all) {
      if (!repeat.passSecond(torrent.state) || !torrent.events.isHeard("progress")) continue;
      torrent.events.emit("progress", { event: "progress", ...torrent.figures.progress });
    }
  }
}

function otherNames({ info }: TorrentProxy): readonly string[] {
  return namesOf(info.infoHashes).filter((name) => name !== info.infoHash);
}
