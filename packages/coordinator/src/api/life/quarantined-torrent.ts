// A torrent that no engine knows, because engines died at it: what it says of itself until its user starts it again.

import { stripCells, stripKinds } from "@troupe/messages";
import type { TorrentFault, TorrentStatus } from "@troupe/messages";
import { TroupeError } from "../../troupe-error.ts";

/** Why a torrent is not told to any engine until its user starts it again. */
export function quarantinedError(name: string): TroupeError {
  const message = `${name} is set aside: the engine ended twice at the same step of it. Start it again to try once more`;
  return new TroupeError("quarantined", message);
}

/** Its whole picture: nothing is under way. */
export function quarantinedStatus(
  torrent: Pick<TorrentStatus, "state" | "progress" | "bitfield"> & { readonly pieceCount: number },
  fault: TorrentFault,
): TorrentStatus {
  const { state, progress, bitfield, pieceCount } = torrent;
  return {
    state,
    fault,
    progress,
    bitfield,
    peers: [],
    trackers: [],
    strip: new Uint8Array(stripCells(pieceCount) * stripKinds),
    why: { code: "failed", message: fault.message },
  };
}
