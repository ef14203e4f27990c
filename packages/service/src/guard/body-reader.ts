import type { Timers } from "@troupe/actor-runtime";
import type { BodyBudget } from "./body-budget.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** Time limit for the whole body, from its first read; a slower one is refused `body-too-slow`. */
const deadlineMs = 30_000;
/** Bound of a body whose caller is not verified yet, as of a login. */
export const loginBodyBytes = 8 * 1_024;
/** A longer body of a call is refused `body-too-large`. */
export const callBodyBytes = 1_024 ** 2;
/** Bound of a call that adds torrents: a .torrent of 32 MiB or several, in base64 too. */
export const addBodyBytes = 44 * 1_024 ** 2;
/** A body of most calls fits in. */
const firstBufferBytes = 4_096;

/** A body in memory. Disposing gives its bytes back to the budget. */
interface ReadBody extends Disposable {
  readonly bytes: Uint8Array;
}

/** The bounds of one body. */
interface BodyBounds {
  readonly limitBytes: number;
  /** The field `Content-Length`; undefined for a body in chunks. */
  readonly declaredBytes?: number | undefined;
  readonly budget: BodyBudget;
  readonly timers: Pick<Timers, "after">;
}

/**
 * Reads a body to its end. After a refusal the rest is unread, and the connection must be closed.
 * @param source Its error is the end of the connection: the refusal `body-cut`.
 */
export async function readBody(
  source: AsyncIterable<Uint8Array>,
  bounds: BodyBounds,
): Promise<ReadBody | Refusal> {
  if ((bounds.declaredBytes ?? 0) > bounds.limitBytes) return tooLarge(bounds);
  const body = new BodyBytes(bounds);
  const iterator = source[Symbol.asyncIterator]();
  const late = Promise.withResolvers<Refusal>();
  const timer = bounds.timers.after(deadlineMs, () => late.resolve(tooSlow(body.lengthBytes)));
  // One race for the whole body: a race for each chunk would leave a reaction on the promise until the deadline.
  const refusal = await Promise.race([readAll(iterator, body), late.promise]);
  timer.cancel();
  if (refusal === undefined) return body.finish();
  body.release();
  // Not awaited: a source that waits for bytes ends no sooner than its connection.
  iterator.return?.().catch(() => undefined);
  return refusal;
}

async function readAll(
  iterator: AsyncIterator<Uint8Array>,
  body: BodyBytes,
): Promise<Refusal | undefined> {
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return body.refuseEnd();
      const refusal = body.add(next.value);
      if (refusal !== undefined) return refusal;
    }
  } catch {
    return connectionEnded();
  }
}

/** The bytes so far, copied into one buffer, so that tiny chunks take no more memory than large ones. */
class BodyBytes {
  readonly #bounds: BodyBounds;
  #buffer = new Uint8Array(0);
  #isClosed = false;
  lengthBytes = 0;

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds;
  }

  /** After the release it refuses: the source may still give the chunk that it was asked for. */
  add(chunk: Uint8Array): Refusal | undefined {
    if (this.#isClosed) return connectionEnded();
    const neededBytes = this.lengthBytes + chunk.length;
    if (neededBytes > this.#bounds.limitBytes) return tooLarge(this.#bounds);
    if (neededBytes > this.#buffer.length && !this.#grow(neededBytes)) return budgetFull();
    this.#buffer.set(chunk, this.lengthBytes);
    this.lengthBytes = neededBytes;
    return undefined;
  }

  refuseEnd(): Refusal | undefined {
    const { declaredBytes = this.lengthBytes } = this.#bounds;
    if (declaredBytes === this.lengthBytes) return undefined;
    const message = `cannot read the body: it has ${this.lengthBytes} bytes, and its head declares ${declaredBytes}`;
    return refuse(400, "body-cut", message);
  }

  finish(): ReadBody {
    const bytes = this.#buffer.subarray(0, this.lengthBytes);
    return { bytes, [Symbol.dispose]: () => this.release() };
  }

  release(): void {
    this.#bounds.budget.release(this.#buffer.length);
    this.#buffer = new Uint8Array(0);
    this.lengthBytes = 0;
    this.#isClosed = true;
  }

  /** Doubles the buffer. The declared length alone takes no memory. @returns Whether the budget had room. */
  #grow(neededBytes: number): boolean {
    const { limitBytes, declaredBytes = limitBytes, budget } = this.#bounds;
    const mostBytes = Math.max(neededBytes, declaredBytes);
    const wantedBytes = Math.max(neededBytes, 2 * this.#buffer.length, firstBufferBytes);
    const grown = Math.min(wantedBytes, mostBytes);
    if (!budget.take(grown - this.#buffer.length)) return false;
    const buffer = new Uint8Array(grown);
    buffer.set(this.#buffer.subarray(0, this.lengthBytes));
    this.#buffer = buffer;
    return true;
  }
}

function tooLarge({ limitBytes, declaredBytes }: BodyBounds): Refusal {
  const seen = declaredBytes === undefined ? "more" : `${declaredBytes} bytes`;
  const message = `cannot read the body: it has ${seen}; at most ${limitBytes} bytes are allowed`;
  return refuse(413, "body-too-large", message);
}

function tooSlow(lengthBytes: number): Refusal {
  const message = `cannot read the body: ${lengthBytes} bytes came in ${deadlineMs / 1_000} s, which is the time for all of it`;
  return refuse(408, "body-too-slow", message);
}

function connectionEnded(): Refusal {
  return refuse(400, "body-cut", "cannot read the body: the connection ended within it");
}

function budgetFull(): Refusal {
  const message =
    "cannot read the body: the bodies of other calls take all memory for them; try again";
  return { ...refuse(503, "body-budget-full", message), retryAfterSeconds: 1 };
}
