// The error and the status of a torrent that no engine gets, because engines crashed while they handled it.

import { TroupeError } from "@troupe/control";
import { stripCells, stripKinds, type TorrentFault, type TorrentStatus } from "@troupe/messages";

/** The error of a torrent until its user starts it again. */
export function quarantinedError(name: string): TroupeError {
  const message = `${name} is quarantined: the engine crashed twice while handling it. Start it again to retry`;
  return new TroupeError("quarantined", message);
}

/** The status of a torrent without an engine. */
export function quarantinedStatus(
  torrent: Pick<TorrentStatus, "bitfield" | "labels" | "progress" | "state"> & {
    readonly group: string | undefined;
    readonly pieceCount: number;
  },
  fault: TorrentFault,
): TorrentStatus {
  const { state, progress, bitfield, group, labels, pieceCount } = torrent;
  const strip = new Uint8Array(stripCells(pieceCount) * stripKinds);
  const why = { code: "failed", message: fault.message } as const;
  return {
    ...{ state, fault, labels, progress, bitfield, strip, why },
    ...{ peers: [], trackers: [], webSeeds: [] },
    ...(group !== undefined && { group }),
  };
}
