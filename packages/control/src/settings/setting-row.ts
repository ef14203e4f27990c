import type { Gate, ValueOf } from "../gates/gate.ts";
import type { OptionColumn } from "./option-column.ts";

/** A field of an object, as the reference and the types of the library say it. */
interface FieldRow {
  /** The name of its type in the library. Absent: the type that its gate says. */
  readonly type?: string;
  readonly text: string;
}

/** An option of the library alone: a function, code, or what belongs to a call. */
export type LibraryRow = Required<FieldRow>;

/** A setting: a leaf of the options, such as `goals.ratio`. */
export interface SettingRow<Of extends Gate = Gate> {
  readonly gate: Of;
  /** The value in force where no level sets one. Absent: none, or a value that depends on the machine. */
  readonly default?: unknown;
  /** Changes while its torrent or engine runs. */
  readonly isLive?: true;
  /**
   * The right that a caller needs to set it. `control`: a program elsewhere that may control the engine has it too.
   * `library`: the library alone sets it, by one of its commands. Absent: the program of this engine alone, as for all
   * that runs code, names a file or guards. A folder is no such file: a program elsewhere names it below its roots.
   */
  readonly right?: "control" | "library";
  /** The name of its type in the library. Absent: the type that the gate says. */
  readonly type?: string;
  /** The fields of the object that a value is or lists, but for those of rate limits. */
  readonly fields?: Readonly<Record<string, FieldRow>>;
  /** The option of the command line. A name that begins with `no-` is that of a switch that turns the setting off. */
  readonly option?: OptionColumn & { readonly name: string };
  /** Sentences for the reference and the types of the library. The default is written behind them. */
  readonly text: string;
}

/** Settings by their names. A level of settings is a table; a setting of two levels is a row of both tables. */
export type SettingRows = Readonly<Record<string, SettingRow>>;

/** Set values by the names of their settings. An absent setting is not set. */
export type SettingValues<Rows extends SettingRows> = {
  readonly [Name in keyof Rows]?: ValueOf<Rows[Name]["gate"]>;
};

/** Changes of settings. `null`: the setting is no longer set, and the level above decides. */
export type SettingChanges<Rows extends SettingRows> = {
  readonly [Name in keyof Rows]?: ValueOf<Rows[Name]["gate"]> | null;
};

/** The names of the settings that change at run time. */
export type LiveName<Rows extends SettingRows> = {
  [Name in keyof Rows]: Rows[Name] extends { readonly isLive: true } ? Name : never;
}[keyof Rows];

/** The value in force of a setting. */
export type ValueInForce<Row extends SettingRow> =
  | ValueOf<Row["gate"]>
  | (Row extends { readonly default: unknown } ? never : undefined);
