// docs/scenario-reference.md: the keys of scenario files, from their schema, and the catalogue of misbehaving peers.

import { catalogue } from "@troupe/load-peers/misbehaving";
import { scenarioSchema } from "@troupe/load-tester";

type Schema = Readonly<Record<string, unknown>>;

const head = `# Keys of scenario files

\`pnpm generate\` writes this page from the schema that \`troupe load-test --schema\` prints.
[load-testing.md](load-testing.md) explains how the keys work together. NAME is a name of yours.`;

const units = `Times are written \`500ms\`, \`30s\`, \`2m\`, \`1h\`, \`1d\`; sizes \`800k\`, \`64MiB\`, \`1TiB\` (powers of 1024, \`MB\` too); rates \`500/s\` or
\`30/m\`; lines \`800k/s\`, \`2MiB/s\` or \`10Mbit/s\`; shares \`0.1%\`.`;

/** A key of a table; groups have it for some behaviours only. */
interface Row {
  readonly key: string;
  readonly schema: Schema;
  readonly behaviours: readonly string[];
}

/** The text of docs/scenario-reference.md. */
export function scenarioReference(): string {
  const sections = sectionsOf("", scenarioSchema, "The file");
  return `${[head, units, ...sections, misbehaving()].join("\n\n")}\n`;
}

/** The table of a mapping, and the sections of the mappings below its keys. */
function sectionsOf(path: string, schema: Schema, title: string): string[] {
  const rows = rowsOf(schema);
  if (rows.length === 0) return [];
  const below = rows
    .filter(({ schema: value }, index) => rows.findIndex(sameMapping(value)) === index)
    .flatMap(({ key, schema: value }) => {
      const [name, inner] = innerOf(join(path, key), value);
      return sectionsOf(name, inner, `\`${name}\``);
    });
  return [`## ${title}\n\n${sentenceOf(schema)}${table(rows)}`, ...below];
}

function sameMapping(schema: Schema): (row: Row) => boolean {
  return (row) => JSON.stringify(row.schema) === JSON.stringify(schema);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** The mapping that a value is, or that its names or entries have. */
function innerOf(path: string, schema: Schema): [string, Schema] {
  const named = asSchema(schema["additionalProperties"]);
  if (named !== undefined) return [`${path}.NAME`, named];
  return [path, asSchema(schema["items"]) ?? schema];
}

function rowsOf(schema: Schema): Row[] {
  const forms = asSchemas(schema["oneOf"]).filter((form) => asSchema(form["properties"]));
  if (forms.length > 0) return rowsOfForms(forms);
  return Object.entries(asSchema(schema["properties"]) ?? {}).flatMap(([key, value]) => {
    const found = asSchema(value);
    return found === undefined ? [] : [{ key, schema: found, behaviours: [] }];
  });
}

/** The keys of all behaviours of a group; equal keys of several behaviours are one row. */
function rowsOfForms(forms: readonly Schema[]): Row[] {
  const rows: Row[] = [];
  for (const form of forms) {
    const properties = asSchema(form["properties"]) ?? {};
    const behaviours = asSchema(properties["behaviour"])?.["enum"] as string[];
    for (const [key, value] of Object.entries(properties)) {
      const schema = asSchema(value) ?? {};
      const same = rows.findIndex((row) => row.key === key && sameMapping(schema)(row));
      const row = rows[same];
      if (row === undefined) rows.push({ key, schema, behaviours });
      else rows[same] = { ...row, behaviours: [...row.behaviours, ...behaviours] };
    }
  }
  return rows.toSorted((a, b) => orderOf(b) - orderOf(a));
}

/** Behaviours come first, then the keys of most behaviours. */
function orderOf({ key, behaviours }: Row): number {
  return key === "behaviour" ? 100 : behaviours.length;
}

function table(rows: readonly Row[]): string {
  const hasBehaviours = rows.some(({ behaviours }) => behaviours.length > 0);
  const most = Math.max(...rows.map(({ behaviours }) => behaviours.length));
  const titles = ["key", ...(hasBehaviours ? ["behaviours"] : []), "value", "default", "meaning"];
  const lines = rows.map(({ key, schema, behaviours }) => [
    `\`${key}\``,
    ...(hasBehaviours ? [behaviours.length === most ? "all" : behaviours.join(", ")] : []),
    cell(schema["title"]),
    "default" in schema ? `\`${cell(defaultOf(schema))}\`` : "",
    cell(schema["description"]),
  ]);
  return [titles, titles.map(() => "---"), ...lines].map(rowText).join("\n");
}

function defaultOf({ default: value }: Schema): unknown {
  return Array.isArray(value) ? `[${value.join(", ")}]` : value;
}

function rowText(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cell(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "").replaceAll('"', "");
  return text.replaceAll("|", String.raw`\|`);
}

function sentenceOf(schema: Schema): string {
  return typeof schema["description"] === "string" ? `${schema["description"]}\n\n` : "";
}

/** The kinds of misbehaving peers that dial. */
function misbehaving(): string {
  const rows = catalogue
    .filter(({ isDialled }) => isDialled !== true)
    .map(({ name, does }) => rowText([`\`${name}\``, does]));
  return ["## Misbehaving peers\n", rowText(["kind", "this peer"]), "|---|---|", ...rows].join(
    "\n",
  );
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : undefined;
}

function asSchemas(values: unknown): Schema[] {
  if (!Array.isArray(values)) return [];
  return values.map(asSchema).filter((each) => each !== undefined);
}
