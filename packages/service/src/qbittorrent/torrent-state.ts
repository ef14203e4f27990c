import type { TorrentRow } from "../view/torrent-row.ts";

/** The state of a torrent, by the names of qBittorrent 4.5.2. */
export type ShownState =
  | "error"
  | "missingFiles"
  | "uploading"
  | "pausedUP"
  | "queuedUP"
  | "stalledUP"
  | "checkingUP"
  | "forcedUP"
  | "metaDL"
  | "forcedMetaDL"
  | "downloading"
  | "pausedDL"
  | "queuedDL"
  | "stalledDL"
  | "checkingDL"
  | "forcedDL"
  | "checkingResumeData";

/** Codes of errors that end when files come back. */
const missingFiles: ReadonlySet<string> = new Set(["incomplete"]);

type StateFields = Pick<
  TorrentRow,
  "downBytesPerSecond" | "fault" | "isComplete" | "isForced" | "state" | "upBytesPerSecond"
>;

/** The state that a row shows. A torrent without metadata is not complete. */
export function stateOf(row: StateFields): ShownState {
  const { isComplete } = row;
  switch (row.state) {
    case "error":
      return missingFiles.has(row.fault?.code ?? "") ? "missingFiles" : "error";
    case "stopped":
    case "stopping":
    case "paused":
      return isComplete ? "pausedUP" : "pausedDL";
    case "metadata":
      return row.isForced ? "forcedMetaDL" : "metaDL";
    case "starting":
      return "checkingResumeData";
    case "checking":
      return isComplete ? "checkingUP" : "checkingDL";
    case "queued":
      return isComplete ? "queuedUP" : "queuedDL";
    case "active":
      return isComplete ? seedingState(row) : downloadingState(row);
  }
}

function seedingState({ isForced, upBytesPerSecond }: StateFields): ShownState {
  if (isForced) return "forcedUP";
  return upBytesPerSecond > 0 ? "uploading" : "stalledUP";
}

function downloadingState({ isForced, downBytesPerSecond }: StateFields): ShownState {
  if (isForced) return "forcedDL";
  return downBytesPerSecond > 0 ? "downloading" : "stalledDL";
}
