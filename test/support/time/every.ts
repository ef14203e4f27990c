/** Repeats an act in real time, until it is disposed of. For senders and readers whose slowness is the subject of a test. */
export function every(periodMs: number, act: () => void): Disposable {
  const timer = setInterval(act, periodMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
