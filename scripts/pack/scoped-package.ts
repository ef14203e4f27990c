// A scoped package, `@troupe/coordinator` and the like: another name for a part of `troupe`. The code is there once, so that
// both give the same objects.

import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../bundle-modules.ts";
import { subpathOf, type WorkspacePackage } from "./workspace-packages.ts";

/** Writes the whole package to a folder. */
export async function writeScopedPackage(
  folder: string,
  one: WorkspacePackage,
  version: string,
): Promise<void> {
  const exports: Record<string, object> = {};
  for (const exported of one.exports) {
    const inTroupe = `troupe${subpathOf(one, exported).slice(1)}`;
    const file = exported.subpath === "." ? "./index" : exported.subpath;
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.js`, `export * from "${inTroupe}";\n`);
    await writeFile(`${path}.d.ts`, `export * from "${inTroupe}";\n`);
    await writeFile(`${path}.cjs`, `"use strict";\n\nmodule.exports = require("${inTroupe}");\n`);
    exports[exported.subpath] = {
      types: `${file}.d.ts`,
      require: `${file}.cjs`,
      default: `${file}.js`,
    };
  }
  const { name, description } = one;
  const readme = `# ${name}\n\n${description} The code is in the package \`troupe\`: \`troupe/${one.shortName}\`.\n`;
  await writeFile(join(folder, "README.md"), readme);
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
  const text = {
    name,
    version,
    description,
    license: "MIT",
    type: "module",
    engines: { node: ">=24" },
    exports,
    dependencies: { troupe: version },
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(text, null, 2)}\n`);
}
