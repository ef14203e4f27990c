import type { Gate } from "./gate.ts";

/** A JSON Schema (2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The values that pass a gate, as a JSON Schema. */
export function jsonSchema(gate: Gate): JsonSchema {
  switch (gate.kind) {
    case "flag":
      return { type: "boolean" };
    case "whole":
    case "bytes":
    case "duration":
      return { type: "integer", minimum: gate.min, maximum: gate.max };
    case "rate":
      return { anyOf: [{ const: 0 }, { type: "integer", minimum: gate.min, maximum: gate.max }] };
    case "ratio":
      return { type: "number", exclusiveMinimum: 0, maximum: gate.max };
    case "figure":
      return { type: "number", minimum: 0 };
    case "base64":
      return {
        type: "string",
        contentEncoding: "base64",
        maxLength: Math.ceil(gate.most / 3) * 4,
      };
    case "word":
      return { enum: gate.words };
    case "text":
      return { type: "string", pattern: `^(?:${gate.pattern})$` };
    case "address":
    case "name-server":
    case "proxy":
    case "url":
      return { type: "string" };
    case "path":
      return { type: "string", ...(gate.of === "file" && { minLength: 1 }) };
    case "list":
      return {
        type: "array",
        items: jsonSchema(gate.of),
        minItems: gate.least,
        maxItems: gate.most,
      };
    case "record":
      return recordSchema(gate);
    case "map":
      return mapSchema(gate, jsonSchema(gate.of));
    case "either":
      return { anyOf: gate.of.map(jsonSchema) };
  }
}

/** @returns The schema of a map. @param of The schema of its values. */
export function mapSchema(
  { names, most }: Extract<Gate, { readonly kind: "map" }>,
  of: JsonSchema,
): JsonSchema {
  return {
    type: "object",
    propertyNames: jsonSchema(names),
    additionalProperties: of,
    maxProperties: most,
  };
}

function recordSchema({
  fields,
  required,
  isOpen,
}: Extract<Gate, { readonly kind: "record" }>): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, gate]) => [name, jsonSchema(gate)]),
    ),
    required,
    additionalProperties: isOpen === true,
  };
}
