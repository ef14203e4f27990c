// A call of the command beside a fake service.

import { runTroupe } from "../../src/main.ts";
import { FakeEngine } from "./fake-engine.ts";
import { FakeEnvironment } from "./fake-environment.ts";
import { FakeService } from "./fake-service.ts";

/** The end of a call. */
export interface CallEnd {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of `--json`, without their time. */
  readonly events: Record<string, unknown>[];
  readonly environment: FakeEnvironment;
}

/** A fake service, and its environment. */
export function serviceScene(rows: FakeService["rows"] = []): {
  readonly service: FakeService;
  readonly environment: FakeEnvironment;
} {
  const environment = new FakeEnvironment(new FakeEngine());
  const service = new FakeService();
  service.rows = rows;
  environment.service = service;
  return { service, environment };
}

/** Runs the command. */
export async function call(
  environment: FakeEnvironment,
  ...words: readonly string[]
): Promise<CallEnd> {
  const code = await runTroupe(words, environment);
  const { stdout, stderr } = environment;
  return {
    code,
    out: stdout.text,
    err: stderr.text,
    environment,
    get events() {
      return stdout.events.map(({ time: _time, ...event }) => event);
    },
  };
}
