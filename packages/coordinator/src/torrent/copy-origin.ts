// Who gave the blocks of a sealed piece, in words that hold when they are gone.

import type { PeerSlot, PieceSealed, PieceSource } from "@troupe/messages";
import type { PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import type { Contributor, CopyOrigin } from "./failed-copies.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** To be asked when `piece-sealed` is handled: a slot that it names may be another's soon. */
export function originOf(
  job: TorrentJob,
  seat: PeerWorkerSeat,
  { contributors, givenBy }: PieceSealed,
): CopyOrigin {
  return {
    contributors: contributors.map((contributor) => contributorOf(job, seat, contributor)),
    givenBy,
  };
}

function contributorOf(
  job: TorrentJob,
  seat: PeerWorkerSeat,
  contributor: PeerSlot | PieceSource,
): Contributor | undefined {
  if (typeof contributor === "number") return job.roll.at(seat.index, contributor);
  const { host, port, peerId } = contributor;
  return { host, port, peerId: String.fromCharCode(...peerId) };
}
