// TypeScript source: types of gates, interfaces with doc comments, and imports of the names that they use.

import { jsonSchema, type Gate, type JsonSchema } from "@troupe/control";

/** Columns of a line of a comment. */
const widest = 120;
const widestCode = 100;

/** A member of an interface. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly isRequired?: boolean;
}

/** The type of the values that pass a gate. */
export function typeOf(gate: Gate): string {
  return typeText(jsonSchema(gate));
}

function typeText(schema: JsonSchema): string {
  const { type, anyOf, items, properties } = schema as {
    readonly type?: string;
    readonly anyOf?: readonly JsonSchema[];
    readonly items?: JsonSchema;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
  };
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join(" | ");
  if (items !== undefined) return `readonly ${typeText(items)}[]`;
  if (properties !== undefined) return objectText(properties, schema["required"]);
  if (Array.isArray(schema["enum"]))
    return schema["enum"].map((each) => JSON.stringify(each)).join(" | ");
  if ("const" in schema) return typeof schema["const"];
  return type === "integer" ? "number" : String(type);
}

function objectText(properties: Readonly<Record<string, JsonSchema>>, required: unknown): string {
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name);
  const fields = Object.entries(properties).map(
    ([name, each]) => `readonly ${name}${isRequired(name) ? "" : "?"}: ${typeText(each)}`,
  );
  return `{ ${fields.join("; ")} }`;
}

/** An exported interface. @param base Another interface, whose members it has too. */
export function interfaceText(
  name: string,
  text: string,
  members: readonly Member[],
  base?: string,
): string {
  const head = `export interface ${name}${base === undefined ? "" : ` extends ${base}`} {`;
  return [comment(text, ""), head, ...members.map(memberText), "}"].join("\n");
}

function memberText({ name, type, text, isRequired = false }: Member): string {
  return `${comment(text, "  ")}\n  readonly ${name}${isRequired ? "" : "?"}: ${type};`;
}

/** An exported type. */
export function aliasText(name: string, text: string, type: string): string {
  return `${comment(text, "")}\nexport type ${name} = ${type};`;
}

function comment(text: string, indent: string): string {
  const short = `${indent}/** ${text} */`;
  if (short.length <= widest) return short;
  const start = `${indent} *`;
  const lines = [start];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > widest) lines.push(`${start} ${word}`);
    else lines[lines.length - 1] = line;
  }
  return [`${indent}/**`, ...lines, `${indent} */`].join("\n");
}

/** Imports of the types that a text uses. @param modules Types by the module that has them. */
export function importsFor(
  body: string,
  modules: Readonly<Record<string, readonly string[]>>,
): string {
  const lines = Object.entries(modules).flatMap(([module, types]) => {
    const used = types.filter((name) => new RegExp(String.raw`\b${name}\b`).test(body));
    return used.length === 0 ? [] : [importOf(used, module)];
  });
  return lines.join("\n");
}

/** An import of types, as the formatter writes it. */
function importOf(types: readonly string[], module: string): string {
  const line = `import type { ${types.join(", ")} } from "${module}";`;
  if (line.length <= widestCode) return line;
  return ["import type {", ...types.map((name) => `  ${name},`), `} from "${module}";`].join("\n");
}
