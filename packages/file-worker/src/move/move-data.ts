// Each move has a disk thread: neither a copy of hours nor a hung disk delays the file-worker.

import { ActorError, siblingUrl, type DiskThread, type DiskWork } from "@troupe/actor-runtime";
import { unpackOtherPaths } from "@troupe/messages";
import type {
  Symlink,
  MoveData,
  MoveSettled,
  OtherFilePath,
  SettleMove,
  StorageRefusal,
  StoredFile,
} from "@troupe/messages";
import { isToTake } from "../files/file-owner.ts";
import { isRefusal, refusalFrom, type Answer } from "../refusals.ts";
import { isStillOpen, type FileState } from "../storage-lifecycle.ts";
import { storedFiles } from "../storage.ts";
import { MoveStore } from "./move-store.ts";
import type { MoveIntent } from "./move-intent.ts";
import { runStep, MoveRefused, MoveRun } from "./move-run.ts";
import type { MovePaths } from "./move-context.ts";
import { run, type MoveAnswer, type MoveOrder } from "./move-steps.ts";

const moving: DiskWork<MoveOrder, MoveAnswer> = {
  operation: "move files",
  module: siblingUrl(import.meta.url, "./move-steps"),
  run,
};
/** Random, for names of temporary files. */
const markBytes = 8;

/** Services of a call. */
interface Mover {
  readonly store: MoveStore;
  readonly paths: MovePaths;
  readonly files: readonly StoredFile[];
  readonly others: readonly OtherFilePath[];
  /** Links in the old folder that go with a move. */
  readonly symlinks: readonly Symlink[];
  readonly thread: DiskThread<MoveOrder, MoveAnswer>;
}

/**
 * Moves the files of a closed torrent, or finishes an interrupted move to the same folder. The intent stays until
 * `end-move`.
 *
 * @returns `file-exists` when a name is taken, `file-changed`, or the disk's refusal; then nothing has moved.
 *   `disk-not-answering`: the next start, or move, finishes or undoes it.
 */
export async function moveData(state: FileState, message: MoveData): Answer<MoveSettled> {
  return await withMoveThread(state, message, async (mover) => {
    const { from, to } = await foldersOf(mover, message.root, message.to);
    if (from === to) return { directory: to, hasMoved: false };
    const intent = await mover.store.readIntent();
    if (intent !== undefined) {
      if (intent.from !== from && intent.to !== from) return unfinished(intent);
      const settled = await settle(state, mover, intent);
      if (settled.directory === to) return { ...settled, hasMoved: true };
      if (settled.directory !== from || settled.rest !== undefined) return unfinished(intent);
      await mover.store.remove();
    }
    const place = { ...message, root: from };
    return { ...(await moveFrom(state, mover, place)), hasMoved: true };
  });
}

/**
 * Finishes or undoes an interrupted move of this folder: an incomplete move is undone from the old folder, and carried
 * out from the new folder.
 *
 * @returns The torrent's folder.
 */
export async function settleMove(state: FileState, message: SettleMove): Answer<MoveSettled> {
  return await withMoveThread(state, message, async (mover) => {
    const { from: root } = await foldersOf(mover, message.root, message.root);
    const intent = await mover.store.readIntent();
    if (intent === undefined || (intent.from !== root && intent.to !== root)) {
      return { directory: root, hasMoved: false };
    }
    const settled = await settle(state, mover, intent);
    if (settled.directory === root) return { ...settled, hasMoved: false };
    if (root === intent.from) return { ...settled, hasMoved: true };
    const place = { ...message, root: intent.from, to: intent.to };
    return { ...(await moveFrom(state, mover, place)), hasMoved: false };
  });
}

