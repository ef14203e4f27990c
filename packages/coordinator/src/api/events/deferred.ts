// A promise that is settled from outside and never becomes an unhandled rejection.

/** A promise with its outcome. */
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
    promise.catch(() => undefined);
  }

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
