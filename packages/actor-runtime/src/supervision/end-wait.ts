import type { Child } from "../hosts/host.ts";
import type { Timers } from "../ports/timers.ts";
import { settlesWithin } from "../waits.ts";

/** Milliseconds between two looks. In steps, because on a busy machine our timers come late too. */
const stepMs = 100;
/** Steps in a row, 2 s, after which a thread that neither used nor awaited a core does not end in time. */
const mostIdleSteps = 20;
/** Steps, 30 s, after which a thread does not end in time, whatever it does. */
const mostSteps = 300;

/**
 * Waits for the end of a terminated child. Its thread works until then: it frees its memory, and Node saves the code that
 * it compiled.
 *
 * @param over Settles when the child has ended.
 * @returns Whether `over` settled within 2 s without work of its thread, and within 30 s.
 */
export async function endsInTime(
  timers: Pick<Timers, "after">,
  child: Pick<Child, "time">,
  over: Promise<void>,
): Promise<boolean> {
  let usedMs: number | undefined;
  let idleSteps = 0;
  for (let step = 0; step < mostSteps && idleSteps < mostIdleSteps; step += 1) {
    if (await settlesWithin(timers, stepMs, over)) return true;
    const time = child.time();
    const hasWorked = time !== undefined && usedMs !== undefined && time.usedMs > usedMs;
    usedMs = time?.usedMs;
    idleSteps = hasWorked || time?.isReady === true ? 0 : idleSteps + 1;
  }
  return false;
}
