// The move of a complete torrent to its final folder, the setting `moveTo`.
//
//   waiting ──complete──► moving ──moved, or refused──► resuming ──complete again──► waiting, refused
//   moving ──stopped by the user meanwhile──► waiting
//   resuming, refused ──stopped by the user──► waiting
//   waiting, refused ──complete, and the folder is set──► moving
//
// The torrent is stopped while it moves, as in every move. Its user gets no event of this stop, unless no start follows it, nor
// of the completion that the start after it finds.

import { relative, sep } from "node:path";
import { codeOf, messageOf } from "@troupe/actor-runtime";
import type { TorrentEvent, TorrentState } from "@troupe/messages";
import type { LiveSettings } from "../live-settings.ts";
import { firstNames, liesIn } from "../job/job-place.ts";
import type {
  EventOf,
  MovedEvent,
  TorrentServices,
  TorrentUserEvent,
} from "../torrent-services.ts";
import type { TorrentFile } from "../torrent-progress.ts";
import type { TorrentPromises } from "../torrent-promises.ts";
import type { Moves } from "./moves.ts";
import type { StartPermit } from "./start-permit.ts";

/** A torrent that moves to its final folder when it is complete. */
interface ArrivingTorrent {
  readonly events: {
    emit(name: "moved", event: MovedEvent): void;
    emit(name: "stopped", event: EventOf<"stopped">): void;
  };
  readonly files: readonly TorrentFile[];
  readonly moves: Pick<Moves, "move">;
  readonly promises: Pick<TorrentPromises, "areOver" | "arrived" | "completed" | "departs">;
  readonly services: Pick<TorrentServices, "exists" | "request">;
  readonly settings: Pick<LiveSettings, "set" | "values">;
  readonly permit: Pick<StartPermit, "isSought">;
  readonly state: TorrentState;
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

/** States in which a complete torrent has reported its completion. */
const completeStates: ReadonlySet<TorrentState> = new Set(["active", "paused", "queued"]);

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
    // Also after a move: another folder may have been set meanwhile.
    if (this.#state.name === "waiting") void this.#finish();
    else if (state.name !== "moving") promises.arrived.resolve();
    return isNews;
  }

  get isMoving(): boolean {
    return this.#state.name === "moving";
  }

  /** Moves the torrent. A final folder that was set before does not hold any more. */
  async move(directory: string): Promise<void> {
    const torrent = this.#torrent;
    const { settings } = torrent;
    const before = torrent.services.request.directory;
    const { moveTo } = settings.values;
    const endSetting = (): void => {
      if (moveTo !== undefined && settings.values.moveTo === moveTo) settings.set({ moveTo: null });
    };
    await torrent.moves.move(directory, async () => {
      // The engine opens the files of a torrent with a final folder as those of a shared folder.
      if (torrent.services.request.directory !== before) endSetting();
      await torrent.resumeAfterMove();
    });
    endSetting();
    const now = torrent.services.request.directory;
    if (now !== before) torrent.events.emit("moved", { event: "moved", directory: now });
  }

  /** The user has set the final folder: a torrent that is complete moves there, at once if it runs. */
  folderSet(): void {
    const { promises, services, settings } = this.#torrent;
    const { moveTo } = settings.values;
    const state = this.#state;
    if (moveTo === undefined || moveTo === services.request.directory) return;
    if (state.name === "resuming") this.#state = { ...state, next: waiting };
    const wasComplete = promises.departs();
    if (!wasComplete || (state.name !== "waiting" && state.name !== "refused")) return;
    if (completeStates.has(this.#torrent.state)) void this.#finish();
    else this.#state = waiting;
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
      this.#reportStop();
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
      promises.arrived.resolve();
      // A listener may set another folder.
      if (!promises.areOver) this.#warn(error, { directory, moveTo });
    } finally {
      this.#reportStop();
    }
  }

  #resume(next: State): void {
    const { permit, promises } = this.#torrent;
    if (permit.isSought) {
      this.#state = { name: "resuming", next, completed: promises.completed };
      return;
    }
    this.#state = waiting;
    promises.arrived.resolve();
  }

  /** Reports the stop that the move has kept from the user, unless a start follows. The end of a torrent reports its own. */
  #reportStop(): void {
    const { events, permit, promises, state } = this.#torrent;
    if (permit.isSought || promises.areOver || state !== "stopped") return;
    events.emit("stopped", { event: "stopped" });
  }

  async #moveOn(moveTo: string): Promise<void> {
    this.#state = { name: "moving" };
    // After a move that failed in an earlier run.
    this.#torrent.promises.departs();
    await this.move(moveTo);
  }

  #warn(error: unknown, { directory, moveTo }: { directory: string; moveTo: string }): void {
    const todo = advice[codeOf(error) ?? ""] ?? "remove the cause";
    const message = `cannot move the complete torrent to "${moveTo}": ${messageOf(error)}. It stays in "${directory}", and its next start tries again: ${todo}`;
    this.#torrent.receive({ event: "warning", code: "move-failed", message });
  }
}
