import type { ConnectionStage } from "../connection/connection.ts";
import { refill } from "../download/downloads.ts";
import { countEarlyMemory } from "./early-memory.ts";
import { faultCodeOf } from "./fault-code.ts";
import { countProtocolReceived } from "./protocol-bytes.ts";
import { pauseReadingWhenFull } from "../upload/read-pause.ts";
import { closeSession } from "../session/session-end.ts";
import { type Session, type SessionWithContent, hasContent } from "../session/session.ts";

/** The stage after the handshake: messages, requests and blocks. */
export class SessionStage implements ConnectionStage {
  readonly #session: Session;
  #isReading = false;
  #isReadingPaused = false;
  #pendingInput: Uint8Array | undefined;

  constructor(session: Session) {
    this.#session = session;
    session.wire.input = this;
  }

  get isReadingPaused(): boolean {
    return this.#isReadingPaused;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  get pendingBytes(): number {
    return this.#pendingInput?.length ?? 0;
  }

  bytes(chunk: Uint8Array): void {
    const session = this.#session;
    if (session.wire.phase === "closed") return;
    const { worker } = session;
    const { breadcrumb } = worker.context;
    session.leaveBreadcrumb();
    session.wire.inputAtMs = worker.nowMs();
    session.times.noteReceived();
    this.#isReading = true;
    const fault = this.#read(chunk);
    if (hasContent(session) && !session.identity.isWebSeed) countProtocolReceived(session);
    if (fault === undefined && !hasContent(session)) countEarlyMemory(session);
    if (fault !== undefined) {
      closeSession(session, fault, true);
    } else if (session.wire.closeReason !== undefined && session.wire.phase === "open") {
      closeSession(session, session.wire.closeReason, false);
    } else {
      if (hasContent(session)) transfer(session);
      session.flush();
    }
    this.#isReading = false;
    breadcrumb.fill(0);
  }

  pauseReading(): void {
    this.#isReadingPaused = true;
  }

  /** Reads input from before the pause first; it may pause reading again. */
  resumeReading(): void {
    const session = this.#session;
    const pendingInput = this.#pendingInput;
    this.#isReadingPaused = false;
    this.#pendingInput = undefined;
    if (pendingInput !== undefined) this.bytes(pendingInput);
    // Without room for notices all connections resume together.
    const { isBlocked } = session.worker.notices;
    if (session.wire.phase !== "closed" && !this.#isReadingPaused && !isBlocked)
      session.wire.connection.resume();
  }

  /** @returns The code of the broken rule, if any. */
  #read(chunk: Uint8Array): string | undefined {
    const session = this.#session;
    const { times, wire } = session;
    const { framesSeen } = wire.reader;
    try {
      const readBytes = wire.reader.push(chunk);
      // The rest comes again when reading resumes.
      wire.bytes.uncounted += readBytes;
      if (readBytes < chunk.length) this.#pendingInput = chunk.slice(readBytes);
    } catch (error) {
      return faultCodeOf(session, error);
    }
    const isNew = wire.reader.framesSeen !== framesSeen;
    times.noteFrame(wire.reader.isInsideFrame, isNew, chunk.length, wire.inputAtMs);
    return undefined;
  }

  closed(reason: string | undefined): void {
    closeSession(this.#session, reason ?? "closed-by-peer", false);
  }
}

function transfer(session: SessionWithContent): void {
  refill(session, session.wire.inputAtMs);
  pauseReadingWhenFull(session);
  if (session.requestsWaiting > 0) session.content.uploadScheduler.pump(session);
}
