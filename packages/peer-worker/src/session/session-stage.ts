// The stage of a connection after its handshake: bytes become messages, then requests go out and blocks in.

import type { Stream } from "@troupe/actor-runtime";
import { ProtocolError } from "@troupe/protocol";

import type { ConnectionStage } from "../connection/connection.ts";
import { refill } from "../download/downloads.ts";
import { PeerFault } from "./faults.ts";
import { pauseReadingWhenFull } from "../upload/read-pause.ts";
import { closeSession } from "./session-end.ts";
import type { Session } from "./session.ts";

/** What happens to the stream of one session. */
export class SessionStage implements ConnectionStage {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    session.resumeReading = () => this.#resumeReading();
  }

  get isReadingPaused(): boolean {
    return this.#session.isReadingPaused;
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    const session = this.#session;
    if (session.phase === "closed") return;
    const { worker } = session.torrent;
    const { breadcrumb } = worker.context;
    breadcrumb.set(session.breadcrumb);
    session.nowMs = worker.nowMs();
    session.hasReceived = true;
    session.isReading = true;
    const fault = read(session, chunk);
    if (fault !== undefined) {
      closeSession(session, fault, true);
    } else if (session.closeReason !== undefined && session.phase === "open") {
      closeSession(session, session.closeReason, false);
    } else {
      refill(session, session.nowMs);
      pauseReadingWhenFull(session);
      if (session.uploads.length > 0) session.torrent.uploadScheduler.pump(session);
      session.flush();
    }
    session.isReading = false;
    breadcrumb.fill(0);
  }

  /** What had arrived before the connection was held is read first, and may hold it again. */
  #resumeReading(): void {
    const session = this.#session;
    const { pendingInput } = session;
    session.isReadingPaused = false;
    session.pendingInput = undefined;
    if (pendingInput !== undefined) this.bytes(session.stream, pendingInput);
    // What was read may have used up the room for notices: then all connections are read again together.
    const { isBlocked } = session.torrent.worker.notices;
    if (session.phase !== "closed" && !session.isReadingPaused && !isBlocked)
      session.stream.resume();
  }

  closed(_stream: Stream, reason: string | undefined): void {
    closeSession(this.#session, reason ?? "closed-by-peer", false);
  }
}

/** @returns The code of the rule that the peer broke, if it broke one. */
function read(session: Session, chunk: Uint8Array): string | undefined {
  const { reader, framesSeen } = session;
  try {
    const readBytes = reader.push(chunk);
    if (readBytes < chunk.length) session.pendingInput = chunk.slice(readBytes);
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof PeerFault)) throw error;
    session.torrent.worker.context.log("debug", "peer-fault", {
      host: session.identity.host,
      port: session.identity.port,
      code: error.code,
      message: error.message,
    });
    return error.code;
  }
  noteProgress(session, chunk.length, session.framesSeen !== framesSeen);
  return undefined;
}

/** Keeps since when the message now arriving has been on its way, and what has come of it. */
function noteProgress(session: Session, bytes: number, hasNewFrame: boolean): void {
  if (!session.reader.isInsideFrame) {
    session.frameSinceMs = -1;
  } else if (hasNewFrame || session.frameSinceMs < 0) {
    session.frameSinceMs = session.nowMs;
    session.frameBytes = 0;
  } else {
    session.frameBytes += bytes;
  }
}
