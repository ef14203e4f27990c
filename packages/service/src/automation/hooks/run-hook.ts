// A hook: a program that gets an event in its environment.

import type { HookSetting } from "@troupe/control";
import type { Timers } from "@troupe/actor-runtime";
import {
  spellEnd,
  startFailure,
  torrentVariables,
  type ProgramEnd,
  type ProgramOptions,
} from "../../programs/index.ts";
import type { TryEnd } from "./deliveries.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** A program that runs longer is killed, with its process group. */
const longestRunMs = 600_000;
/** Variables that a hook takes over from this program; no other one, because they may have secrets. */
const takenOver = ["PATH", "HOME", "LANG"] as const;

/** The world of hooks. */
export interface HookPorts {
  readonly timers: Pick<Timers, "after">;
  readonly epochMs: () => number;
  /** The variables of this program. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  run(program: string, words: readonly string[], options: ProgramOptions): Promise<ProgramEnd>;
}

/** Runs the program once. Never rejects. @param signal Kills it, with its process group. */
export async function runHook(
  { program, arguments: words = [] }: HookSetting,
  entry: OutboxEntry,
  signal: AbortSignal,
  ports: HookPorts,
): Promise<TryEnd> {
  const late = new AbortController();
  const timer = ports.timers.after(longestRunMs, () => late.abort());
  try {
    const end = await ports.run(program, words, {
      variables: hookVariables(entry, ports),
      signal: AbortSignal.any([signal, late.signal]),
      hasGroup: true,
    });
    if (end.exitCode === 0) return "arrived";
    return {
      failed: late.signal.aborted ? "it ran for 10 minutes and was killed" : `it ${spellEnd(end)}`,
    };
  } catch (error) {
    return { failed: `it cannot be started: ${startFailure(error)}` };
  } finally {
    timer.cancel();
  }
}

/** All variables of a hook. */
export function hookVariables(
  { event, id, torrent }: OutboxEntry,
  { epochMs, variables }: Pick<HookPorts, "epochMs" | "variables">,
): Readonly<Record<string, string>> {
  const kept = takenOver.flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    ...torrentVariables(torrent, epochMs()),
    TR_EVENT: event,
    TR_HOOK_ID: id,
  };
}
