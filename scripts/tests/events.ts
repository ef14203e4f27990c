// Events of a run that ava's own process writes for the runner: a JSON object a line (ava.config.js).

import { appendFileSync } from "node:fs";

/** The events that the runner reads. */
export type TestEvent =
  | { readonly type: "passed"; readonly title: string; readonly ms: number }
  | { readonly type: "failed"; readonly title: string; readonly ms: number }
  /** Declared, also if it is left out. */
  | { readonly type: "known"; readonly title: string }
  /** Chosen to run. */
  | { readonly type: "declared"; readonly title: string }
  | { readonly type: "skipped"; readonly title: string }
  /** Something beside a test has failed: a hook, an exception, a rejection, the process. */
  | { readonly type: "crashed"; readonly text: string };

/** The fields of ava's events that are read. */
interface AvaEvent {
  readonly type: string;
  readonly title?: string;
  readonly duration?: number;
  readonly skip?: boolean;
  readonly nonZeroExitCode?: number;
  readonly signal?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
}

/** Writes the events of a run to the file that `TEST_RUN_EVENTS` names; without it nothing. */
export async function observeRun({ events }: { events: AsyncIterable<AvaEvent> }): Promise<void> {
  const path = process.env["TEST_RUN_EVENTS"];
  if (path === undefined) return;
  for await (const event of events) {
    const told = toldOf(event);
    if (told !== undefined) appendFileSync(path, `${JSON.stringify(told)}\n`);
  }
}

function toldOf(event: AvaEvent): TestEvent | undefined {
  const { title = "", duration: ms = 0 } = event;
  switch (event.type) {
    case "declared-test":
      return { type: "known", title };
    case "selected-test":
      return event.skip === true ? { type: "skipped", title } : { type: "declared", title };
    case "test-passed":
      return { type: "passed", title, ms };
    case "test-failed":
      return { type: "failed", title, ms };
    case "hook-failed":
    case "internal-error":
    case "missing-ava-import":
    case "process-exit":
    case "uncaught-exception":
    case "unhandled-rejection":
    case "worker-failed":
      return { type: "crashed", text: textOf(event) };
    default:
      return undefined;
  }
}

function textOf({ type, title, err, nonZeroExitCode, signal }: AvaEvent): string {
  const seen =
    err?.stack ?? err?.message ?? (nonZeroExitCode ? `exit code ${nonZeroExitCode}` : signal);
  return [type, title, seen]
    .filter((part) => part !== undefined)
    .join(": ")
    .slice(0, 2_000);
}
