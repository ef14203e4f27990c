// The longest task of a page's main thread, by Chromium's own trace. Other programs of the machine lengthen a task by the
// clock; the time that it has of a core is its own.

import type { OpenedPage } from "./opened-page.ts";

interface TraceEvent {
  readonly name: string;
  readonly args?: { readonly name?: string };
  readonly pid: number;
  readonly tid: number;
  /** Microseconds by the clock. */
  readonly dur?: number;
  /** Microseconds of a core. */
  readonly tdur?: number;
}

/** Runs an expression in the page, and measures. */
export async function longestTask(
  { page }: OpenedPage,
  expression: string,
): Promise<{ readonly cpuMs: number; readonly wallMs: number }> {
  await page.tracing.start({ categories: ["toplevel"] });
  await page.evaluate(expression);
  const bytes = await page.tracing.stop();
  const { traceEvents } = JSON.parse(Buffer.from(bytes ?? []).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const mains = traceEvents.filter(
    ({ args, name }) => name === "thread_name" && args?.name === "CrRendererMain",
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) =>
      name.endsWith("RunTask") && mains.some((main) => main.pid === pid && main.tid === tid),
  );
  const most = (of: "dur" | "tdur"): number =>
    tasks.reduce((longest, task) => Math.max(longest, task[of] ?? 0), 0) / 1_000;
  return { cpuMs: most("tdur"), wallMs: most("dur") };
}
