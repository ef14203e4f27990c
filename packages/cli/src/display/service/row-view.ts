// Rows of a service as the display shows torrents. All texts are cleaned here.

import { cleanText } from "@troupe/protocol/text";
import type { TorrentDetails } from "../details.ts";
import type { TorrentView } from "../torrent-view.ts";
import type { TorrentRow } from "../../service-client/service-port.ts";

const longestName = 200;
const longestFault = 600;

/** The name of a torrent, clean. */
export function rowName({ name, torrent }: TorrentRow): string {
  return cleanText(name, longestName) || torrent;
}

/** Sent divided by received bytes over all runs. Files that were there before count as received. */
export function rowRatio(row: TorrentRow): number {
  const { uploadedBytes, downloadedBytes } = row.lifetime ?? row;
  const receivedBytes = Math.max(downloadedBytes, row.haveBytes);
  return receivedBytes === 0 ? 0 : uploadedBytes / receivedBytes;
}

/**
 * A row as a torrent of the display.
 *
 * @param details Absent: not asked for.
 * @param elapsedSeconds The time since the call began, which the display shows beside the details.
 */
export function rowView(
  row: TorrentRow,
  details?: TorrentDetails,
  elapsedSeconds = 0,
): TorrentView {
  const { etaSeconds, lifetime, ...figures } = row;
  return {
    name: rowName(row),
    state: row.state,
    hasMetadata: row.hasMetadata,
    why: details?.why,
    lengthBytes: row.sizeBytes,
    progress: {
      ...figures,
      ...(etaSeconds !== undefined && { etaSeconds }),
      ...(lifetime !== undefined && { lifetime }),
    },
    checking: undefined,
    isComplete: row.isComplete,
    directory: cleanText(row.directory, longestName),
    elapsedSeconds,
    fault: faultOf(row),
    details,
  };
}

/** The message of its error. A torrent that waits for its disk loses its fault on resuming. */
function faultOf({ state, fault }: TorrentRow): string | undefined {
  if (state !== "error") return undefined;
  if (fault === undefined) return "it has failed";
  const { continuesOnce, message } = fault;
  const hope = continuesOnce === undefined ? "" : `; it continues by itself once ${continuesOnce}`;
  return cleanText(message + hope, longestFault);
}
