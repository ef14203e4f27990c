// The names that files export, and the names that other files import of them, read from their text.

import { posix } from "node:path";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";

/** A name of a file: `packages/x/src/y.ts#name`. */
type FileName = string;

interface ExportedFile {
  /** Declared here, or passed on by name. */
  readonly names: ReadonlyMap<string, FileName | undefined>;
  /** Files whose names are all passed on. */
  readonly stars: readonly string[];
}

const declaration =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type|enum)\s+(\{[^}]*\}|\[[^\]]*\]|[\w$]+)/gm;
const list = /^export\s+(?:type\s+)?\{([^}]*)\}(?:\s*from\s*"([^"]+)")?/gm;
const star = /^export\s+(?:type\s+)?\*\s+from\s+"([^"]+)"/gm;
const imported =
  /^import\s+(?:type\s+)?(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\}|\*\s+as\s+[\w$]+)?\s*from\s*"([^"]+)"/gm;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)(?:\.(\w+))?/g;

/** Sources by path, and where a package's sub-paths lead. */
export class ExportsOfSources {
  readonly #files = new Map<string, ExportedFile>();
  readonly #texts: ReadonlyMap<string, string>;
  readonly #entries: ReadonlyMap<string, string>;

  constructor(texts: ReadonlyMap<string, string>, entries: ReadonlyMap<string, string>) {
    this.#texts = texts;
    this.#entries = entries;
    for (const [path, text] of texts) this.#files.set(path, this.#exportsOf(path, text));
  }

  /** @returns `file#name` of each export of the files that no other file imports. @param isPublic Names for users. */
  unused(isChecked: (path: string) => boolean, isPublic: (path: string) => boolean): FileName[] {
    const used = new Set<FileName>();
    for (const path of this.#texts.keys()) {
      if (isPublic(path)) for (const name of this.#namesOf(path)) this.#use(path, name, used);
    }
    for (const [path, text] of this.#texts) {
      for (const [target, name] of this.#importsOf(path, text)) {
        if (name === "*") for (const each of this.#namesOf(target)) this.#use(target, each, used);
        else this.#use(target, name, used);
      }
    }
    return [...this.#files]
      .filter(([path]) => isChecked(path))
      .flatMap(([path, { names }]) => [...names.keys()].map((name) => `${path}#${name}`))
      .filter((name) => !used.has(name))
      .toSorted();
  }

  /** Follows names that are passed on to the file that declares them. */
  #use(path: string, name: string, used: Set<FileName>): void {
    const key = `${path}#${name}`;
    if (used.has(key)) return;
    used.add(key);
    const file = this.#files.get(path);
    const from = file?.names.get(name);
    if (from !== undefined) {
      const [target = "", other = ""] = from.split("#");
      this.#use(target, other, used);
    }
    if (file?.names.has(name) === true) return;
    for (const target of file?.stars ?? []) {
      if (this.#namesOf(target).has(name)) this.#use(target, name, used);
    }
  }

  #namesOf(path: string): ReadonlySet<string> {
    const file = this.#files.get(path);
    const passedOn = (file?.stars ?? []).flatMap((target) => [...this.#namesOf(target)]);
    return new Set([...(file?.names.keys() ?? []), ...passedOn]);
  }

  #exportsOf(path: string, text: string): ExportedFile {
    const names = new Map<string, FileName | undefined>();
    for (const [, declared = ""] of text.matchAll(declaration)) {
      for (const [name] of declared.matchAll(/[\w$]+/g)) names.set(name, undefined);
    }
    for (const [, listed = "", specifier] of text.matchAll(list)) {
      for (const { name, as } of namesIn(listed)) {
        const target = specifier === undefined ? undefined : this.#resolved(path, specifier);
        names.set(as, target === undefined ? undefined : `${target}#${name}`);
      }
    }
    const stars = [...text.matchAll(star)].map(([, specifier = ""]) =>
      this.#resolved(path, specifier),
    );
    return { names, stars };
  }

  #importsOf(path: string, text: string): (readonly [path: string, name: string])[] {
    const fixed = [...text.matchAll(imported)].flatMap(([, , listed, specifier = ""]) => {
      const target = this.#resolved(path, specifier);
      const names = listed === undefined ? ["*"] : namesIn(listed).map(({ name }) => name);
      return names.map((name) => [target, name] as const);
    });
    const later = [...text.matchAll(dynamic)].map(
      ([, specifier = "", name = "*"]) =>
        [this.#resolved(path, specifier), name === "then" ? "*" : name] as const,
    );
    return [...fixed, ...later];
  }

  #resolved(from: string, specifier: string): string {
    if (!specifier.startsWith(".")) return this.#entries.get(specifier) ?? specifier;
    return posix.join(posix.dirname(from), specifier);
  }
}

/** The names of a list in braces: `type A, b as c`. */
export function namesIn(listed: string): { readonly name: string; readonly as: string }[] {
  return listed
    .split(",")
    .map((part) => part.trim().replace(/^type\s+/, ""))
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", as = name] = part.split(/\s+as\s+/);
      return { name, as };
    });
}

/** Files by the specifiers of the workspace's packages: `@troupe/protocol/peer` → `packages/protocol/src/peer/index.ts`. */
export function packageEntries(): Map<string, string> {
  const entries = new Map<string, string>();
  for (const path of listTrackedFiles("packages/*/package.json")) {
    const { name, exports } = JSON.parse(readRepositoryFile(path)) as {
      readonly name: string;
      readonly exports?: string | Readonly<Record<string, string>>;
    };
    const paths = typeof exports === "string" ? { ".": exports } : (exports ?? {});
    for (const [key, file] of Object.entries(paths)) {
      entries.set(posix.join(name, key), posix.join(posix.dirname(path), file));
    }
  }
  return entries;
}
