// A module of the page as a part of a script.

import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const folder = new URL("page/", import.meta.url);

/** Where a module of the page lies. */
export function pageModuleUrl(name: string): URL {
  return new URL(`${name}.ts`, folder);
}

/** The text of a module without types, imports, exports, comments and indentation. */
export function pageModule(name: string): string {
  return stripTypeScriptTypes(readFileSync(pageModuleUrl(name), "utf8"))
    .replace(/^import\s[^;]*;$/gm, "")
    .replace(/^export /gm, "")
    .replace(/^\s*\/\*\*[^]*?\*\/$/gm, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/^\s+|[ \t]+$/gm, "")
    .replace(/ {2,}/g, " ");
}