async function withMoveThread<Answer>(
  state: FileState,
  message: SettleMove,
  act: (mover: Mover) => Promise<Answer | StorageRefusal>,
): Promise<Answer | StorageRefusal> {
  if (await isStillOpen(state, message.torrent)) {
    return { refused: "still-open", message: "cannot move files of a torrent that is open" };
  }
  const files = storedFiles(message);
  if (isRefusal(files)) return files;
  const paths = files.map(({ path, isPadding }) => (isPadding === true ? [] : path));
  const others = unpackOtherPaths(message.files);
  const thread = openMoveThread(state);
  if (isRefusal(thread)) return thread;
  try {
    const { isShared = false, ownsEmptyFiles = false } = message;
    const symlinks = isShared && !ownsEmptyFiles ? [] : (message.symlinks ?? []);
    return await act({ store: storeOf(state, message), paths, files, others, symlinks, thread });
  } catch (error) {
    if (error instanceof MoveRefused) return error.refusal;
    return refusalFrom(error, "move the torrent in", message.root);
  } finally {
    void thread.close();
  }
}

/** @returns A refusal when a bundler left out the thread's file. */
function openMoveThread({ access, disk }: FileState): Mover["thread"] | StorageRefusal {
  try {
    const thread = disk.openThread(moving);
    return {
      run: (order) => thread.run({ ...order, ...(access !== undefined && { access }) }),
      close: () => thread.close(),
    };
  } catch (error) {
    if (!(error instanceof ActorError)) throw error;
    return { refused: error.code, message: error.message };
  }
}

/** The folders, with links resolved. */
async function foldersOf(
  { thread }: Mover,
  root: string,
  target: string,
): Promise<{ readonly from: string; readonly to: string }> {
  const order = { step: "look", from: root, to: target, files: [], others: [] } as const;
  const { refusal, from = root, to = target } = await runStep(thread, order);
  if (refusal !== undefined) throw new MoveRefused(refusal);
  return { from, to };
}

type MoveOutcome = Omit<MoveSettled, "hasMoved">;

async function moveFrom(
  state: FileState,
  mover: Mover,
  message: Omit<MoveData, "home" | "job">,
): Promise<MoveOutcome> {
  const { store, paths, files: stored, others, thread } = mover;
  const { root, to: target, key, isShared = false, partSuffix } = message;
  const place = { from: root, to: target };
  const isAsked = isShared || others.length > 0 || partSuffix !== undefined;
  const record = isAsked ? await store.readRecord(root) : undefined;
  const order = { step: "look", ...place, files: stored, others, record, partSuffix } as const;
  const { files: found, refusal, from = root, to = target } = await runStep(thread, order);
  if (refusal !== undefined) throw new MoveRefused(refusal);
  // The part file is the last.
  const files = found.filter(
    ({ index, source }) =>
      index === stored.length - 1 ||
      isToTake(message, record, {
        file: index,
        lengthBytes: stored[index]?.lengthBytes,
        found: source,
      }),
  );
  const mark = Buffer.from(state.context.random.bytes(markBytes)).toString("hex");
  const intent = { key, from, to, mark, stage: "begun", files } as const;
  const run = new MoveRun(thread, store, paths, intent);
  await run.carryOut();
  return await leave(state, mover, run, { from, to });
}

/** @returns The torrent's folder. */
async function settle(state: FileState, mover: Mover, intent: MoveIntent): Promise<MoveOutcome> {
  const { store, paths, thread } = mover;
  const run = new MoveRun(thread, store, paths, intent);
  if (intent.stage === "switched") return await leave(state, mover, run, intent);
  await run.undo();
  return { directory: intent.from };
}

async function leave(
  { context }: FileState,
  { files, symlinks, thread }: Mover,
  run: MoveRun,
  { from, to: directory }: Pick<MoveIntent, "from" | "to">,
): Promise<MoveOutcome> {
  try {
    if (symlinks.length > 0) await runStep(thread, { step: "unlink", from, files, symlinks });
    for (const left of await run.leave()) context.log("warn", "source-not-removed", { ...left });
    return { directory };
  } catch (error) {
    if (!(error instanceof MoveRefused)) throw error;
    return { directory, rest: { ...error.refusal, isWhole: run.isWhole } };
  }
}

function unfinished({ from, to }: MoveIntent): StorageRefusal {
  return {
    refused: "move-unfinished",
    message: `cannot move this torrent: its move from "${from}" to "${to}" is not finished; start it in one of these folders first`,
  };
}

function storeOf({ context, recordStores }: FileState, { home, key }: SettleMove): MoveStore {
  return new MoveStore(recordStores.at(home), context.sha1, key);
}
