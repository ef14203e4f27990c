import type { Gate } from "../gates/gate.ts";

/** The groups of options in the help of transfers, behind the usual options, in their order. */
export const helpGroups = [
  "Sources and files",
  "Peers",
  "Limits",
  "Seeding",
  "Output",
  "For experts",
] as const;

/** How the command line spells a setting or an argument. Its values are those of the gate. */
export interface OptionColumn {
  /** The letter of its short form, `d` for `-d`. */
  readonly letter?: string;
  /** The name of the argument in the help. Absent: by the kind of the gate. */
  readonly sign?: string;
  /** The values of a word, where they are fewer than those of a program; of a list, those of one word. */
  readonly word?: Gate;
  /** What the option takes, for errors. Absent: as the gate says. */
  readonly takes?: string;
  /** The calls of `troupe` that have the option, with spaces between them. */
  readonly calls: string;
  /** Absent: in no group, because no transfer has the option. */
  readonly group?: (typeof helpGroups)[number];
  /** One of the ten usual options, which come before the groups. */
  readonly isUsual?: true;
  /** For tests: in no help and no completion. */
  readonly isHidden?: true;
  /** The meaning, as the help says it, with the default in brackets. */
  readonly help: string;
}
