// The check of a call by the tables of commands and settings.

import {
  checkSettings,
  checkChanges,
  gatesOf,
  outOfRange,
  record,
  refuseUnknownNames,
  spelled,
  torrentSettings,
  type SettingRows,
} from "@troupe/control";
import {
  checkValue,
  commandRow,
  commands,
  commandSettings,
  mapPaths,
  type CommandArguments,
  type CommandName,
} from "@troupe/control/commands";
import { requireRight, type Caller } from "./caller.ts";
import { requireGroupRights } from "./group-rights.ts";

type Values = Readonly<Record<string, unknown>>;

/** A call whose arguments have passed their gates. */
export interface CheckedCall<Name extends CommandName> {
  readonly arguments: CommandArguments[Name];
  /** The settings among the arguments, by names such as `goals.ratio`; null ends that a setting is set. */
  readonly settings: Values;
  readonly caller: Caller;
}

/** A checked call of any command. */
export type AnyCall = Pick<CheckedCall<CommandName>, "caller" | "settings"> & {
  readonly arguments: Values;
};

/** Gives the path that takes the place of one that a caller elsewhere has named. */
type ReplacePath = Parameters<typeof mapPaths>[2];

/** The command of a name. @throws TroupeError `command-unknown` */
export function commandNamed(name: string): CommandName {
  refuseUnknownNames("command", [name], Object.keys(commands));
  return name as CommandName;
}

/**
 * Checks the rights of a caller, for the command and for each setting among its arguments, and the arguments.
 *
 * @throws TroupeError `not-permitted`, `option-out-of-range`, `option-unknown`
 */
export function checkCall(name: CommandName, given: unknown, caller: Caller): AnyCall {
  const row = commandRow(name);
  requireRight(caller, `command ${name}`, row.right ?? "local");
  const options = objectOf(given);
  const level = commandSettings(name);
  const isOwn = ([each]: [string, unknown]): boolean =>
    level === undefined || Object.hasOwn(row.arguments, each);
  const entries = Object.entries(options);
  const own = checkValue(
    record(gatesOf(row.arguments), row.required),
    "",
    Object.fromEntries(entries.filter(isOwn)),
  );
  const others = Object.fromEntries(entries.filter((entry) => !isOwn(entry)));
  const settings = level === undefined ? {} : checkedSettings(name, level, others);
  for (const setting of Object.keys(settings))
    requireRight(caller, `setting ${setting}`, rightOf(level?.[setting]?.right));
  requireGroupRights(caller, settings["groups"]);
  return { arguments: own as Values, settings, caller };
}

/** Replaces each path in a call. @throws rejects as `replace` does. */
export async function replacePaths(
  name: CommandName,
  call: AnyCall,
  replace: ReplacePath,
): Promise<AnyCall> {
  const own = record(gatesOf(commandRow(name).arguments));
  const level = commandSettings(name) ?? {};
  const settings = record(gatesOf(level));
  return {
    caller: call.caller,
    arguments: (await mapPaths(own, call.arguments, replace)) as Values,
    settings: (await mapPaths(settings, call.settings, replace)) as Values,
  };
}

function checkedSettings(name: CommandName, level: SettingRows, options: Values): Values {
  return name === "add" ? checkSettings(torrentSettings, options) : checkChanges(level, options);
}

/** No caller has a right to settings of the library alone; the check of names refuses them before. */
function rightOf(right: "control" | "library" | undefined): "control" | "local" {
  return right === "control" ? right : "local";
}

function objectOf(given: unknown): Values {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return { ...given };
  throw outOfRange("arguments", spelled(given), "an object");
}
