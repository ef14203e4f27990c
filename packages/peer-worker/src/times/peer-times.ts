/** The times of a connection's events, and the time of a round trip. Silence and stalls are judged by them. */
export class PeerTimes {
  /** Bytes have come since the last look, once a second. */
  hasReceived = false;
  lastReceivedAtMs: number;
  /** Bytes went out since the last look. */
  hasSent = false;
  lastSentAtMs: number;
  /** When the arriving message began; −1 between two messages. */
  frameSinceMs = -1;
  /** Bytes of it that came after its first chunk. */
  frameBytes = 0;
  /** When either side was last interested, by a look once a second. */
  interestAtMs: number;
  /** When the last block came, or the wait for blocks began. */
  lastBlockAtMs: number;
  /** Start of a round-trip measurement at an idle peer; −1 without. */
  probeSentAtMs = -1;
  roundTripMs = 0;

  constructor(nowMs: number) {
    this.lastReceivedAtMs = nowMs;
    this.lastSentAtMs = nowMs;
    this.interestAtMs = nowMs;
    this.lastBlockAtMs = nowMs;
  }

  noteReceived(): void {
    this.hasReceived = true;
  }

  noteSent(): void {
    this.hasSent = true;
  }

  /**
   * Records the start and the bytes of the arriving message.
   *
   * @param isInside A message has come in part.
   * @param isNew Its start is among the bytes.
   */
  noteFrame(isInside: boolean, isNew: boolean, bytes: number, nowMs: number): void {
    if (!isInside) {
      this.frameSinceMs = -1;
    } else if (isNew || this.frameSinceMs < 0) {
      this.frameSinceMs = nowMs;
      this.frameBytes = 0;
    } else {
      this.frameBytes += bytes;
    }
  }

  /** A block has come, which ends a round trip that is measured. */
  noteBlock(nowMs: number): void {
    this.lastBlockAtMs = nowMs;
    if (this.probeSentAtMs < 0) return;
    this.roundTripMs = nowMs - this.probeSentAtMs;
    this.probeSentAtMs = -1;
  }

  /** The time until now does not count as a wait for a block. */
  restartBlocks(nowMs: number): void {
    this.lastBlockAtMs = nowMs;
  }

  /** A request goes to a peer that owes nothing. */
  beginProbe(nowMs: number): void {
    this.probeSentAtMs = nowMs;
  }

  /** The peer owes nothing any more, and has not answered. */
  dropProbe(): void {
    this.probeSentAtMs = -1;
  }

  /** A round trip that may be too long, as the peer may have waited: the least of such is used. */
  noteLongRoundTrip(tookMs: number): void {
    this.roundTripMs = this.roundTripMs === 0 ? tookMs : Math.min(this.roundTripMs, tookMs);
  }
}
