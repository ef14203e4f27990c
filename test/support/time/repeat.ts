// Questions to programs of others, which answer them only when they are ready and tell nobody when that is.

/** Calls `act` now and every `everyMs` until its disposal. The end of the process does not wait for it. */
export function repeat(everyMs: number, act: () => void): Disposable {
  act();
  const timer = setInterval(act, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
