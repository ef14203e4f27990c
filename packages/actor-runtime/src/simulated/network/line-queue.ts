import type { LineShare, LineUser, SharedLine } from "./shared-line.ts";

interface Passing {
  readonly lengthBytes: number;
  readonly passed: () => void;
}

/** Segments of a connection, or datagrams of a machine, that wait for a line in their order. */
export class LineQueue implements LineUser {
  readonly #waiting: Passing[] = [];
  readonly #share: LineShare;
  readonly #mostBytes: number;
  #queuedBytes = 0;
  #isAbandoned = false;

  /** @param mostBytes Bound of the queue; an entry beyond it is dropped. */
  constructor(line: SharedLine, mostBytes: number = Infinity) {
    this.#share = line.share(this);
    this.#mostBytes = mostBytes;
  }

  /** Calls `passed` after all earlier entries have passed. @returns False when it is dropped. */
  add(lengthBytes: number, passed: () => void): boolean {
    if (this.#queuedBytes + lengthBytes > this.#mostBytes) return false;
    if (lengthBytes === 0 && this.#waiting.length === 0) {
      passed();
      return true;
    }
    this.#queuedBytes += lengthBytes;
    this.#waiting.push({ lengthBytes, passed });
    this.#share.want();
    return true;
  }

  /** The receiver is gone: nothing of the queue occupies the line any more. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  startSegment(): number | undefined {
    const first = this.#waiting[0];
    return this.#isAbandoned && first !== undefined ? 0 : first?.lengthBytes;
  }

  segmentPassed(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#queuedBytes -= first.lengthBytes;
    first.passed();
  }
}
