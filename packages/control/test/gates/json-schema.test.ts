import test from "ava";
import fc from "fast-check";
import { passes } from "../../src/gates/check-gate.ts";
import {
  either,
  flag,
  list,
  map,
  rate,
  ratio,
  record,
  text,
  whole,
  word,
} from "../../src/gates/gate.ts";
import { jsonSchema, type JsonSchema } from "../../src/gates/json-schema.ts";

/** Gates and values around them, of which some pass. */
const numbers = fc.constantFrom(-1, 0, 0.5, 1, 2, 9, 10, 1_000, 1_001);
const words = fc.constantFrom("a", "b", "ab", "");
const gates = fc.letrec<{ gate: ReturnType<typeof whole> }>((tie) => ({
  gate: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      flag,
      whole(0, 9),
      rate(1_000, 1_000),
      ratio(2),
      word("a"),
      text("a|b", "a, b"),
    ),
    tie("gate").map((gate) => list(gate, 2)),
    tie("gate").map((gate) => record({ a: gate, b: flag }, ["a"])),
    tie("gate").map((gate) => map(text("a|b", "a, b"), gate, 1)),
    fc.tuple(tie("gate"), tie("gate")).map(([one, other]) => either(one, other)),
  ) as fc.Arbitrary<ReturnType<typeof whole>>,
})).gate;
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.boolean(),
    numbers,
    words,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.record({ a: tie("value"), b: tie("value"), c: tie("value") }, { requiredKeys: [] }),
  ),
})).value;

test("a JSON Schema takes the same values as its gate", (t) => {
  const property = fc.property(gates, values, (gate, value) => {
    t.is(takes(jsonSchema(gate), value), passes(gate, value), JSON.stringify([gate, value]));
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** The part of JSON Schema that gates use. */
function takes(schema: JsonSchema, value: unknown): boolean {
  const {
    anyOf,
    enum: choices,
    properties,
    items,
  } = schema as {
    readonly anyOf?: readonly JsonSchema[];
    readonly enum?: readonly unknown[];
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly items?: JsonSchema;
  };
  if (anyOf !== undefined) return anyOf.some((each) => takes(each, value));
  if ("const" in schema) return schema["const"] === value;
  if (choices !== undefined) return choices.includes(value);
  if ("propertyNames" in schema) return takesMap(schema, value);
  if (properties !== undefined) return takesObject(schema, properties, value);
  if (items !== undefined) {
    const most = Number(schema["maxItems"]);
    return Array.isArray(value) && value.length <= most && value.every((one) => takes(items, one));
  }
  return takesPlain(schema, value);
}

function takesObject(
  schema: JsonSchema,
  properties: Readonly<Record<string, JsonSchema>>,
  value: unknown,
): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { required = [] } = schema as { readonly required?: readonly string[] };
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, one]) => {
      const each = properties[name];
      return each === undefined ? schema["additionalProperties"] === true : takes(each, one);
    })
  );
}

function takesMap(schema: JsonSchema, value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { propertyNames, additionalProperties } = schema as Readonly<Record<string, JsonSchema>>;
  const entries = Object.entries(value);
  return (
    entries.length <= Number(schema["maxProperties"]) &&
    entries.every(
      ([name, one]) => takes(propertyNames ?? {}, name) && takes(additionalProperties ?? {}, one),
    )
  );
}

function takesPlain(schema: JsonSchema, value: unknown): boolean {
  const { type, pattern, minimum, maximum, exclusiveMinimum } = schema;
  if (type === "boolean") return typeof value === "boolean";
  if (type === "string")
    return typeof value === "string" && new RegExp(String(pattern)).test(value);
  if (typeof value !== "number" || (type === "integer" && !Number.isInteger(value))) return false;
  const isAbove = exclusiveMinimum === undefined || value > Number(exclusiveMinimum);
  return isAbove && value >= Number(minimum ?? -Infinity) && value <= Number(maximum);
}
