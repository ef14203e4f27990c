import type { LeaseId } from "@troupe/messages";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { FailedAttempts } from "../smart-ban/failed-attempts.ts";

/** Failed attempts and transferred pieces of a torrent. */
export class PieceAttempts {
  readonly failed = new FailedAttempts();
  /** Transferred pieces by their new lease. */
  readonly transfers = new Map<LeaseId, { peerWorker: PeerWorkerHandle; lease: LeaseId }>();
}
