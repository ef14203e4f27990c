// Our command in this process, with the library itself and engines without threads: a process of its own costs a second of
// processor time. It has no signals and no exit code of the system; `Command` has them.

import { createTorrent, loadMetainfo, planTorrent } from "@troupe/coordinator";
import { runTroupe } from "../../../packages/cli/src/main.ts";
import { FakeEngine } from "../../../packages/cli/test/support/fake-engine.ts";
import { FakeEnvironment } from "../../../packages/cli/test/support/fake-environment.ts";
import { startEngine } from "../swarm/start-engine.ts";
import type { CommandEnd } from "./command.ts";

/** A call of `troupe` under way; it is stopped at the end of its scope if it has not ended. */
export interface InlineCommand extends AsyncDisposable {
  /** Its outputs, and the stop that a signal would ask for. */
  readonly environment: FakeEnvironment;
  readonly ended: Promise<CommandEnd>;
}

/**
 * Begins a call.
 *
 * @param words What the user types after `troupe`.
 * @param folder The current folder of words that name new files; sources are absolute paths. The state folder is below it.
 */
export function beginInline(words: readonly string[], folder: string): InlineCommand {
  const engine = Object.assign(new FakeEngine(), {
    createTorrent,
    loadMetainfo,
    planTorrent,
    start: startEngine,
  });
  const environment = new FakeEnvironment(engine, folder);
  environment.variables = { XDG_STATE_HOME: `${folder}/.state`, XDG_CONFIG_HOME: folder };
  const { stderr, stdout } = environment;
  const ended = runTroupe(words, environment).then((status) => {
    return { status, stdout: stdout.text, stderr: stderr.text };
  });
  const stop = async (): Promise<void> => {
    environment.askToStop();
    await ended;
  };
  return { environment, ended, [Symbol.asyncDispose]: stop };
}

/** Runs a call to its end. */
export async function runInline(words: readonly string[], folder: string): Promise<CommandEnd> {
  return await beginInline(words, folder).ended;
}
