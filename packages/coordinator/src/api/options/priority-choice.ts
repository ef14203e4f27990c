// Priorities that are chosen before the files of a torrent are known.

import { outOfRange, within } from "@troupe/control";
import type { Magnet } from "@troupe/protocol/magnet";
import { highestPriority, isPriorityList, selectedFiles } from "../../file-priorities.ts";
import type { TorrentFile } from "../torrent-progress.ts";
import type { AddOptions } from "./generated/torrent-options.ts";

/** Undefined: 1 each. */
export type PriorityChoice = AddOptions["priorities"];

/** The caller's choice; without one the files that the link selects (BEP 53). */
export function priorityChoice(
  { priorities }: AddOptions,
  link: Pick<Magnet, "selected"> | undefined,
): PriorityChoice {
  const selected = link?.selected;
  if (priorities !== undefined || selected === undefined) return priorities;
  return (files) => selectedFiles(selected, files.length) ?? [];
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
