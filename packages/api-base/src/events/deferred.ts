// A promise that is settled from outside and never becomes an unhandled rejection.

type Ends<Value> = PromiseWithResolvers<Value>;

/** A promise with its outcome. It is made when it is first read: most are never read. */
export class Deferred<Value> {
  #ends: Ends<Value> | undefined;
  #outcome: "pending" | "resolved" | "rejected" = "pending";
  /** Gives the promise its outcome, which came before it was read. */
  #settle: ((ends: Ends<Value>) => void) | undefined;

  get promise(): Promise<Value> {
    if (this.#ends === undefined) {
      this.#ends = Promise.withResolvers<Value>();
      this.#ends.promise.catch(() => undefined);
      this.#settle?.(this.#ends);
      this.#settle = undefined;
    }
    return this.#ends.promise;
  }

  get outcome(): "pending" | "resolved" | "rejected" {
    return this.#outcome;
  }

  resolve(value: Value): void {
    this.#end("resolved", ({ resolve }) => resolve(value));
  }

  reject(error: Error): void {
    this.#end("rejected", ({ reject }) => reject(error));
  }

  #end(outcome: "resolved" | "rejected", settle: (ends: Ends<Value>) => void): void {
    if (this.#outcome !== "pending") return;
    this.#outcome = outcome;
    if (this.#ends === undefined) this.#settle = settle;
    else settle(this.#ends);
  }
}
