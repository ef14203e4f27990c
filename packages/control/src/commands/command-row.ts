import type { Gate } from "../gates/gate.ts";
import type { Right } from "../right.ts";
import type { SettingRow } from "../settings/setting-row.ts";

/** An argument of a command. */
export type ArgumentRow = Pick<SettingRow, "default" | "gate" | "type"> & {
  /** Absent: the sentence of the command says it. */
  readonly text?: string;
};

/** A command: a control, or a question. */
export interface CommandRow {
  /** Arguments by name, besides the settings of `settings`. */
  readonly arguments: Readonly<Record<string, ArgumentRow>>;
  /** The arguments that must be given. */
  readonly required?: readonly string[];
  /** The level whose settings are arguments too. */
  readonly settings?: "engine" | "torrent";
  /** Absent: nothing. */
  readonly result?: Gate;
  /** Codes, besides those of wrong arguments. */
  readonly errors: readonly string[];
  /**
   * The right that a caller needs. Absent: `local`, which callers elsewhere do not have. Of the settings and the paths
   * among the arguments each has its own rule.
   */
  readonly right?: Exclude<Right, "local">;
  readonly text: string;
}

/** The gates of arguments by their names. */
export function gatesOf<const Rows extends Readonly<Record<string, ArgumentRow>>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name]["gate"] } {
  const gates = Object.entries(rows).map(([name, { gate }]) => [name, gate] as const);
  return Object.fromEntries(gates) as { readonly [Name in keyof Rows]: Rows[Name]["gate"] };
}
