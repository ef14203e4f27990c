// The schemas of commands, by the tables of commands and settings.

import {
  jsonSchema,
  type ArgumentRow,
  type Gate,
  type JsonSchema,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { commandRow, commands, commandSettings, type CommandName } from "@troupe/control/commands";
import { reference } from "./openapi-reference.ts";

type Properties = Record<string, JsonSchema>;

/** The schema of the arguments of a command: its own, and the settings that it takes. */
export function argumentsSchema(name: CommandName): JsonSchema {
  const { arguments: own, required = [] } = commandRow(name);
  const properties = Object.entries(own).map(([each, row]) => [each, argumentSchema(row)] as const);
  const settings = commandSettings(name);
  return {
    ...objectOf({
      ...(settings && settingProperties(settings, name !== "add")),
      ...Object.fromEntries(properties),
    }),
    required,
  };
}

/** The schema of what a command gives. Undefined: nothing. */
export function resultSchema(name: CommandName): JsonSchema | undefined {
  const { result } = commandRow(name);
  return result && schemaOf(result);
}

/** The schema of a torrent's row. */
export function torrentSchema(): JsonSchema {
  return jsonSchema(commands.status.result);
}

/** Rows are many times in the document; the others once. */
function schemaOf(gate: Gate): JsonSchema {
  if (gate === commands.status.result) return reference("Torrent");
  if (gate.kind === "list" && gate.of === commands.status.result)
    return { type: "array", items: reference("Torrent"), maxItems: gate.most };
  return jsonSchema(gate);
}

/** The schema of an argument or a parameter, with its sentence. */
export function argumentSchema({ gate, text, default: usual }: ArgumentRow): JsonSchema {
  return {
    ...(text !== undefined && { description: text }),
    ...(usual !== undefined && { default: usual }),
    ...jsonSchema(gate),
  };
}

/** Options with settings: those of a folder, such as `goals`, are in an object of their own. */
function settingProperties(settings: SettingRows, mayEnd: boolean): Properties {
  const properties: Properties = {};
  const folders: Record<string, Properties> = {};
  for (const [name, row] of Object.entries(settings)) {
    if (row.right === "library") continue;
    const [outer = "", inner] = name.split(".", 2);
    const schema = settingSchema(row, mayEnd);
    if (inner === undefined) properties[outer] = schema;
    else (folders[outer] ??= {})[inner] = schema;
  }
  for (const [name, inner] of Object.entries(folders))
    properties[name] = endable(objectOf(inner), mayEnd);
  return properties;
}

function settingSchema({ gate, right, text }: SettingRow, mayEnd: boolean): JsonSchema {
  const needed = right === undefined ? " Needs the right local." : "";
  return { description: `${text}${needed}`, ...endable(jsonSchema(gate), mayEnd) };
}

/** `null` ends that a setting is set. */
function endable(schema: JsonSchema, mayEnd: boolean): JsonSchema {
  return mayEnd ? { anyOf: [schema, { type: "null" }] } : schema;
}

function objectOf(properties: Properties): JsonSchema {
  return { type: "object", properties, additionalProperties: false };
}
