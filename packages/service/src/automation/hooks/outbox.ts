// The outbox writes each event for each hook durably before the hook is told.
//
//   idle ──step──► writing ──written──► idle, or writing the steps that came meanwhile
//   writing ──refused──► waiting ──1 s, 2 s … 60 s──► writing the whole
//   all ──close──► closed, when what is under way has ended

import {
  systemSentence,
  settlesWithin,
  type Clock,
  type Random,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import type { RowChanges } from "@troupe/coordinator/commands";
import type { TorrentRow } from "../../view/torrent-row.ts";
import type { Hearer, OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-file.ts";
import { writeState, writeStep, type OutboxState, type OutboxStep } from "./outbox-state.ts";
import {
  eventsOf,
  torrentOfNote,
  type EventTorrent,
  type NewEvent,
  type NotedTorrent,
} from "./torrent-events.ts";

/** At the bound the oldest entries are dropped, with a warning. */
const mostEntries = 10_000;
/** Notes of removed torrents; at the bound the oldest end. A crash can bring back only torrents that were removed last. */
const mostGone = 10_000;
/** The file is written anew when steps of so many bytes were added. */
const mostAddedBytes = 4 * 1_024 ** 2;
/** After a write that was refused; doubled until one succeeds. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A torrent at its goals waits no longer for a state folder that does not answer. */
const goalWaitMs = 5_000;
const idBytes = 16;

type Life =
  | { readonly kind: "idle" }
  | { readonly kind: "writing" }
  | { readonly kind: "waiting"; readonly timer: Timer }
  | { readonly kind: "closed" };

/** The world of an outbox. */
interface OutboxPorts {
  readonly store: OutboxStore;
  readonly clock: Pick<Clock, "epochMs">;
  readonly timers: Pick<Timers, "after">;
  readonly random: Pick<Random, "bytes">;
  readonly hearers: readonly Hearer[];
  /** The torrent is on record. Without a record it would be gone after a crash, and hooks do not hear of it yet. */
  isOnRecord(infoHash: string): boolean;
  /** Takes entries that are durable. */
  put(entries: readonly OutboxEntry[]): void;
  /** Hears of entries that the bound has dropped. */
  dropped(entries: readonly OutboxEntry[]): void;
  warned(code: string, message: string): void;
}

/** Steps whose write has not ended. */
interface Unwritten {
  readonly steps: OutboxStep[];
  readonly written: PromiseWithResolvers<void>;
}

/** Keeps what hooks have to hear of. */
export class Outbox {
  readonly #state: OutboxState;
  readonly #ports: OutboxPorts;
  /** The facts of all torrents, for the event of their removal. */
  readonly #torrents = new Map<string, EventTorrent>();
  #life: Life = { kind: "idle" };
  /** The writes of the life `writing`. */
  #underWay: Promise<void> = Promise.resolve();
  #unwritten: Unwritten | undefined;
  #addedBytes = 0;
  /** The file may end in the middle of a line. */
  #isWholeDue = false;
  /** All rows are known. */
  readonly #begun = Promise.withResolvers<void>();
  #hasBegun = false;
  #pauseMs = firstPauseMs;

  private constructor(state: OutboxState, ports: OutboxPorts) {
    this.#state = state;
    this.#ports = ports;
  }

  /**
   * Writes the file anew: it may end in the middle of a line.
   *
   * @param state The content of the file.
   * @throws rejects with a system error
   */
  static async open(state: OutboxState, ports: OutboxPorts): Promise<Outbox> {
    await ports.store.replace(writeState(state));
    return new Outbox(state, ports);
  }

  /**
   * Takes all rows at the start. Events of torrents while no service ran are told now.
   *
   * @param failed Info-hashes of torrents that could not be brought back: they are not removed.
   */
  begin(rows: readonly TorrentRow[], failed: ReadonlySet<string>): void {
    this.#hasBegun = true;
    const there = new Set([...rows.map(({ torrent }) => torrent), ...failed]);
    const lost = [...this.#state.noted].filter(([infoHash]) => !there.has(infoHash));
    const gone = lost.flatMap(([infoHash, { isGone }]) => (isGone === true ? [infoHash] : []));
    if (gone.length > 0) void this.#change({ gone });
    const removed = [...this.#state.noted.keys()].filter((infoHash) => !there.has(infoHash));
    // Entries of the run before go first: they are older.
    this.#ports.put([...this.#state.entries.values()]);
    void this.#change(this.#stepOf({ rows, removed }, "back"));
    this.#begun.resolve();
  }

  /** Takes changes of rows. */
  follow(changes: Pick<RowChanges, "removed" | "rows">): void {
    if (this.#hasBegun) void this.#change(this.#stepOf(changes, "new"));
  }

  /** The torrent has reached its goals. Settles when the event is durable, at once where no hook hears of it, and after 5 s. */
  async reachGoal(infoHash: string): Promise<void> {
    await this.#begun.promise;
    const torrent = this.#torrents.get(infoHash);
    const note = this.#state.noted.get(infoHash);
    // After a crash before the torrent has stopped it reaches its goals again.
    if (torrent === undefined || note === undefined || note.isAtGoal === true) return;
    const put = this.#entriesFor(torrent, { event: "goal" });
    if (put.length === 0) return;
    const noted = [[infoHash, { ...note, isAtGoal: true }]] as const;
    await settlesWithin(this.#ports.timers, goalWaitMs, this.#change({ put, noted }));
  }

  /** Entries have arrived, or were dropped. */
  end(ids: readonly string[]): void {
    void this.#change({ ended: ids });
  }

  /** Settles when all steps are written, or the disk refuses. */
  async close(): Promise<void> {
    while (this.#life.kind === "writing") await this.#underWay;
    if (this.#life.kind === "waiting") this.#life.timer.cancel();
    this.#life = { kind: "closed" };
  }

  /** @param kind A torrent with the note of one that was removed is back after a crash, or is a new one. */
  #stepOf(
    { rows, removed }: Pick<RowChanges, "removed" | "rows">,
    kind: "back" | "new",
  ): OutboxStep {
    const put: OutboxEntry[] = [];
    const noted = new Map(this.#goneNotes(removed, put));
    for (const row of rows.filter(({ torrent }) => this.#ports.isOnRecord(torrent))) {
      const before = noted.get(row.torrent) ?? this.#state.noted.get(row.torrent);
      const isNew = kind === "new" && before?.isGone === true;
      const seen = eventsOf(row, isNew ? undefined : before, this.#state.sinceMs);
      this.#torrents.set(row.torrent, seen.torrent);
      put.push(...seen.events.flatMap((event) => this.#entriesFor(seen.torrent, event)));
      if (seen.isNews) noted.set(row.torrent, seen.noted);
    }
    const gone = removed.length > 0 ? this.#oldGoneNotes() : [];
    return {
      ...(gone.length > 0 && { gone }),
      ...(noted.size > 0 && { noted: [...noted] }),
      ...(put.length > 0 && { put }),
    };
  }

  /** Info-hashes of notes beyond the bound. */
  #oldGoneNotes(): readonly string[] {
    const gone = [...this.#state.noted].filter(([, { isGone }]) => isGone === true);
    return gone.slice(0, Math.max(0, gone.length - mostGone)).map(([infoHash]) => infoHash);
  }

  /** The notes of torrents that were removed, which stay until the next start. */
  #goneNotes(removed: readonly string[], put: OutboxEntry[]): (readonly [string, NotedTorrent])[] {
    return removed.flatMap((infoHash) => {
      const note = this.#state.noted.get(infoHash);
      if (note === undefined || note.isGone === true) return [];
      const torrent = this.#torrents.get(infoHash) ?? torrentOfNote(infoHash, note);
      this.#torrents.delete(infoHash);
      put.push(...this.#entriesFor(torrent, { event: "removed" }));
      return [[infoHash, { ...note, isGone: true as const }] as const];
    });
  }

  #entriesFor(torrent: EventTorrent, event: NewEvent): OutboxEntry[] {
    const { clock, hearers, random } = this.#ports;
    const hearing = hearers.filter(({ events }) => events.includes(event.event));
    return hearing.map(({ kind, name }) => ({
      id: Buffer.from(random.bytes(idBytes)).toString("hex"),
      ...event,
      ...{ hook: { kind, name }, torrent, atMs: clock.epochMs() },
    }));
  }

  /** @returns Settles when the step is durable. */
  #change(step: OutboxStep): Promise<void> {
    if (Object.keys(step).length === 0) return Promise.resolve();
    this.#state.take(step);
    this.#dropOldest();
    this.#unwritten ??= { steps: [], written: Promise.withResolvers() };
    this.#unwritten.steps.push(step);
    const { promise } = this.#unwritten.written;
    if (this.#life.kind === "idle") this.#underWay = this.#write();
    return promise;
  }

  #dropOldest(): void {
    const { entries } = this.#state;
    const dropped = [...entries.values().take(Math.max(0, entries.size - mostEntries))];
    if (dropped.length === 0) return;
    for (const { id } of dropped) entries.delete(id);
    // The file gets the state as a whole, without them.
    this.#isWholeDue = true;
    this.#ports.dropped(dropped);
  }

  async #write(): Promise<void> {
    while (this.#unwritten !== undefined) {
      const { steps, written } = this.#unwritten;
      this.#unwritten = undefined;
      this.#life = { kind: "writing" };
      try {
        await this.#store(steps);
      } catch (error) {
        this.#refused(error, { steps, written });
        return;
      }
      this.#pauseMs = firstPauseMs;
      written.resolve();
      const { entries } = this.#state;
      this.#ports.put(steps.flatMap(({ put = [] }) => put).filter(({ id }) => entries.has(id)));
    }
    this.#life = { kind: "idle" };
  }

  async #store(steps: readonly OutboxStep[]): Promise<void> {
    const { store } = this.#ports;
    const text = steps.map(writeStep).join("");
    if (this.#isWholeDue || this.#addedBytes + text.length > mostAddedBytes) {
      this.#isWholeDue = false;
      this.#addedBytes = 0;
      await store.replace(writeState(this.#state));
      return;
    }
    this.#addedBytes += text.length;
    await store.append(text);
  }

  #refused(error: unknown, { steps, written }: Unwritten): void {
    const later = this.#unwritten;
    this.#isWholeDue = true;
    this.#unwritten = { steps: [...steps, ...(later?.steps ?? [])], written };
    if (later !== undefined) void written.promise.then(() => later.written.resolve());
    if (this.#pauseMs === firstPauseMs)
      this.#ports.warned(
        "outbox-not-saved",
        `events wait for hooks, because the outbox cannot be saved: ${systemSentence(error)}`,
      );
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    const timer = this.#ports.timers.after(pauseMs, () => {
      this.#underWay = this.#write();
    });
    this.#life = { kind: "waiting", timer };
  }
}
