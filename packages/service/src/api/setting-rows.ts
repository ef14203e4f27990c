// The rows of the settings, for a page that lets users change them.

import {
  allowedText,
  engineSettings,
  serviceSettings,
  type Gate,
  type JsonSchema,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";

/** The groups of settings, in their order. */
export const settingGroups = ["files", "peers", "limits", "seeding", "service", "experts"] as const;

type SettingGroup = (typeof settingGroups)[number];

/** A setting of the engine or of the service. */
interface ShownSetting {
  /** A name such as `limits.down`, where the dot leads to a field of an object. */
  readonly name: string;
  readonly group: SettingGroup;
  /** Sentences. */
  readonly text: string;
  /** The kind of its values; of a list, that of its items beside it. */
  readonly kind: Gate["kind"];
  readonly itemKind?: Gate["kind"];
  readonly unit?: "bytes" | "bytes/s" | "s" | "ms";
  /** Values that are allowed, as a part of a sentence. */
  readonly allowed: string;
  readonly words?: readonly string[];
  /** Absent: none, or a value that depends on the machine. */
  readonly default?: unknown;
  /** Changes while the engine runs. */
  readonly isLive: boolean;
  /** The right that a caller needs to change it. */
  readonly right: "control" | "local";
}

/** The settings that a program elsewhere may know of: not those of the library alone, and not those for tests. */
export function settingRows(): readonly ShownSetting[] {
  return [...shownRows(engineSettings), ...shownRows(serviceSettings, "service")];
}

function shownRows(rows: SettingRows, group?: SettingGroup): ShownSetting[] {
  return Object.entries(rows).flatMap(([name, row]) => {
    if (row.right === "library" || row.option?.isHidden === true || name === "host") return [];
    return [shownRow(name, row, group ?? groupOf(name, row))];
  });
}

function shownRow(name: string, row: SettingRow, group: SettingGroup): ShownSetting {
  const { gate, isLive = false, right, text } = row;
  const unit = unitOf(gate);
  return {
    ...{ name, group, text, kind: gate.kind, allowed: allowedText(gate) },
    ...(gate.kind === "list" && { itemKind: gate.of.kind }),
    ...(unit !== undefined && { unit }),
    ...(gate.kind === "word" && { words: gate.words }),
    ...(row.default !== undefined && { default: row.default }),
    ...{ isLive, right: right === "control" ? right : "local" },
  };
}

function unitOf(gate: Gate): ShownSetting["unit"] {
  if (gate.kind === "bytes") return "bytes";
  if (gate.kind === "rate") return "bytes/s";
  return gate.kind === "duration" ? (gate.unit ?? "s") : undefined;
}

function groupOf(name: string, { option }: SettingRow): SettingGroup {
  const byName = groups.find(({ names }) => names.test(name))?.group;
  if (byName !== undefined) return byName;
  return option?.group === undefined ? "experts" : byHelp[option.group];
}

/** Settings whose group the help does not name. */
const groups = [
  { names: /^limits\.|^maxActive|^memory$/, group: "limits" },
  { names: /^goals\.|^uploadSlots$/, group: "seeding" },
  { names: /^(?:directory|files\..*|stateDirectory|startAdded|groups)$/, group: "files" },
  { names: /^(?:port|bind|defaultTrackers|localHosts)$/, group: "peers" },
] as const;

const byHelp: Readonly<
  Record<NonNullable<NonNullable<SettingRow["option"]>["group"]>, SettingGroup>
> = {
  "Sources and files": "files",
  Peers: "peers",
  Limits: "limits",
  Seeding: "seeding",
  Output: "experts",
  "For experts": "experts",
};

const anyText: JsonSchema = { type: "string" };

/** The schema of {@link settingRows}. */
export const settingRowsSchema: JsonSchema = {
  type: "array",
  items: {
    type: "object",
    properties: {
      name: anyText,
      group: { enum: settingGroups },
      text: anyText,
      kind: anyText,
      itemKind: anyText,
      unit: { enum: ["bytes", "bytes/s", "s", "ms"] },
      allowed: anyText,
      words: { type: "array", items: anyText },
      default: {},
      isLive: { type: "boolean" },
      right: { enum: ["control", "local"] },
    },
    required: ["name", "group", "text", "kind", "allowed", "isLive", "right"],
    additionalProperties: false,
  },
};
