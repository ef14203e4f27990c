import type { Scheduler } from "../scheduler.ts";

/** Longest segment, and the bytes that a connection may send before the next one. */
export const segmentBytes = 16_384;

/** Sends over a line, or receives from it. */
export interface LineUser {
  /**
   * Starts the next segment.
   *
   * @returns Its bytes, {@link segmentBytes} at most, and 0 for one that does not occupy the line. Undefined: nothing to
   *   send, until the next `want`.
   */
  startSegment(): number | undefined;
  /** The segment has passed. */
  segmentPassed(): void;
}

/** The place of a user among the others of its line. */
export class LineShare {
  /** The user behind it. */
  next: LineShare | undefined;
  isWaiting = false;
  /** Bytes that it may send before the next user; what it sends beyond them counts against its next ones. */
  creditBytes = 0;
  readonly user: LineUser;
  readonly line: SharedLine;

  constructor(line: SharedLine, user: LineUser) {
    this.line = line;
    this.user = user;
  }

  /** The user has something to send. */
  want(): void {
    this.line.enqueue(this);
  }
}

/**
 * One direction of a machine's line. Its users send {@link segmentBytes} each, in rotation: each gets an equal share, and
 * the bytes that a user does not need go to the others.
 */
export class SharedLine {
  readonly bytesPerSecond: number;
  readonly #scheduler: Scheduler;
  #first: LineShare | undefined;
  #last: LineShare | undefined;
  /** A segment passes, or the next is sought. */
  #isBusy = false;

  constructor(scheduler: Scheduler, bytesPerSecond: number) {
    this.#scheduler = scheduler;
    this.bytesPerSecond = bytesPerSecond;
  }

  share(user: LineUser): LineShare {
    return new LineShare(this, user);
  }

  /** Time to send a segment. */
  durationMs(lengthBytes: number): number {
    return (lengthBytes / this.bytesPerSecond) * 1000;
  }

  enqueue(share: LineShare): void {
    if (share.isWaiting) return;
    share.creditBytes = Math.min(share.creditBytes, 0) + segmentBytes;
    this.#append(share);
    if (!this.#isBusy) this.#startNext();
  }

  /** Until a segment occupies the line. */
  #startNext(): void {
    this.#isBusy = true;
    for (let share = this.#first; share !== undefined; share = this.#first) {
      const lengthBytes = share.user.startSegment();
      if (lengthBytes === undefined) this.#removeFirst();
      else if (lengthBytes === 0) share.user.segmentPassed();
      else return this.#occupy(share, lengthBytes);
    }
    this.#isBusy = false;
  }

  #occupy(share: LineShare, lengthBytes: number): void {
    share.creditBytes -= lengthBytes;
    this.#scheduler.after(this.durationMs(lengthBytes), () => {
      if (share.creditBytes <= 0) {
        share.creditBytes += segmentBytes;
        this.#removeFirst();
        this.#append(share);
      }
      share.user.segmentPassed();
      this.#startNext();
    });
  }

  #append(share: LineShare): void {
    share.isWaiting = true;
    if (this.#last === undefined) this.#first = share;
    else this.#last.next = share;
    this.#last = share;
  }

  #removeFirst(): void {
    const share = this.#first;
    if (share === undefined) return;
    this.#first = share.next;
    if (this.#first === undefined) this.#last = undefined;
    share.next = undefined;
    share.isWaiting = false;
  }
}
