import { refuse, type Refusal } from "./refusal.ts";

/** Calls that are carried out at once; a further call is refused `too-many-calls`. Streams and events do not count. */
const mostCalls = 64;

/**
 * The places of calls. A call takes its place after its caller is identified, so that callers without a credential take none.
 * A batch takes one place: it runs its calls in sequence.
 */
export class CallPlaces {
  #taken = 0;

  /** @returns The place, to dispose of when the call is answered. */
  enter(): Disposable | Refusal {
    if (this.#taken >= mostCalls) {
      const message = `cannot take the call: ${this.#taken} others are carried out, which is the most; try again in a second`;
      return { ...refuse(503, "too-many-calls", message), retryAfterSeconds: 1 };
    }
    this.#taken++;
    let isLeft = false;
    return {
      [Symbol.dispose]: () => {
        if (!isLeft) this.#taken--;
        isLeft = true;
      },
    };
  }
}
