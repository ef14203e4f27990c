// The move of a complete torrent to its final folder, the setting `moveTo`.
//
//   waiting ──complete──► moving ──moved, or refused──► resuming ──complete again──► waiting, refused
//   resuming, refused ──stopped by the user──► waiting
//
// The torrent is stopped while it moves, as in every move. Its user gets no event of this stop, nor of the completion that the
// start after it finds.

import { relative, sep } from "node:path";
import { codeOf, messageOf } from "@troupe/actor-runtime";
import type { TorrentEvent } from "@troupe/messages";
import type { LiveSettings } from "../live-settings.ts";
import { firstNames, liesIn } from "../job/job-place.ts";
import type { MovedEvent, TorrentServices, TorrentUserEvent } from "../torrent-services.ts";
import type { TorrentFile } from "../torrent-progress.ts";
import type { TorrentPromises } from "../torrent-promises.ts";
import type { Moves } from "./moves.ts";

/** A torrent that moves to its final folder when it is complete. */
interface ArrivingTorrent {
  readonly events: { emit(name: "moved", event: MovedEvent): void };
  readonly files: readonly TorrentFile[];
  readonly moves: Pick<Moves, "move">;
  readonly promises: Pick<TorrentPromises, "areOver" | "arrived" | "completed">;
  readonly services: Pick<TorrentServices, "exists" | "request">;
  readonly settings: Pick<LiveSettings, "set" | "values">;
  receive(event: Extract<TorrentEvent, { readonly event: "warning" }>): void;
  resumeAfterMove(): Promise<void>;
}

type State =
  | { readonly name: "waiting" }
  | { readonly name: "moving" }
  /** `next`: the state after the next completion. `completed`: the promise at the move, which a lost piece replaces. */
  | { readonly name: "resuming"; readonly next: State; readonly completed: Promise<void> }
  | { readonly name: "refused" };

const waiting: State = { name: "waiting" };

const advice: Readonly<Record<string, string>> = {
  "already-running": "end the other program that runs it there",
  "disk-full": "free space there",
  "file-exists": "move what has its name away",
  EACCES: "check the permissions there",
  ENOSPC: "free space there",
  EPERM: "check the permissions there",
  EROFS: "choose a folder that can be written",
};

/** The arrival of a torrent: its move to its final folder. */
export class Arrival {
  readonly #torrent: ArrivingTorrent;
  #state: State = waiting;

  constructor(torrent: ArrivingTorrent) {
    this.#torrent = torrent;
  }

  /** Takes an event: a completion begins the move. @returns Whether the user gets the event. */
  take({ event }: Pick<TorrentUserEvent, "event">): boolean {
    const state = this.#state;
    const { promises } = this.#torrent;
    if (event === "stopped") {
      if (state.name === "moving" && !promises.areOver) return false;
      this.#state = waiting;
    }
    if (event !== "complete") return true;
    const isNews = state.name !== "resuming" || state.completed !== promises.completed;
    if (state.name === "resuming") this.#state = state.next;
    if (state.name === "waiting") void this.#finish();
    else if (state.name !== "moving") promises.arrived.resolve();
    return isNews;
  }

  /** Moves the torrent for its user. A final folder that was set before does not hold any more. */
  async move(directory: string): Promise<void> {
    const { settings } = this.#torrent;
    await this.#moveFiles(directory);
    if (settings.values.moveTo !== undefined) settings.set({ moveTo: null });
  }

  /**
   * Moves a magnet when its files become known, if files of it lie in the final folder.
   *
   * @returns Whether the magnet has moved. Then its metadata is reported again.
   */
  async joinFiles(): Promise<boolean> {
    const { files, services, settings } = this.#torrent;
    const { layout, moveTo } = settings.values;
    const { directory } = services.request;
    if (moveTo === undefined || moveTo === directory) return false;
    const paths = files.map(({ path }) => relative(directory, path).split(sep));
    const names = firstNames(paths, layout);
    if (!(await liesIn(moveTo, names, (path) => services.exists(path)))) return false;
    try {
      await this.#moveOn(moveTo);
    } finally {
      this.#state = waiting;
    }
    return true;
  }

  async #finish(): Promise<void> {
    const { promises, services, settings } = this.#torrent;
    const { moveTo } = settings.values;
    const { directory } = services.request;
    if (moveTo === undefined || moveTo === directory) {
      if (moveTo !== undefined) settings.set({ moveTo: null });
      return promises.arrived.resolve();
    }
    try {
      await this.#moveOn(moveTo);
      // The start that follows makes files without bytes there, and reports the completion again.
      this.#resume(waiting);
    } catch (error) {
      this.#resume({ name: "refused" });
      if (!promises.areOver) this.#warn(error, { directory, moveTo });
      promises.arrived.resolve();
    }
  }

  #resume(next: State): void {
    this.#state = { name: "resuming", next, completed: this.#torrent.promises.completed };
  }

  async #moveOn(moveTo: string): Promise<void> {
    this.#state = { name: "moving" };
    await this.#moveFiles(moveTo);
    this.#torrent.settings.set({ moveTo: null });
  }

  async #moveFiles(directory: string): Promise<void> {
    const torrent = this.#torrent;
    const before = torrent.services.request.directory;
    await torrent.moves.move(directory, () => torrent.resumeAfterMove());
    const now = torrent.services.request.directory;
    if (now !== before) torrent.events.emit("moved", { event: "moved", directory: now });
  }

  #warn(error: unknown, { directory, moveTo }: { directory: string; moveTo: string }): void {
    const todo = advice[codeOf(error) ?? ""] ?? "remove the cause";
    const message = `cannot move the complete torrent to "${moveTo}": ${messageOf(error)}. It stays in "${directory}", and its next start tries again: ${todo}`;
    this.#torrent.receive({ event: "warning", code: "move-failed", message });
  }
}
