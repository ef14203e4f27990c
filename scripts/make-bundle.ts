// Joins the modules of each thread into a few files, after every `pnpm install`: a hundred small modules a thread cost
// the command a quarter of its start. The command uses the bundle as long as no source has changed since.

import { rm, stat, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { bundleFolder, inputsFile, type BundleInput } from "../packages/cli/src/bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = fileURLToPath(bundleFolder);

/** What starts a thread; the names stay, because a thread is started by its file's name beside the caller's. */
const entryPoints = [
  "packages/cli/src/start.ts",
  "packages/cli/src/run-process.ts",
  "packages/coordinator/src/engine/engine.worker.ts",
  "packages/peer-worker/src/peer.worker.ts",
  "packages/file-worker/src/file.worker.ts",
  "packages/file-worker/src/records/records.worker.ts",
  "packages/actor-runtime/src/io/file-maker.worker.ts",
  "packages/actor-runtime/src/io/one-shot.worker.ts",
  "packages/actor-runtime/src/io/look-at-folders.ts",
  "packages/actor-runtime/src/io/disk-thread.worker.ts",
  "packages/hash-worker/src/hash.task.ts",
  "packages/hash-worker/src/check.task.ts",
];

/** Piscina starts a file of its own in each thread, so it stays where it is. */
const piscinaInPlace: Plugin = {
  name: "piscina-in-place",
  setup(plan) {
    plan.onResolve({ filter: /^piscina$/ }, async ({ path, pluginData, resolveDir, kind }) => {
      if (pluginData === "asked") return undefined;
      const found = await plan.resolve(path, { resolveDir, kind, pluginData: "asked" });
      return { path: fromBundle(found.path), external: true };
    });
  },
};

/** This library is joined, without the hash that it brings along; else it is loaded when the first text is encoded. */
const bencodeJoined: Plugin = {
  name: "bencode-joined",
  setup(plan) {
    plan.onLoad({ filter: /[/\\\\]load-bencode\.ts$/ }, ({ path }) => ({
      contents: 'import bencode from "bencode"; export const bencodeLibrary = () => bencode;',
      resolveDir: dirname(path),
    }));
  },
};

/** The start, once joined, goes to the sources when the bundle is older than they are. */
const sourcesInPlace: Plugin = {
  name: "sources-in-place",
  setup(plan) {
    plan.onResolve({ filter: /^\.\/run-process\.ts$/ }, ({ path, resolveDir }) => ({
      path: fromBundle(resolve(resolveDir, path)),
      external: true,
    }));
  },
};

// Removed first and written last: what is half done never counts as a bundle.
await rm(new URL(inputsFile, bundleFolder), { force: true });
await rm(outdir, { recursive: true, force: true });
const inputPaths = new Set((await Promise.all(entryPoints.map(join))).flat());
const inputs = await Promise.all([...inputPaths].map(describeInput));
await writeFile(new URL(inputsFile, bundleFolder), JSON.stringify(inputs));

/** The path of a file as a module of the bundle names it. */
function fromBundle(path: string): string {
  return relative(outdir, path).replaceAll("\\", "/");
}

/** Each by itself: a file that threads share holds more than each of them uses. */
async function join(entryPoint: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outdir,
    entryNames: "[name]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node26",
    metafile: true,
    logLevel: "warning",
    plugins: [piscinaInPlace, bencodeJoined, sourcesInPlace],
  });
  return Object.keys(metafile.inputs);
}

async function describeInput(path: string): Promise<BundleInput> {
  const { size, mtimeMs } = await stat(resolve(root, path));
  return [relative(outdir, resolve(root, path)), size, mtimeMs];
}
