import type { CommandResults } from "@troupe/control/commands";

/** A torrent as lists show it: the result of the command `status`. */
export type TorrentRow = CommandResults["status"];
