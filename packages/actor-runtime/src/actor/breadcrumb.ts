import type { Sender } from "../contract.ts";

/** A handler of any message. */
export type Handler = (state: unknown, message: unknown, from: Sender) => unknown;

/** The step and the subject of module code, as the breadcrumb has them. */
export interface ModuleOwner {
  readonly step: number;
  readonly subject: number;
}

/** Blames module code for a crash outside of a call. An input that is being handled keeps its breadcrumb. */
export function blameModule(breadcrumb: Int32Array, owner: ModuleOwner | undefined): void {
  if (owner === undefined || breadcrumb[0] !== 0) return;
  breadcrumb[1] = owner.subject;
  breadcrumb[0] = owner.step;
}

/**
 * Runs a step within a handler, about another subject than the handler's.
 *
 * @param step The actor's own, with the subject in word 1. The breadcrumb of the handler returns, also after a throw.
 */
export function inOwnStep<Result>(
  breadcrumb: Int32Array,
  step: number,
  subject: number,
  act: () => Result,
): Result {
  const before = breadcrumb.slice();
  breadcrumb.fill(0);
  breadcrumb[1] = subject;
  breadcrumb[0] = step;
  try {
    return act();
  } finally {
    breadcrumb.set(before);
  }
}

/** Writes the number of the running handler, from 1 in the order of the tables, into the breadcrumb. */
export class BreadcrumbWriter {
  readonly #breadcrumb: Int32Array;
  readonly #subjectOf: ((message: unknown) => number) | undefined;
  #count = 0;

  constructor(breadcrumb: Int32Array, subjectOf: ((message: unknown) => number) | undefined) {
    this.#breadcrumb = breadcrumb;
    this.#subjectOf = subjectOf;
  }

  tableOf(table: object): ReadonlyMap<string, Handler> {
    const entries = Object.entries(table) as [string, Handler][];
    return new Map(entries.map(([name, handler]) => [name, this.#withBreadcrumb(handler)]));
  }

  /** Costs nothing beside a message. Not cleared after a throw. */
  #withBreadcrumb(handler: Handler): Handler {
    this.#count += 1;
    const step = this.#count;
    const breadcrumb = this.#breadcrumb;
    const subjectOf = this.#subjectOf;
    const note = (message: unknown): void => {
      if (subjectOf !== undefined) breadcrumb[1] = subjectOf(message);
      breadcrumb[0] = step;
    };
    return (state, message, from) => {
      note(message);
      const answer = handler(state, message, from);
      breadcrumb.fill(0);
      if (!(answer instanceof Promise)) return answer;
      // Other handlers ran meanwhile: note a late failure again.
      return answer.catch((error: unknown) => {
        note(message);
        throw error;
      });
    };
  }
}
