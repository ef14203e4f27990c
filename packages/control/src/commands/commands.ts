// The commands: what a program asks of an engine and its torrents.

import type { Gate, ValueOf } from "../gates/gate.ts";
import { engineCommands } from "./engine-commands.ts";
import { torrentCommands } from "./torrent-commands.ts";
import { torrentQuestions } from "./torrent-questions.ts";

/** The commands by name. */
export const commands = { ...torrentCommands, ...torrentQuestions, ...engineCommands } as const;

type Commands = typeof commands;

/** The name of a command. */
export type CommandName = keyof Commands;

type RequiredOf<Row> = Row extends { readonly required: readonly (infer Name)[] } ? Name : never;

type ArgumentValue<Row> = Row extends { readonly gate: infer Of extends Gate }
  ? ValueOf<Of>
  : never;

type ArgumentsOf<Rows, Required> = {
  readonly [Argument in keyof Rows as Argument extends Required ? Argument : never]: ArgumentValue<
    Rows[Argument]
  >;
} & {
  readonly [Argument in keyof Rows as Argument extends Required ? never : Argument]?: ArgumentValue<
    Rows[Argument]
  >;
};

/** The arguments of each command besides settings, after their check. */
export type CommandArguments = {
  readonly [Name in CommandName]: ArgumentsOf<
    Commands[Name]["arguments"],
    RequiredOf<Commands[Name]>
  >;
};

/** The result of each command; nothing of one without. */
export type CommandResults = {
  readonly [Name in CommandName]: Commands[Name] extends { readonly result: infer Of extends Gate }
    ? ValueOf<Of>
    : void;
};
