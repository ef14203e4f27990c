// Runs a move forward or back: the steps in their thread, and durable saves between them.
//
//   begun → bring: links, and copies under temporary names → copied → name → (place → placed → replace) → prove
//         → switched: the record is at the new folder → leave → over, when the plain copies of the job are renewed

import { ActorError, type DiskThread } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { MoveStore } from "./move-store.ts";
import type { MoveIntent, MoveStage } from "./move-intent.ts";
import { movedRecord } from "./move-record.ts";
import type { MovedFile, MovePaths } from "./move-context.ts";
import type { MoveAnswer, MoveOrder } from "./move-steps.ts";

/** The thread has stopped: the next try finds out how far it came. */
const threadGoneCodes: ReadonlySet<string> = new Set(["disk-not-answering", "actor-exited"]);

/** Why a move stops. */
export class MoveRefused extends Error {
  readonly refusal: StorageRefusal;

  constructor(refusal: StorageRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }

  get isThreadGone(): boolean {
    return threadGoneCodes.has(this.refusal.refused);
  }
}

/** A move under way. Rejects with {@link MoveRefused}, or with the store's error. */
export class MoveRun {
  readonly #thread: DiskThread<MoveOrder, MoveAnswer>;
  readonly #store: MoveStore;
  readonly #paths: MovePaths;
  #intent: MoveIntent;
  #files: readonly MovedFile[];

  constructor(
    thread: DiskThread<MoveOrder, MoveAnswer>,
    store: MoveStore,
    paths: MovePaths,
    intent: MoveIntent,
  ) {
    this.#thread = thread;
    this.#store = store;
    this.#paths = paths;
    this.#intent = intent;
    this.#files = intent.files;
  }

  /** Only old files remain. */
  get isWhole(): boolean {
    return this.#files.every(({ way }) => way !== "rename");
  }

  /** Brings the files to the new folder; undoes the move on a refusal. */
  async carryOut(): Promise<void> {
    await this.#save("begun");
    try {
      await this.#step("bring");
      await this.#step("check");
      await this.#save("copied");
      await this.#step("name");
      if (this.#files.some(({ isNamed }) => isNamed !== true)) {
        await this.#step("place");
        await this.#save("placed");
        await this.#step("replace");
      }
      await this.#step("prove");
      await this.#switch();
    } catch (error) {
      if (error instanceof MoveRefused && !error.isThreadGone) await this.#undoAfterRefusal();
      throw error;
    }
  }

  /** @returns Files left in the old folder. */
  async leave(): Promise<readonly StorageRefusal[]> {
    await this.#step("leave");
    const { to } = this.#intent;
    const record = await this.#store.readRecord(to);
    const renewed = record && movedRecord(record, to, this.#files);
    // A list in memory needs no update.
    if (!this.#store.isLasting) await this.#store.remove(renewed);
    else if (renewed !== undefined) await this.#store.save(this.#intent, renewed);
    return this.#files.flatMap(({ left }) => (left === undefined ? [] : [left]));
  }

  async undo(): Promise<void> {
    await this.#step("undo");
    const { from } = this.#intent;
    const record = await this.#store.readRecord(from);
    const asTheyAre = this.#files.map((file) => ({ ...file, target: file.source }));
    await this.#store.remove(record && movedRecord(record, from, asTheyAre));
  }

  /** The next start repeats a failed undo. */
  async #undoAfterRefusal(): Promise<void> {
    try {
      await this.undo();
    } catch (error) {
      if (!(error instanceof MoveRefused)) throw error;
    }
  }

  async #switch(): Promise<void> {
    const { from, to } = this.#intent;
    const record = await this.#store.readRecord(from);
    const named = this.#files.filter(({ way }) => way !== "rename");
    const moved = record && movedRecord(record, to, named);
    // From here on the record has the facts of the new names.
    this.#files = this.#files.map((file) => {
      const isNamed = file.way !== "rename" && file.isProved === true && file.target !== undefined;
      return isNamed ? { ...file, before: file.target } : file;
    });
    await this.#save("switched", moved);
  }

  async #save(stage: MoveStage, record?: Parameters<MoveStore["save"]>[1]): Promise<void> {
    this.#intent = { ...this.#intent, stage, files: this.#files };
    await this.#store.save(this.#intent, record);
  }

  async #step(step: Exclude<MoveOrder["step"], "look" | "unlink">): Promise<void> {
    const order = { step, intent: { ...this.#intent, files: [] }, files: this.#files };
    const { files, refusal } = await runStep(this.#thread, { ...order, paths: this.#paths });
    this.#files = files;
    if (refusal !== undefined) throw new MoveRefused(refusal);
  }
}

/** @throws rejects with MoveRefused when the thread is gone; a bug in a step ends the actor. */
export async function runStep(
  thread: DiskThread<MoveOrder, MoveAnswer>,
  order: MoveOrder,
): Promise<MoveAnswer> {
  try {
    return await thread.run(order);
  } catch (error) {
    if (!(error instanceof ActorError) || !threadGoneCodes.has(error.code)) throw error;
    throw new MoveRefused({ refused: error.code, message: error.message });
  }
}
