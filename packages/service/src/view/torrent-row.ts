import type { CommandResults } from "@troupe/control/commands";

/** A torrent as lists show it: the result of the command `status`. */
export type TorrentRow = CommandResults["status"];

/** Changes of rows, in the order in which they were made. */
export interface RowChanges {
  /** Rises with each change, over all incarnations of the actor `http`. */
  readonly version: number;
  readonly rows: readonly TorrentRow[];
  /** Info-hashes of torrents that are no longer there. */
  readonly removed: readonly string[];
  /** The rows are all that there are: torrents without a row are no longer there. Default false. */
  readonly isWhole?: true;
}
