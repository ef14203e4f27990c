// A promise that is settled once from outside and never becomes an unhandled rejection by itself.

/** A promise with its two ends in hand. */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly #resolve: (value: Value) => void;
  readonly #reject: (error: Error) => void;
  #outcome: "pending" | "resolved" | "rejected" = "pending";

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // Whoever awaits it sees the rejection; nobody has to.
    promise.catch(() => undefined);
  }

  /** How it was settled first. */
  get outcome(): "pending" | "resolved" | "rejected" {
    return this.#outcome;
  }

  resolve(value: Value): void {
    if (this.#outcome === "pending") this.#outcome = "resolved";
    this.#resolve(value);
  }

  reject(error: Error): void {
    if (this.#outcome === "pending") this.#outcome = "rejected";
    this.#reject(error);
  }
}
