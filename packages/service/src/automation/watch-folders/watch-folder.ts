// A watch folder: looked at every 5 s, because network disks send no events.
//
//   resting ──5 s──► asking ──the folder has answered──► adding ──all files are looked at──► resting
//   asking ──30 s──► asking, named in the log
//   adding ──the next call on the folder──► asking
//   all ──end──► ended

import {
  asFault,
  systemSentence,
  type Clock,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import type { WatchFolderSetting } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import type { FileContent, FinishAct, FolderScan } from "./folder-calls.ts";
import type { FolderPort } from "./folder-thread.ts";
import type { KeptFiles } from "./kept-files.ts";
import { settle, type FileFacts, type FileState, type WatchedFile } from "./watched-file.ts";

/** Between the end of a scan and the next one. */
const scanEveryMs = 5_000;
/** A call on the folder that takes longer is named. */
const slowMs = 30_000;
/** Between tries of a file whose torrent could not be added; doubled each time. */
const firstPauseMs = 5_000;
const longestPauseMs = 600_000;
const longestName = 200;

/** A torrent of a file. */
export type FoundTorrent = Extract<FileContent, { readonly kind: "magnet" | "torrent" }>;

/** The world of a watch folder. */
interface WatchPorts {
  readonly folder: FolderPort;
  readonly clock: Pick<Clock, "nowMs">;
  readonly timers: Pick<Timers, "after">;
  readonly kept: Pick<KeptFiles, "has" | "set">;
  /** Settles when the torrent is on record, or is there already. @throws rejects with the reason, which may pass. */
  add(torrent: FoundTorrent, setting: WatchFolderSetting): Promise<void>;
  warned(code: string, message: string): void;
}

type Life =
  | { readonly kind: "resting"; readonly timer: Timer }
  | { readonly kind: "asking"; readonly slow: Timer }
  | { readonly kind: "adding" }
  | { readonly kind: "ended" };

/** Adds the torrents of the files of a folder. */
export class WatchFolder {
  readonly #setting: WatchFolderSetting;
  readonly #ports: WatchPorts;
  #life: Life = { kind: "adding" };
  #files: ReadonlyMap<string, WatchedFile> = new Map();
  /** Code of the folder's last refusal, which was named. */
  #refusal: string | undefined;

  /** Begins with a scan in this turn. */
  constructor(setting: WatchFolderSetting, ports: WatchPorts) {
    this.#setting = setting;
    this.#ports = ports;
    void this.#scan();
  }

  /** A call on the folder has not returned. */
  get isInCall(): boolean {
    return this.#ports.folder.isInCall;
  }

  get path(): string {
    return this.#setting.path;
  }

  end(): void {
    if (this.#life.kind === "resting") this.#life.timer.cancel();
    if (this.#life.kind === "asking") this.#life.slow.cancel();
    this.#life = { kind: "ended" };
    this.#ports.folder.end();
  }

  /** Makes a call on the folder. @throws rejects as the call does */
  async #ask<Answer>(call: (folder: FolderPort) => Promise<Answer>): Promise<Answer> {
    const slow = this.#ports.timers.after(slowMs, () =>
      this.#warn(
        "watch-folder-not-answering",
        `the watch folder ${this.#spelled} does not answer; its files wait until it does`,
      ),
    );
    this.#life = { kind: "asking", slow };
    try {
      return await call(this.#ports.folder);
    } finally {
      slow.cancel();
      if (!this.#hasEnded) this.#life = { kind: "adding" };
    }
  }

  get #hasEnded(): boolean {
    return this.#life.kind === "ended";
  }

  async #scan(): Promise<void> {
    try {
      const scan = await this.#ask((folder) => folder.scan());
      if (this.#hasEnded) return;
      this.#heard(scan);
      await this.#take(scan.files);
    } catch (error) {
      if (!this.#hasEnded) this.#refused(error);
    }
    if (this.#hasEnded) return;
    const timer = this.#ports.timers.after(scanEveryMs, () => void this.#scan());
    this.#life = { kind: "resting", timer };
  }

  #heard({ isCut }: FolderScan): void {
    const refusal = isCut ? "full" : undefined;
    if (isCut && this.#refusal !== refusal)
      this.#warn(
        "watch-folder-full",
        `the watch folder ${this.#spelled} has more than 10,000 files; some are not looked at`,
      );
    this.#refusal = refusal;
  }

  #refused(error: unknown): void {
    const { code } = asFault(error);
    if (this.#refusal === code) return;
    this.#refusal = code;
    this.#warn(
      "watch-folder-unreadable",
      `cannot look at the watch folder ${this.#spelled}: ${systemSentence(error)}`,
    );
  }

  async #take(scan: readonly FileFacts[]): Promise<void> {
    const { clock, kept } = this.#ports;
    const isKept = (facts: FileFacts): boolean => kept.has(this.path, facts);
    const { files, due } = settle(this.#files, scan, isKept, clock.nowMs());
    const next = new Map(files);
    this.#files = next;
    for (const facts of due) {
      const known = next.get(facts.name);
      const state = await this.#takeFile(facts, known?.state);
      if (this.#hasEnded) return;
      if (state === "gone") next.delete(facts.name);
      else next.set(facts.name, { facts, state });
    }
    await this.#remember(next);
  }

  /** @returns The state of the file now. `gone`: it is no longer in the folder, or is another one. */
  async #takeFile(facts: FileFacts, before: FileState | undefined): Promise<FileState | "gone"> {
    const content = await this.#ask((folder) => folder.read(facts)).catch(
      (error: unknown): FileContent => ({ kind: "refused", reason: systemSentence(error) }),
    );
    if (content.kind === "changed" || this.#hasEnded) return "gone";
    if (content.kind === "refused") {
      this.#warnFile("watched-file-refused", facts, `is not added: ${content.reason}`);
      return { kind: "refused" };
    }
    try {
      await this.#ports.add(content, this.#setting);
    } catch (error) {
      return this.#notAdded(facts, before, error);
    }
    return this.#hasEnded ? "gone" : await this.#finish(facts);
  }

  #notAdded(facts: FileFacts, before: FileState | undefined, error: unknown): FileState {
    const tries = before?.kind === "failed" ? before.tries + 1 : 1;
    if (tries === 1)
      this.#warnFile("watched-file-not-added", facts, `is tried again: ${systemSentence(error)}`);
    const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
    return { kind: "failed", tries, againAtMs: this.#ports.clock.nowMs() + pauseMs };
  }

  async #finish(facts: FileFacts): Promise<FileState | "gone"> {
    const act = finishAct(this.#setting);
    if (act === undefined) return { kind: "done" };
    try {
      await this.#ask((folder) => folder.finish(facts, act));
      return "gone";
    } catch (error) {
      const reason = systemSentence(error);
      this.#warnFile("watched-file-stays", facts, `was added, and stays there: ${reason}`);
      return { kind: "done" };
    }
  }

  /** Files that stay are not added again by a later run, when a user has removed their torrents. */
  async #remember(files: ReadonlyMap<string, WatchedFile>): Promise<void> {
    const staying = [...files.values()].filter(({ state }) => state.kind === "done");
    try {
      await this.#ports.kept.set(
        this.path,
        staying.map(({ facts }) => facts),
      );
    } catch (error) {
      const message = `the files of ${this.#spelled} that were added are not remembered: ${systemSentence(error)}`;
      this.#warn("watched-files-not-saved", message);
    }
  }

  #warnFile(code: string, { name }: FileFacts, sentence: string): void {
    this.#warn(
      code,
      `${cleanText(name, longestName)} in ${this.#spelled} ${cleanText(sentence, 500)}`,
    );
  }

  #warn(code: string, message: string): void {
    this.#ports.warned(code, message);
  }

  get #spelled(): string {
    return cleanText(this.path, longestName);
  }
}

function finishAct({ after = "rename", moveTo }: WatchFolderSetting): FinishAct | undefined {
  if (after === "keep") return undefined;
  if (after !== "move") return { act: after };
  // The settings were checked.
  return { act: "move", to: moveTo ?? "" };
}
