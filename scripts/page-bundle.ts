// Joins the page: a module, its style, the shared worker, and two files that are taken as they are. Each has a copy by gzip.

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { root } from "./bundle-modules.ts";

const source = join(root, "packages/page/src");

/** The folder that the service of the sources reads. */
export const ownPageFolder: string = join(root, "packages/page/bundle");

/** A page has no OpenSSL: the hash of a .torrent's dictionary is that of our own code, however long it is. */
const ownHashes = [
  ["sha1", { name: "shortSha1", file: "short-sha1.ts" }],
  ["sha256", { name: "shortSha256", file: "short-sha256.ts" }],
] as const;
const ownHash: Plugin = {
  name: "own-hash",
  setup(plan) {
    for (const [name, own] of ownHashes)
      plan.onLoad(
        { filter: new RegExp(`[/\\\\]protocol[/\\\\]src[/\\\\]bytes[/\\\\]${name}\\.ts$`) },
        ({ path }) => ({
          contents: `export { ${own.name} as ${name} } from "./${own.file}";`,
          resolveDir: dirname(path),
          loader: "ts",
        }),
      );
  },
};

const options: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // The first versions with `AbortSignal.any` and `Promise.withResolvers`.
  target: ["chrome120", "firefox124", "safari17.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  // Texts of other languages stay readable in the file.
  charset: "utf8",
  logLevel: "warning",
  write: false,
  metafile: true,
  plugins: [ownHash],
  inject: [join(source, "node/buffer.ts")],
};

/** A page without its folder. */
interface JoinedPage {
  /** Bytes by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Paths of all that was joined, relative to the repository. */
  readonly inputs: readonly string[];
}

/** Writes the files of the page to folders. @returns Paths of all that was joined, relative to the repository. */
export async function writePage(...folders: readonly string[]): Promise<readonly string[]> {
  const { files, inputs } = await joinPage();
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) {
      await writeWhole(join(folder, name), bytes);
      await writeWhole(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
  }
  return inputs;
}

async function joinPage(): Promise<JoinedPage> {
  const worker = await build({
    ...options,
    format: "iife",
    entryPoints: [join(source, "events/stream-worker.ts")],
    outfile: "stream-worker.js",
  });
  const workerBytes = worker.outputFiles?.[0]?.contents ?? new Uint8Array();
  const workerBuild = createHash("sha256").update(workerBytes).digest("hex").slice(0, 16);
  const page = await build({
    ...options,
    format: "esm",
    splitting: true,
    // The files have fixed names: a module that is loaded later, and what it shares with the first.
    chunkNames: "[name]",
    entryPoints: { page: join(source, "main.tsx"), style: join(source, "style/page.css") },
    outdir: root,
    define: { workerBuild: JSON.stringify(workerBuild) },
  });
  const outputs = page.outputFiles ?? [];
  const textOf = (ending: string): Uint8Array =>
    outputs.find(({ path }) => path.endsWith(ending))?.contents ?? new Uint8Array();
  const scripts = ["page.js", "chunk.js", "later.js"];
  const plain = ["index.html", "icon.svg"];
  const files = new Map<string, Uint8Array>([
    ["stream-worker.js", workerBytes],
    ...scripts.map((name) => [name, textOf(`/${name}`)] as const),
    ["page.css", textOf("style.css")],
  ]);
  for (const name of plain) files.set(name, await readFile(join(source, name)));
  const inputs = [
    ...Object.keys(worker.metafile?.inputs ?? {}),
    ...Object.keys(page.metafile?.inputs ?? {}),
  ];
  return {
    files,
    inputs: [...new Set([...inputs, ...plain.map((name) => `packages/page/src/${name}`)])],
  };
}

/** A reader of the folder never sees half a file; several programs may write it at once. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(bytes) === true) return;
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}
