// Pieces of one torrent that are neither missing nor had: half-received pieces on their way, and attempts that failed.

import type { LeaseId } from "@troupe/messages";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { FailedAttempts } from "../smart-ban/failed-attempts.ts";

/** Failed attempts and transferred pieces of one torrent. */
export class PieceAttempts {
  readonly failed = new FailedAttempts();
  /** Half-received pieces on their way between peer-workers, by the new lease. */
  readonly transfers = new Map<LeaseId, { peerWorker: PeerWorkerHandle; lease: LeaseId }>();
}
