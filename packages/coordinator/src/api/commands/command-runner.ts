// Runs commands for callers here and elsewhere: rights, checks and the deadline are the same for all.

import { asFault, nodePorts, type Timers } from "@troupe/actor-runtime";
import { TroupeError, withoutSecrets } from "@troupe/control";
import type { CommandName, CommandResults } from "@troupe/control/commands";
import type { Coordinator } from "../coordinator.ts";
import { FreeSpace } from "../free-space/free-space.ts";
import { volumeSpace } from "../free-space/volume-space.ts";
import { sessionOf } from "../session-of.ts";
import type { Caller } from "./caller.ts";
import { checkCall, commandNamed, replacePaths, type AnyCall } from "./checked-call.ts";
import { withinDeadline } from "./command-deadline.ts";
import type { CommandedEngine } from "./handler.ts";
import { handlers } from "./handlers.ts";
import { placeOf, type FolderBelow } from "./stranger-rules.ts";

/** A caller waits no longer; most commands take milliseconds. */
const commandDeadlineMs = 10_000;
/**
 * Commands that have outlasted their deadline and still run, such as those that wait for a disk. At the bound every further
 * command is refused `too-many-late-commands` until one of them ends.
 */
const mostLate = 64;

/** The end of a command that has outlasted its deadline. */
export interface CommandEnd {
  /** The number of the call, which the error at the deadline has in `details.call`. */
  readonly call: number;
  readonly command: CommandName;
  /** The caller of the command. Its result is for callers with the same right. */
  readonly caller: Caller;
  /** Absent for a command without a result, and for one that failed. */
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The world around a runner. */
interface CommandPorts {
  readonly timers: Pick<Timers, "after">;
  /** Finds the folders that callers elsewhere name. */
  readonly folderBelow: FolderBelow;
  /** A service runs the commands: torrents that they add get its mark in the state folder. Default false. */
  readonly isService?: boolean;
  /** Saves the settings of a command `set-engine` that was carried out, with the paths that they mean; the command ends with it. */
  readonly engineSet?: CommandedEngine["engineSet"];
  /** Hears of commands that end after their deadline. */
  readonly ended: (end: CommandEnd) => void;
}

/** Runs the commands of a coordinator. */
export class CommandRunner {
  readonly #engine: CommandedEngine;
  readonly #ports: CommandPorts;
  #lastCall = 0;
  #late = 0;

  /** @throws TroupeError `option-out-of-range` for a coordinator that does not run. */
  constructor(coordinator: Coordinator, ports: CommandPorts) {
    const { engineSet, folderBelow, isService = false } = ports;
    const freeSpace = new FreeSpace(volumeSpace, nodePorts().clock);
    const session = sessionOf(coordinator);
    this.#engine = { coordinator, session, folderBelow, freeSpace, isService, engineSet };
    this.#ports = ports;
  }

  /**
   * Runs a command, and waits 10 s for it. A slower command continues, and `ended` reports its end. A caller with the right
   * `read` gets the URLs in the result without secrets.
   *
   * @param given The arguments, and settings as options have them; not checked yet.
   * @returns The result by the gate of the command's row, plain data. Undefined for a command without one.
   * @throws TroupeError `command-unknown`, `not-permitted`, `option-out-of-range`, `option-unknown`; `command-deadline` for a
   *   command that is still running, with `details: {call, command}`; `too-many-late-commands`; the errors of the command.
   */
  run<Name extends CommandName>(
    name: Name,
    given: unknown,
    caller: Caller,
  ): Promise<CommandResults[Name]>;
  run(name: string, given: unknown, caller: Caller): Promise<unknown>;
  async run(name: string, given: unknown, caller: Caller): Promise<unknown> {
    const command = commandNamed(name);
    if (this.#late >= mostLate) throw tooManyLate(command);
    const call = ++this.#lastCall;
    const work = this.#carryOut(command, given, caller);
    return await withinDeadline(this.#ports.timers, commandDeadlineMs, work, {
      late: () => {
        this.#late++;
        return lateError(call, command);
      },
      ended: (end) => {
        this.#late--;
        this.#ports.ended({ call, command, caller, ...endOf(end) });
      },
    });
  }

  async #carryOut(name: CommandName, given: unknown, caller: Caller): Promise<unknown> {
    const { folderBelow } = this.#ports;
    const checked = checkCall(name, given, caller);
    const call = await replacePaths(name, checked, (path, of) =>
      placeOf(caller, path, { of, folderBelow }),
    );
    // The gates of the command have checked the arguments of its handler.
    const handler = handlers[name] as (engine: CommandedEngine, call: AnyCall) => unknown;
    const result = await handler(this.#engine, call);
    return caller.right === "read" ? withoutSecrets(result) : result;
  }
}

function lateError(call: number, command: CommandName): TroupeError {
  const message = `the command ${command} has not ended after 10 s; it goes on`;
  return new TroupeError("command-deadline", message, { details: { call, command } });
}

function tooManyLate(command: CommandName): TroupeError {
  const message = `cannot run the command ${command}: ${mostLate} commands still run after their deadline, which is the most; try again when a disk or the engine answers`;
  return new TroupeError("too-many-late-commands", message, { details: { command } });
}

function endOf(end: PromiseSettledResult<unknown>): Pick<CommandEnd, "error" | "result"> {
  if (end.status === "rejected") return { error: asFault(end.reason) };
  return end.value === undefined ? {} : { result: end.value };
}
