// The JSON Schema of the settings file, for editors.

import { jsonSchema, mapSchema, wordText, type Gate, type JsonSchema } from "@troupe/control";
import { keyedSettings } from "./setting-keys.ts";

/** The schema: a value of a program, or the word of the command line for it. */
export function fileSchema(): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const folders: Record<string, Record<string, JsonSchema>> = {};
  for (const { key, row } of keyedSettings) {
    const [outer = "", inner] = key.split(".");
    const schema = { description: row.text, ...valueSchema(row.gate) };
    if (inner === undefined) properties[outer] = schema;
    else (folders[outer] ??= {})[inner] = schema;
  }
  for (const [name, inner] of Object.entries(folders)) properties[name] = mapping(inner);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of troupe",
    ...mapping(properties),
    type: ["object", "null"],
  };
}

function mapping(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, additionalProperties: false };
}

/** Kinds whose values are written as they are. */
const plainKinds: ReadonlySet<Gate["kind"]> = new Set(["address", "path", "text", "url", "word"]);

function valueSchema(gate: Gate): JsonSchema {
  if (plainKinds.has(gate.kind) || gate.kind === "flag") return jsonSchema(gate);
  if (gate.kind === "list") {
    const items = {
      type: "array",
      items: valueSchema(gate.of),
      minItems: gate.least,
      maxItems: gate.most,
    };
    return { anyOf: [items, word(gate)] };
  }
  if (gate.kind === "map") return mapSchema(gate, valueSchema(gate.of));
  if (gate.kind === "record") {
    const fields = Object.entries(gate.fields).map(
      ([name, of]) => [name, valueSchema(of)] as const,
    );
    const record = { ...mapping(Object.fromEntries(fields)), required: gate.required };
    return gate.isEndpoint === true ? { anyOf: [record, word(gate)] } : record;
  }
  if (gate.kind === "either") return { anyOf: gate.of.map(valueSchema) };
  return { anyOf: [jsonSchema(gate), word(gate)] };
}

function word(gate: Gate): JsonSchema {
  return { type: "string", description: wordText(gate) };
}
