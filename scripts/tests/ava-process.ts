// A process of ava's worker, without ava's own main process: a run has hundreds of them.

import { fork, type ChildProcess, type Serializable } from "node:child_process";
import { join } from "node:path";
import { eventOf, type AvaMessage, type TestEvent } from "./events.ts";
import { endedSeconds, yieldToOthers } from "./processes.ts";
import { root } from "./root.ts";

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Processor seconds, with its child processes that have ended. */
  readonly cpu: number;
}

/** How a process is started. */
export interface AvaProcessOptions {
  /** A test file, from the root. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Its tests start engines in their own process. */
  readonly hasEngines: boolean;
  /** It leaves the processor to others that need it. */
  readonly yields: boolean;
  /** An open file for its output. */
  readonly output: number;
}

/** Starts a process that runs a test file. @param told Hears each event. */
export async function runAva(
  { environment, file, hasEngines, output, yields }: AvaProcessOptions,
  told: (event: TestEvent) => void,
): Promise<ProcessEnd> {
  const child = fork(join(root, "node_modules/ava/lib/worker/base.js"), {
    cwd: root,
    detached: true,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", output, output, "ipc"],
    env: { ...process.env, ...environment, NODE_ENV: "test" },
  });
  const { promise, reject, resolve } = Promise.withResolvers<ProcessEnd>();
  child.on("message", ({ ava }: { readonly ava?: AvaMessage }) => {
    if (ava === undefined) return;
    const event = eventOf(ava);
    if (event !== undefined) told(event);
    if (ava.type === "ready-for-options")
      send(child, { type: "options", options: options(file, hasEngines) });
    if (ava.type === "worker-finished") send(child, { type: "free-worker" });
  });
  child.on("error", reject);
  if (yields) yieldToOthers(child);
  let cpu = 0;
  child.on("exit", () => (cpu = endedSeconds()));
  // "close" comes after the last message.
  child.on("close", (code, signal) => resolve({ code, signal, cpu }));
  return await promise;
}

function send(child: ChildProcess, ava: Serializable): void {
  // A process that ends meanwhile tells so by its end.
  child.send({ ava } as Serializable, () => {});
}

/** The options that ava's command line makes of ava.config.js. */
function options(file: string, hasEngines: boolean): object {
  // The watch comes last: it counts what the tests start.
  const preloads = [
    "use-bundled-threads.ts",
    ...(hasEngines ? ["inline-engine.ts"] : []),
    "watch.ts",
  ];
  return {
    file: join(root, file),
    baseDir: root,
    projectDir: root,
    chalkOptions: { level: 0 },
    experiments: {},
    failFast: false,
    failWithoutAssertions: true,
    lineNumbers: [],
    match: [],
    providerStates: [],
    recordNewSnapshots: false,
    require: preloads.map((name) => [join(root, "scripts/tests", name)]),
    serial: true,
    snapshotDir: null,
    updateSnapshots: false,
  };
}
