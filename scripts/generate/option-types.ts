// The types of options in the library: those of `add` and of torrents, and those of a coordinator.

import {
  addArguments,
  addLibraryOptions,
  engineLibraryOptions,
  engineSettings,
  groupSettings,
  liveRows,
  queuePosition,
  settingsIn,
  torrentSettings,
  weekdays,
  word,
  type ArgumentRow,
  type LibraryRow,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { defaultText, objectIn } from "./row-parts.ts";
import { aliasText, importsFor, interfaceText, typeOf, type Member } from "./typescript.ts";

/** A folder of settings: the interface of its options, and its sentence among the others. */
interface Folder {
  readonly type: string;
  readonly text: string;
}

/** Rows of which an interface is made. */
interface Level {
  readonly rows: Readonly<Record<string, ArgumentRow | SettingRow>>;
  readonly folders?: Readonly<Record<string, Folder>>;
  /** The level whose value is in force where this one sets none. */
  readonly above?: SettingRows;
}

const torrentLevel: Level = {
  rows: torrentSettings,
  folders: {
    goals: {
      type: "SeedGoalOptions",
      text: "When the complete torrent stops by itself. By default never.",
    },
    limits: {
      type: "RateLimitOptions",
      text: "Rate limits of this torrent, besides those of the coordinator. By default none.",
    },
  },
  above: engineSettings,
};
const groupLevel: Level = {
  rows: groupSettings,
  folders: {
    goals: {
      type: "SeedGoalOptions",
      text: "When complete torrents of the group stop by themselves. By default the coordinator's goals.",
    },
    limits: {
      type: "RateLimitOptions",
      text: "Rate limits of the group's torrents together. By default none.",
    },
  },
  above: torrentSettings,
};
const engineLevel: Level = {
  rows: engineSettings,
  folders: {
    goals: {
      type: "SeedGoalOptions",
      text: "Goals of complete torrents that have no such goal of their own or of their group. By default none.",
    },
    files: {
      type: "FileAccessOptions",
      text: "Permissions of new files and folders. By default as the system makes them.",
    },
    limits: {
      type: "EngineLimitOptions",
      text: "Rate limits of all torrents together, and their schedule. By default none.",
    },
  },
};

/** The limits that every interface of limits has. */
const limitMembers = membersOf({ rows: rowsIn(torrentSettings, "limits") });

/** Types by the module that has them. */
const torrentModules = {
  "@troupe/control": [
    "AnnounceMode",
    "BandwidthPriority",
    "ContentLayout",
    "FileRename",
    "SeedChoker",
  ],
  "@troupe/messages": ["HashedFiles"],
  "../../torrent-progress.ts": ["TorrentFile"],
  "../modules.ts": ["ModuleOptions"],
};
const engineModules = {
  "@troupe/control": ["AddressFamilyName", "BandwidthPriority", "ContentLayout"],
  "@troupe/actor-runtime": ["LogEntry"],
  "@troupe/api-base": ["WorkerUrlsOption"],
  "@troupe/messages": ["DhtEndpoint", "DhtLimits", "UploadSlots"],
  "./torrent-options.ts": ["Changed", "RateLimitOptions", "SeedGoalOptions"],
};

/** The text of `generated/torrent-options.ts`. */
export function torrentTypes(): string {
  const addMembers = [
    ...membersOf({ rows: addArguments }),
    ...membersOf(torrentLevel),
    ...libraryMembers(addLibraryOptions),
  ];
  return fileText("options of a torrent", torrentModules, [
    interfaceText("AddOptions", "Settings of a torrent; each has a default.", addMembers),
    aliasText(
      "BeginState",
      "A state that a torrent can be added in.",
      typeOf(addArguments.state.gate),
    ),
    interfaceText(
      "TorrentChanges",
      "Settings that a running torrent changes. Absent settings stay; `null` unsets a setting, or all of `goals` or `limits`.",
      changesOf(torrentLevel, torrentSettings),
    ),
    aliasText(
      "Changed<Options>",
      "Values of options, and `null` for those that are no longer to be set.",
      "{ readonly [Name in keyof Options]?: Options[Name] | null }",
    ),
    interfaceText(
      "SeedGoalOptions",
      "When a complete torrent stops by itself; without a goal it seeds until it is stopped.",
      membersOf({ rows: rowsIn(torrentSettings, "goals") }),
    ),
    interfaceText(
      "RateLimitOptions",
      "Rate limits in bytes per second, 1,000 or more. 0, or absent: none.",
      limitMembers,
    ),
    aliasText(
      "QueuePosition",
      "A position in the queue from 0, or a direction.",
      typeOf(queuePosition),
    ),
  ]);
}

/** The text of `generated/engine-options.ts`. */
export function engineTypes(): string {
  const { maxActiveDownloads, maxActiveSeeds } = engineSettings;
  return fileText("options of a coordinator", engineModules, [
    interfaceText("CoordinatorOptions", "Settings of a coordinator; each has a default.", [
      ...membersOf(engineLevel),
      ...libraryMembers(engineLibraryOptions),
    ]),
    interfaceText(
      "EngineChanges",
      "Settings that a running coordinator changes. Absent settings stay; `null` gives a setting its default.",
      changesOf(engineLevel, engineSettings),
    ),
    interfaceText(
      "FileAccessOptions",
      "Permissions of new files and folders of torrents.",
      membersOf({ rows: rowsIn(engineSettings, "files") }),
    ),
    interfaceText("GroupOptions", "Settings of a group of torrents.", membersOf(groupLevel)),
    limitsText(
      "EngineLimitOptions",
      "Rate limits of all torrents together.",
      membersOf({ rows: rowsIn(engineSettings, "limits") }),
    ),
    limitsText(
      "LimitPeriodOptions",
      "Other limits for a part of the day, in local time.",
      fieldsOf(engineSettings["limits.schedule"]),
    ),
    aliasText("Weekday", "A day of the week.", typeOf(word(...weekdays))),
    interfaceText(
      "QueueLimitOptions",
      "The limits of the queue that may change while a coordinator runs. An absent limit is none.",
      membersOf({ rows: { maxActiveDownloads, maxActiveSeeds } }),
    ),
    interfaceText(
      "DhtNodeOptions",
      "Settings of the engine's DHT node.",
      fieldsOf(engineSettings.dht),
    ),
  ]);
}

function fileText(
  subject: string,
  modules: Readonly<Record<string, readonly string[]>>,
  parts: readonly string[],
): string {
  const head = `// Types of ${subject}. \`pnpm generate\` writes this file from the tables of packages/control.`;
  const body = parts.join("\n\n");
  return `${[head, importsFor(body, modules), body].join("\n\n")}\n`;
}

/** An interface that has the limits of {@link limitMembers} and others. */
function limitsText(name: string, text: string, members: readonly Member[]): string {
  const others = members.filter((each) => !limitMembers.some((limit) => limit.name === each.name));
  return interfaceText(name, text, others, "RateLimitOptions");
}

/** The members of options: a folder is one. Settings that only the library's own calls change are none. */
function membersOf({ rows, folders = {}, above = {} }: Level): Member[] {
  const members = new Map<string, Member>();
  for (const [name, row] of Object.entries(rows)) {
    if ("right" in row && row.right === "library") continue;
    const [first = ""] = name.split(".", 1);
    const folder = first === name ? undefined : folders[first];
    members.set(first, { name: first, ...(folder ?? leafOf(row, above[name] === row)) });
  }
  return [...members.values()];
}

function leafOf(row: ArgumentRow | SettingRow, isOfAbove: boolean): Omit<Member, "name"> {
  const { gate, type = typeOf(gate), text = "" } = row;
  const value = isOfAbove ? "" : defaultText(row);
  return { type, text: value === "" ? text : `${text} Default ${value}.` };
}

function changesOf(level: Level, rows: SettingRows): Member[] {
  const folders = Object.keys(level.folders ?? {});
  return membersOf({ ...level, rows: liveRows(rows) }).map(({ name, type, text }) => ({
    name,
    type: `${folders.includes(name) ? `Changed<${type}>` : type} | null`,
    text,
  }));
}

function libraryMembers(rows: Readonly<Record<string, LibraryRow>>): Member[] {
  return Object.entries(rows).map(([name, row]) => ({ name, ...row }));
}

/** The fields of the object that a setting is or lists. */
function fieldsOf({ gate, fields = {} }: SettingRow): Member[] {
  const object = objectIn(gate);
  return Object.entries(object?.fields ?? {}).map(([name, each]) => ({
    name,
    type: typeOf(each),
    text: "",
    isRequired: object?.required.includes(name) === true,
    ...fields[name],
  }));
}

function rowsIn(rows: SettingRows, folder: string): SettingRows {
  return { ...settingsIn(rows, folder) };
}
