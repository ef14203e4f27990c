import type { DhtPort } from "../../engine-port.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import type { EngineRun } from "../engine-run.ts";

/** A node for one task of `troupe dht`. */
export interface DhtSession {
  readonly run: EngineRun;
  readonly node: DhtPort;
  /** Rounds follow each other until the user stops the command. */
  readonly repeats: boolean;
}

/** The exit code of a task that the user may have stopped. */
export function endOf({ run }: DhtSession): ExitCodeValue {
  return run.environment.stop.aborted ? ExitCode.stopped : ExitCode.done;
}

/** No node has answered. */
export function noNodes(): CommandError {
  return new CommandError("dht-no-nodes", "no node of the DHT answered");
}
