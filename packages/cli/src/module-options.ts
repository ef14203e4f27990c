import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleWords } from "./arguments/modules.ts";
import type { AddOptions } from "./engine-port.ts";
import type { Environment } from "./environment.ts";

/** The modules as the library's option. A path is one of the current folder. */
export function modulesOption(
  { picker, choker, extensions, store, hasher }: ModuleWords,
  { currentFolder }: Pick<Environment, "currentFolder">,
): Pick<AddOptions, "modules"> {
  const named = (text: string): string => moduleName(text, currentFolder);
  if (
    extensions.length === 0 &&
    [picker, choker, store, hasher].every((part) => part === undefined)
  )
    return {};
  return {
    modules: {
      ...(picker !== undefined && { picker: named(picker) }),
      ...(choker !== undefined && { choker: named(choker) }),
      ...(extensions.length > 0 && { extensions: extensions.map(named) }),
      ...(store !== undefined && { store: named(store) }),
      ...(hasher !== undefined && { hasher: named(hasher) }),
    },
  };
}

/** `choker.mjs` would be a package: a path begins with a dot or is absolute. */
function moduleName(text: string, currentFolder: string): string {
  const isPath = isAbsolute(text) || /^\.\.?[/\\]/.test(text);
  return isPath ? pathToFileURL(resolve(currentFolder, text)).href : text;
}
