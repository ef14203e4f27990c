// Notes which message an actor has in its hands, so that whoever finds it dead knows what it died of.

import type { Sender } from "./contract.ts";

/** A handler of any message. */
export type Handler = (state: unknown, message: unknown, from: Sender) => unknown;

/** Numbers the handlers of one actor, from 1 in the order of its tables, and notes each while it runs. */
export class NotedSteps {
  readonly #input: Int32Array;
  readonly #inputOf: ((message: unknown) => number) | undefined;
  #count = 0;

  /** @param input See `Context.input`. */
  constructor(input: Int32Array, inputOf: ((message: unknown) => number) | undefined) {
    this.#input = input;
    this.#inputOf = inputOf;
  }

  /** The handlers of a table by name. */
  tableOf(table: object): ReadonlyMap<string, Handler> {
    const entries = Object.entries(table) as [string, Handler][];
    return new Map(entries.map(([name, handler]) => [name, this.#noted(handler)]));
  }

  /** Stores of words cost nothing beside a message; they are cleared only after a handler that has not thrown. */
  #noted(handler: Handler): Handler {
    this.#count += 1;
    const step = this.#count;
    const input = this.#input;
    const inputOf = this.#inputOf;
    const note = (message: unknown): void => {
      if (inputOf !== undefined) input[1] = inputOf(message);
      input[0] = step;
    };
    return (state, message, from) => {
      note(message);
      const answer = handler(state, message, from);
      input.fill(0);
      if (!(answer instanceof Promise)) return answer;
      // Others had their turn meanwhile: a failure that comes late is noted again.
      return answer.catch((error: unknown) => {
        note(message);
        throw error;
      });
    };
  }
}
