// Runs code of a module. An error of it fails the torrent, and no other.

import { deedOf, makerOf, partOf, WrongAnswer } from "@troupe/actor-runtime/module-answers";

/**
 * Fails the torrent, after the present handler has ended.
 *
 * @param task Task of the torrent, as "pick pieces".
 * @param deed Deed of the module, as "threw Error: no".
 */
type FailTorrent = (task: string, deed: string) => void;

/** Runs code of a module in a step of its torrent: a torrent whose module never returns is quarantined. */
export type ModuleStep = <Result>(act: () => Result) => Result;

/** Calls a module until its first error. */
export class ModuleGuard {
  readonly #inStep: ModuleStep;
  readonly #fail: FailTorrent;
  #hasFailed = false;

  constructor(inStep: ModuleStep, fail: FailTorrent) {
    this.#inStep = inStep;
    this.#fail = fail;
  }

  /**
   * @returns The result of `act`; undefined after an error of it, and in all later calls.
   */
  run<Result>(task: string, act: () => Result): Result | undefined {
    if (this.#hasFailed) return undefined;
    try {
      return this.#inStep(act);
    } catch (error) {
      this.#hasFailed = true;
      this.#fail(task, deedOf(error));
      return undefined;
    }
  }
}

/** @throws WrongAnswer for a promise: an answer is needed at once. Its rejection is ignored. */
export function refusePromise(answer: unknown): void {
  if (!(answer instanceof Promise)) return;
  answer.catch(() => undefined);
  throw new WrongAnswer("returned a promise");
}

/** @returns The items of an answer. @throws WrongAnswer for no list, and for more than `most` items. */
export function itemsOf(answer: unknown, most: number): readonly unknown[] {
  refusePromise(answer);
  if (!isIterable(answer)) throw new WrongAnswer("returned no list");
  const items: unknown[] = [];
  for (const item of answer) {
    if (items.length >= most) throw new WrongAnswer(`returned more than ${most} items`);
    items.push(item);
  }
  return items;
}

function isIterable(answer: unknown): answer is Iterable<unknown> {
  return typeof answer === "object" && answer !== null && Symbol.iterator in answer;
}

/**
 * Calls the default export of a module.
 *
 * @param method The part that it makes has this method.
 * @throws WrongAnswer, or the error of the module.
 */
export function makePart(made: unknown, torrent: unknown, method: string): object {
  const part = makerOf(made)(torrent);
  refusePromise(part);
  return partOf(part, method, ["close"]);
}
