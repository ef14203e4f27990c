// An event loop that stays alive while a test waits for a thread or an abandoned call, which do not hold it.

/** Far more than any wait: the timer is only there. */
const everyMs = 2 ** 30;

/** Keeps the event loop of this process alive until its disposal. */
export function keepAwake(): Disposable {
  const timer = setInterval(() => {}, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
