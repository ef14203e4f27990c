// The names and members that the packages for users declare, read from the built declarations.

import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../support/files/repository.ts";
import { namesIn } from "./exports.ts";

/** Members by name: of an interface or class each member, of a union each alternative, else the whole declaration. */
export type Declarations = Readonly<Record<string, readonly string[]>>;

const listed = /^export\s+(?:type\s+)?\{([^}]*)\}(?:\s*from\s*"([^"]+)")?;/gm;
const imported = /^import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"([^"]+)";/gm;
const starred = /^export\s+(?:type\s+)?\*\s+from\s+"([^"]+)";/gm;

/** @param entry Path of a source: `packages/coordinator/src/index.ts`. The build has made its declarations. */
export function declarationsOf(entry: string, entries: ReadonlyMap<string, string>): Declarations {
  const found = [...namesOf(entry, entries)].map(
    ([name, [path, own]]) => [name, membersOf(declarationIn(path, own))] as const,
  );
  return Object.fromEntries(found.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** @returns Members that are gone or changed, as `Name: member`. */
export function missingMembers(before: Declarations, now: Declarations): string[] {
  return Object.entries(before).flatMap(([name, members]) => {
    const present = new Set(now[name] ?? []);
    return members.filter((member) => !present.has(member)).map((member) => `${name}: ${member}`);
  });
}

/** The modules of Node that an entry's declarations name, itself or through other files, as `file: module`. */
export function nodeModulesBehind(entry: string, entries: ReadonlyMap<string, string>): string[] {
  const open = [entry];
  const seen = new Set(open);
  const found: string[] = [];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const [, specifier = ""] of builtText(path).matchAll(/(?:from |import\()"([^"]+)"/g)) {
      if (specifier.startsWith("node:")) found.push(`${path}: ${specifier}`);
      const next = resolvedFrom(path, specifier, entries);
      if (next.endsWith(".ts") && !seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return found;
}

type Place = readonly [path: string, name: string];

/** The exported names, and where each is declared. */
function namesOf(path: string, entries: ReadonlyMap<string, string>): Map<string, Place> {
  const text = builtText(path);
  const names = new Map<string, Place>();
  const resolved = (specifier: string): string => resolvedFrom(path, specifier, entries);
  for (const [, specifier = ""] of text.matchAll(starred)) {
    for (const [name, place] of namesOf(resolved(specifier), entries)) names.set(name, place);
  }
  const others = (specifier: string, name: string): Place =>
    namesOf(resolved(specifier), entries).get(name) ?? [resolved(specifier), name];
  const imports = new Map(
    [...text.matchAll(imported)].flatMap(([, list = "", specifier = ""]) =>
      namesIn(list).map(({ name, as }) => [as, { specifier, name }] as const),
    ),
  );
  for (const [, list = "", specifier] of text.matchAll(listed)) {
    for (const { name, as } of namesIn(list)) {
      const from = specifier === undefined ? imports.get(name) : { specifier, name };
      names.set(as, from === undefined ? [path, name] : others(from.specifier, from.name));
    }
  }
  for (const [, name = ""] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:class|interface|type|const|function|enum) ([\w$]+)/gm,
  )) {
    names.set(name, [path, name]);
  }
  return names;
}

function resolvedFrom(
  path: string,
  specifier: string,
  entries: ReadonlyMap<string, string>,
): string {
  return specifier.startsWith(".")
    ? posix.join(posix.dirname(path), specifier)
    : (entries.get(specifier) ?? specifier);
}

/** The declarations of a source, without comments. */
function builtText(path: string): string {
  const built = path.replace("/src/", "/dist/").replace(/\.ts$/, ".d.ts");
  const file = fileURLToPath(new URL(built, root));
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8")
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
}

/** All declarations of a name: a function may have several. */
function declarationIn(path: string, name: string): string[] {
  const text = builtText(path);
  const head = new RegExp(
    String.raw`^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|function|enum) ${name}\b`,
    "gm",
  );
  return [...text.matchAll(head)].map(({ index }) => text.slice(index, endOf(text, index)));
}

/** The end of a declaration: behind its `;`, or behind the braces of a class, an interface or an enum. */
function endOf(text: string, from: number): number {
  const hasBody = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|enum) /.test(
    text.slice(from, from + 60),
  );
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? "";
    if ("{[(".includes(character)) depth++;
    if ("}])".includes(character)) depth--;
    if (depth > 0) continue;
    if (character === ";" || (hasBody && character === "}")) return at + 1;
  }
  return text.length;
}

function membersOf(declarations: readonly string[]): string[] {
  return declarations.flatMap((declaration) => {
    const body = declaration.indexOf("{");
    if (/^[^={(]*\b(?:class|interface)\b/.test(declaration)) {
      const inner = declaration.slice(body + 1, declaration.lastIndexOf("}"));
      return [declaration.slice(0, body), ...partsAt(inner, ";")].map(plain).filter(Boolean);
    }
    const alias = /^(?:export )?(?:declare )?type [^=]+=/.exec(declaration);
    if (alias === null) return [plain(declaration)];
    const [head] = alias;
    return [plain(head), ...partsAt(declaration.slice(head.length, -1), "|").map(plain)].filter(
      Boolean,
    );
  });
}

/** The parts between separators outside of brackets. */
function partsAt(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [at, character] of text.split("").entries()) {
    if ("{[(<".includes(character)) depth++;
    if ("}])".includes(character) || (character === ">" && text[at - 1] !== "=")) depth--;
    if (character === separator && depth === 0) parts.push("");
    else parts.push((parts.pop() ?? "") + character);
  }
  return parts;
}

function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replace(/^ ?(?:export )?(?:declare )?/, "")
    .trim();
}
