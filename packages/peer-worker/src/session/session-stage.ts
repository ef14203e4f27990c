import type { ConnectionStage } from "../connection/connection.ts";
import { refill } from "../download/downloads.ts";
import { countEarlyMemory } from "./early-memory.ts";
import { faultCodeOf } from "./fault-code.ts";
import { countProtocolReceived } from "./protocol-bytes.ts";
import { pauseReadingWhenFull } from "../upload/read-pause.ts";
import { closeSession } from "./session-end.ts";
import { type Session, type SessionWithContent, hasContent } from "./session.ts";

/** The stage after the handshake: messages, requests and blocks. */
export class SessionStage implements ConnectionStage {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    session.stage = this;
  }

  get isReadingPaused(): boolean {
    return this.#session.isReadingPaused;
  }

  bytes(chunk: Uint8Array): void {
    const session = this.#session;
    if (session.phase === "closed") return;
    const { worker } = session;
    const { breadcrumb } = worker.context;
    session.leaveBreadcrumb();
    session.inputAtMs = worker.nowMs();
    session.hasReceived = true;
    session.isReading = true;
    const fault = read(session, chunk);
    if (hasContent(session) && !session.identity.isWebSeed) countProtocolReceived(session);
    if (fault === undefined && !hasContent(session)) countEarlyMemory(session);
    if (fault !== undefined) {
      closeSession(session, fault, true);
    } else if (session.closeReason !== undefined && session.phase === "open") {
      closeSession(session, session.closeReason, false);
    } else {
      if (hasContent(session)) transfer(session);
      session.flush();
    }
    session.isReading = false;
    breadcrumb.fill(0);
  }

  /** Reads input from before the pause first; it may pause reading again. */
  resumeReading(): void {
    const session = this.#session;
    const { pendingInput } = session;
    session.isReadingPaused = false;
    session.pendingInput = undefined;
    if (pendingInput !== undefined) this.bytes(pendingInput);
    // Without room for notices all connections resume together.
    const { isBlocked } = session.worker.notices;
    if (session.phase !== "closed" && !session.isReadingPaused && !isBlocked)
      session.connection.resume();
  }

  closed(reason: string | undefined): void {
    closeSession(this.#session, reason ?? "closed-by-peer", false);
  }
}

function transfer(session: SessionWithContent): void {
  refill(session, session.inputAtMs);
  pauseReadingWhenFull(session);
  if (session.requestsWaiting > 0) session.content.uploadScheduler.pump(session);
}

/** @returns The code of the broken rule, if any. */
function read(session: Session, chunk: Uint8Array): string | undefined {
  const { reader, framesSeen } = session;
  try {
    const readBytes = reader.push(chunk);
    // The rest comes again when reading resumes.
    session.receivedBytes += readBytes;
    if (readBytes < chunk.length) session.pendingInput = chunk.slice(readBytes);
  } catch (error) {
    return faultCodeOf(session, error);
  }
  noteProgress(session, chunk.length, session.framesSeen !== framesSeen);
  return undefined;
}

/** Records the start and the bytes of the arriving message. */
function noteProgress(session: Session, bytes: number, hasNewFrame: boolean): void {
  if (!session.reader.isInsideFrame) {
    session.frameSinceMs = -1;
  } else if (hasNewFrame || session.frameSinceMs < 0) {
    session.frameSinceMs = session.inputAtMs;
    session.frameBytes = 0;
  } else {
    session.frameBytes += bytes;
  }
}
