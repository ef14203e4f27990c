// The packages of the workspace, and what each exports.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bundle-modules.ts";

/** One package of the workspace. */
export interface WorkspacePackage {
  /** `@troupe/coordinator`. */
  readonly name: string;
  /** `coordinator`. */
  readonly shortName: string;
  readonly description: string;
  readonly folder: string;
  readonly exports: readonly PackageExport[];
}

/** A module that a package exports. */
export interface PackageExport {
  /** `.` or `./simulated`. */
  readonly subpath: string;
  /** Path from `src`, without extension: `index`, `simulated/index`. */
  readonly module: string;
}

interface Description {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly exports: string | Readonly<Record<string, string>>;
  /** Its files are parts of another package. */
  readonly private?: boolean;
}

/** All packages by their names, and the version that they share. */
export function workspacePackages(): {
  readonly packages: readonly WorkspacePackage[];
  readonly version: string;
} {
  const read = globSync("packages/*/package.json", { cwd: root })
    .toSorted()
    .map((path) => ({
      folder: join(root, path, ".."),
      text: JSON.parse(readFileSync(join(root, path), "utf8")) as Description,
    }))
    .filter(({ text }) => text.private !== true);
  const versions = new Set(read.map(({ text }) => text.version));
  const [version] = versions;
  if (version === undefined || versions.size > 1) {
    throw new Error(`cannot pack: packages have the versions ${[...versions].join(", ")}`);
  }
  const packages = read.map(({ folder, text: { name, description, exports } }) => ({
    name,
    shortName: name.replace("@troupe/", ""),
    description,
    folder,
    exports: Object.entries(typeof exports === "string" ? { ".": exports } : exports)
      // Test doubles stay in the workspace.
      .filter(([, file]) => file.startsWith("./src/"))
      .map(([subpath, file]) => ({
        subpath,
        module: file.replace("./src/", "").replace(".ts", ""),
      })),
  }));
  return { packages, version };
}

/** Where `troupe` exports it: `./coordinator`, `./actor-runtime/simulated`. */
export function subpathOf({ shortName }: WorkspacePackage, { subpath }: PackageExport): string {
  return `./${shortName}${subpath.slice(1)}`;
}
