import { EventQueue } from "./event-queue.ts";

/** Values by their deadlines, the earliest first; of equal ones that which was added first. */
export class Deadlines<Value> {
  readonly #queue = new EventQueue<Value>();
  #sequence = 0;

  /** The earliest deadline; undefined without a value. */
  get firstMs(): number | undefined {
    return this.#queue.peek()?.timeMs;
  }

  /** The value of the earliest deadline. */
  get first(): Value | undefined {
    return this.#queue.peek()?.task;
  }

  add(atMs: number, value: Value): void {
    this.#queue.add({ timeMs: atMs, sequence: this.#sequence++, task: value });
  }

  /** Removes the earliest. */
  removeFirst(): void {
    this.#queue.take();
  }
}
