// Priorities that are chosen before the files of a torrent are known.

import {
  outOfRange,
  torrentSettings,
  valueInForce,
  within,
  type LiveEngineSettings,
} from "@troupe/control";
import type { AddTorrent, TorrentEvent } from "@troupe/messages";
import type { Magnet } from "@troupe/protocol/magnet";
import { FileGlob } from "@troupe/protocol/text";
import { highestPriority, isPriorityList, selectedFiles } from "../../file-priorities.ts";
import type { TorrentFile } from "../torrent-progress.ts";
import type { AddOptions } from "./generated/torrent-options.ts";

/** A torrent whose files are known. */
interface KnownTorrent {
  readonly files: readonly TorrentFile[];
  readonly priorities: readonly number[];
  receive(event: TorrentEvent): void;
  setPriorities(pairs: readonly (readonly [file: number, priority: number])[]): void;
}

/** Undefined: 1 each. */
export type PriorityChoice = AddOptions["priorities"];

/**
 * The caller's choice. Without a choice: the files that the link selects (BEP 53), except excluded files.
 *
 * @param globs Ignored if the caller gives a list. A function of the caller gets excluded files with the priority 0.
 */
export function priorityChoice(
  { priorities }: AddOptions,
  link: Pick<Magnet, "selected"> | undefined,
  globs: readonly string[] = [],
): PriorityChoice {
  if (priorities !== undefined && typeof priorities !== "function") return priorities;
  const selected = link?.selected;
  if (globs.length === 0 && (priorities !== undefined || selected === undefined)) return priorities;
  return (files) => {
    const compiled = globs.map((glob) => new FileGlob(glob));
    const excludes = files.map((file) => isExcluded(file, compiled));
    if (typeof priorities === "function")
      return priorities(files.map((file, at) => (excludes[at] === true ? unwanted(file) : file)));
    const chosen = selectedFiles(selected, files.length);
    return excludes.map((isUnwanted, file) => (isUnwanted ? 0 : (chosen?.[file] ?? 1)));
  };
}

/**
 * The choice for an added torrent. A torrent that has run before, or is only checked, keeps its excluded files.
 *
 * @returns With the wait for it, where a magnet must not go on without the program.
 */
export function addedChoice(
  { hasRunBefore, magnet, mode, settings }: AddTorrent,
  options: AddOptions,
  link: Pick<Magnet, "selected"> | undefined,
  engine: LiveEngineSettings,
): { readonly priorities: PriorityChoice; readonly wait: Pick<AddTorrent, "metadataWait"> } {
  const keepsFiles = hasRunBefore === true || mode === "check-only";
  const globs = keepsFiles ? [] : valueInForce(torrentSettings, "exclude", settings, engine);
  const isAwaited = magnet !== undefined && (globs.length > 0 || settings.moveTo !== undefined);
  return {
    priorities: priorityChoice(options, link, globs),
    wait: isAwaited ? { metadataWait: "function" } : {},
  };
}

/** Sets the priorities of a torrent whose files are known, if the choice is a function of the files. */
export function setChosen(torrent: KnownTorrent, choice: PriorityChoice): void {
  if (typeof choice !== "function") return;
  torrent.setPriorities([...choice(torrent.files).entries()]);
  warnOfNothingWanted(torrent);
}

/** Warns, in a later turn, of a torrent that downloads nothing. */
export function warnOfNothingWanted(torrent: Pick<KnownTorrent, "priorities" | "receive">): void {
  if (torrent.priorities.some((priority) => priority > 0)) return;
  const message =
    "`exclude` or priorities leave no wanted file, so nothing is downloaded; give a file a priority above 0";
  setImmediate(() => torrent.receive({ event: "warning", code: "nothing-wanted", message }));
}

function unwanted(file: TorrentFile): TorrentFile {
  return { ...file, priority: 0 };
}

function isExcluded({ torrentPath }: TorrentFile, globs: readonly FileGlob[]): boolean {
  return globs.some((glob) => glob.matches(torrentPath));
}

/**
 * @returns A priority a file; undefined: 1 each.
 * @throws TroupeError `option-out-of-range`, or the error of the caller's function.
 */
export function prioritiesOf(
  choice: PriorityChoice,
  files: readonly TorrentFile[],
): readonly number[] | undefined {
  const list = typeof choice === "function" ? choice(files) : choice;
  if (list === undefined || isPriorityList(list, files.length)) return list;
  const allowed = `${files.length} whole numbers from 0 to ${highestPriority}, one a file`;
  throw outOfRange("priorities", `a list of ${list.length}`, allowed);
}

/** Checks pairs of a file index and a priority. @throws TroupeError `option-out-of-range` */
export function prioritiesWithin(
  pairs: readonly (readonly [file: number, priority: number])[],
  fileCount: number,
): readonly { readonly file: number; readonly priority: number }[] {
  return pairs.map(([file, priority]) => ({
    file: within("file", file, 0, fileCount - 1),
    priority: within("priority", priority, 0, highestPriority),
  }));
}
