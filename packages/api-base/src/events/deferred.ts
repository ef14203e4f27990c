// A promise that is settled from outside and never becomes an unhandled rejection.

/** A promise with its outcome. */
export class Deferred<Value> {
  readonly #ends = Promise.withResolvers<Value>();
  #outcome: "pending" | "resolved" | "rejected" = "pending";

  constructor() {
    this.promise.catch(() => undefined);
  }

  get promise(): Promise<Value> {
    return this.#ends.promise;
  }

  get outcome(): "pending" | "resolved" | "rejected" {
    return this.#outcome;
  }

  resolve(value: Value): void {
    if (this.#outcome === "pending") this.#outcome = "resolved";
    this.#ends.resolve(value);
  }

  reject(error: Error): void {
    if (this.#outcome === "pending") this.#outcome = "rejected";
    this.#ends.reject(error);
  }
}
