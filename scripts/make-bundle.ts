// Joins the modules of each thread into a few files, after every `pnpm install`: a hundred small modules a thread cost
// the command a quarter of its start. The command uses the bundle as long as no source has changed since.

import { rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import {
  bundleFolder,
  inputsFile,
  commandModule,
  type BundleInput,
} from "../packages/cli/src/bundle.ts";
import {
  commandParts,
  bundleEach,
  pathFrom,
  root,
  scriptEntryPoints,
  moduleEntryPoints,
  plainEntryPoints,
} from "./bundle-modules.ts";
import { ownPageFolder, writePage } from "./page-bundle.ts";
import { commandEntryPoint, bundlePlainly, bundleScripts } from "./bundle-script.ts";

const outdir = fileURLToPath(bundleFolder);

/** The start, once joined, goes to the sources when the bundle is older than they are. */
const sourcesInPlace: Plugin = {
  name: "sources-in-place",
  setup(plan) {
    plan.onResolve({ filter: /^\.\/run-process\.ts$/ }, ({ path, resolveDir }) => ({
      path: pathFrom(outdir, resolve(resolveDir, path)),
      external: true,
    }));
  },
};

// Removed first and written last: what is half done never counts as a bundle.
await rm(new URL(inputsFile, bundleFolder), { force: true });
await rm(outdir, { recursive: true, force: true });
const modules = {
  start: join(root, "packages/cli/src/start.ts"),
  [commandModule]: join(root, "packages/cli/src/run-process.ts"),
  ...commandParts(),
  ...moduleEntryPoints(),
};
const scripts = { ...commandEntryPoint(), ...scriptEntryPoints() };
const inputPaths = [
  ...(await bundleEach(modules, outdir, [sourcesInPlace])),
  ...(await bundleScripts(scripts, outdir)),
  ...(await writePage(ownPageFolder, join(outdir, "page"))),
];
await bundlePlainly(plainEntryPoints(), outdir);
// Libraries change by an install alone, which makes the bundle again.
const ownPaths = [...new Set(inputPaths)].filter((path) => !path.includes("node_modules/"));
const inputs = await Promise.all(ownPaths.map(describeInput));
await writeFile(new URL(inputsFile, bundleFolder), JSON.stringify(inputs));

async function describeInput(path: string): Promise<BundleInput> {
  const { size, mtimeMs } = await stat(resolve(root, path));
  return [pathFrom(outdir, resolve(root, path)), size, mtimeMs];
}
