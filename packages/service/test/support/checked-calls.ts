import {
  checkChanges,
  checkSettings,
  engineSettings,
  gatesOf,
  liveRows,
  record,
  torrentSettings,
} from "@troupe/control";
import { checkValue, commands, type CommandName, type CommandRow } from "@troupe/control/commands";
import { RecordedCalls } from "./recorded-calls.ts";

const rows: Readonly<Record<string, CommandRow>> = commands;
const changeable = {
  engine: liveRows(engineSettings),
  torrent: liveRows(torrentSettings),
} as const;

/** Recorded calls whose arguments must pass the gates of their commands, as those of the service do. */
export class CheckedCalls extends RecordedCalls {
  override async run(name: CommandName, given: object): Promise<never> {
    checkArguments(name, given);
    return await super.run(name, given);
  }
}

/** @throws TroupeError `option-out-of-range`, `option-unknown` */
function checkArguments(name: string, given: object): void {
  const row = rows[name];
  if (row === undefined) return;
  const isOwn = ([each]: [string, unknown]) =>
    row.settings === undefined || Object.hasOwn(row.arguments, each);
  const entries = Object.entries(given);
  const own = Object.fromEntries(entries.filter(isOwn));
  checkValue(record(gatesOf(row.arguments), row.required), "", own);
  const settings = Object.fromEntries(entries.filter((entry) => !isOwn(entry)));
  if (name === "add") checkSettings(torrentSettings, settings);
  else if (row.settings !== undefined) checkChanges(changeable[row.settings], settings);
}
