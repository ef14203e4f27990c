// Type declarations of all packages in one folder, which name each other by relative paths.

import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { WorkspacePackage } from "./workspace-packages.ts";

/** Copies what `tsc -b` has made of the sources that there are. */
export async function copyDeclarations(
  packages: readonly WorkspacePackage[],
  folder: string,
): Promise<void> {
  const places = new Map(
    packages.flatMap(({ name, shortName, exports }) =>
      exports.map(({ subpath, module }) => [
        `${name}${subpath.slice(1)}`,
        join(folder, shortName, `${module}.js`),
      ]),
    ),
  );
  for (const { shortName, folder: source } of packages) {
    const apart = foldersApart(join(source, "src"));
    const modules = globSync("**/*.ts", { cwd: join(source, "src") }).filter(
      (path) =>
        !path.endsWith(".d.ts") &&
        path !== "troupe.ts" &&
        !apart.some((inner) => path.startsWith(inner)),
    );
    for (const module of modules) {
      const path = module.replace(/\.ts$/, ".d.ts");
      const text = await readFile(join(source, "dist", path), "utf8");
      const target = join(folder, shortName, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, relocated(text, dirname(target), places));
    }
  }
}

/** Folders with settings of their own: scripts of a browser's page, which no module imports. */
function foldersApart(source: string): string[] {
  return globSync("**/tsconfig.json", { cwd: source }).map((path) => `${dirname(path)}/`);
}

/** Modules of our packages by their places here, `.ts` files as the `.js` files that they describe. */
function relocated(text: string, from: string, places: ReadonlyMap<string, string>): string {
  return text
    .replace(/(?<=["'])@troupe\/[\w/-]+(?=["'])/g, (name) => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`cannot pack: nothing exports ${name}`);
      const path = relative(from, place).replaceAll("\\", "/");
      return path.startsWith(".") ? path : `./${path}`;
    })
    .replace(/(?<=(?:from |import\()["']\.{1,2}\/[^"']*)\.ts(?=["'])/g, ".js")
    .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}
