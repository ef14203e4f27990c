// Joins the modules of each program and thread into a few files, libraries included: for the workspace's own command
// (make-bundle.ts) and for the package `troupe` (pack-all.ts).

import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { workerFiles, type WorkerFile } from "../packages/api-base/src/options/worker-files.ts";
import { reportTexts } from "./report-texts.ts";
import { scenarioTexts } from "./scenario-texts.ts";

/** The repository, with a separator at its end. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** Paths of entry points by the names of the files that they become, without extension. */
export type EntryPoints = Readonly<Record<string, string>>;

const piscinaFolder = dirname(
  createRequire(join(root, "packages/hash-worker/package.json")).resolve("piscina"),
);

/** The file of each thread, and of each task; the names stay, because a thread's file is found by its name. */
export function workerEntryPoints(): EntryPoints {
  return entryPointsOf(() => true);
}

/** Files that are joined into modules: tasks, which export a function, and threads with little code. */
export function moduleEntryPoints(): EntryPoints {
  return entryPointsOf((name) => !isScript(name));
}

/** Files that are joined into scripts (bundle-script.ts): threads of actors. */
export function scriptEntryPoints(): EntryPoints {
  return entryPointsOf(isScript);
}

/** Threads and tasks with little code. Node starts them faster as CommonJS (bundle-script.ts). */
export function plainEntryPoints(): EntryPoints {
  return entryPointsOf((name) => /^(?:lock-keeper|sync-thread|pool)\.worker$|\.task$/.test(name));
}

function isScript(name: WorkerFile): boolean {
  return /^(?:engine|peer|file|records|dht|http|feed-reader|file-maker)\.worker$/.test(name);
}

function entryPointsOf(isMeant: (name: WorkerFile) => boolean): EntryPoints {
  return Object.fromEntries(workerFiles.filter(isMeant).map((name) => [name, sourceOf(name)]));
}

function sourceOf(name: string): string {
  if (name === "pool.worker") return join(piscinaFolder, "worker.js");
  const found = globSync(`packages/*/src/**/${name}.ts`, { cwd: root });
  const [path] = found;
  if (path === undefined || found.length > 1) {
    throw new Error(
      `cannot join ${name}: there are ${found.length} files ${name}.ts, allowed is 1`,
    );
  }
  return join(root, path);
}

/** Files whose text is changed where the joined modules need something else. */
interface Change {
  readonly files: RegExp;
  readonly from: string | RegExp;
  readonly to: string;
}

const changes: readonly Change[] = [
  {
    // It is CommonJS, and a joined module has no `require`.
    files: /[/\\]piscina[/\\]dist[/\\].*\.js$/,
    from: /require\("node:/g,
    to: 'process.getBuiltinModule("node:',
  },
  {
    // Piscina starts a file of its own beside its code, which is joined too, under a name of ours.
    files: /[/\\]piscina[/\\]dist[/\\]index\.js$/,
    from: "(0, node_path_1.resolve)(__dirname, 'worker.js')",
    to: "this.options.threadFile()",
  },
  {
    // The library `yaml` is CommonJS, like piscina.
    files: /[/\\]yaml[/\\]dist[/\\].*\.js$/,
    from: /require\('process'\)/,
    to: 'process.getBuiltinModule("node:process")',
  },
  {
    files: /[/\\]yaml[/\\]dist[/\\].*\.js$/,
    from: /require\('buffer'\)/,
    to: 'process.getBuiltinModule("node:buffer")',
  },
  {
    // This library is joined, without the hash that it brings along; else it is loaded when the first text is encoded.
    files: /[/\\]load-bencode\.ts$/,
    from: "let loaded: BencodeLibrary | undefined;",
    to: 'import joined from "bencode";\nlet loaded: BencodeLibrary | undefined = joined;',
  },
  {
    // It looks for a `require`, which a joined module does not have, and would deflate by slower code of its own.
    files: /[/\\]hdr-histogram-js[/\\]dist[/\\]JsHistogram\.encoding\.js$/,
    from: `eval('require("zlib").deflateSync')`,
    to: 'process.getBuiltinModule("node:zlib").deflateSync',
  },
  {
    // Its inflating looks for a `require` too.
    files: /[/\\]hdr-histogram-js[/\\]dist[/\\]JsHistogram\.encoding\.js$/,
    from: `eval('require("zlib").inflateSync')`,
    to: 'process.getBuiltinModule("node:zlib").inflateSync',
  },
  {
    // Its part in WebAssembly is not used, and is left out with its loader.
    files: /[/\\]hdr-histogram-js[/\\]dist[/\\]wasm[/\\]index\.js$/,
    from: 'require("@assemblyscript/loader")',
    to: "undefined",
  },
  {
    files: /[/\\]hdr-histogram-js[/\\]dist[/\\]wasm[/\\]index\.js$/,
    from: 'require("./generated-wasm")',
    to: "undefined",
  },
  {
    // A file beside it, loaded with the first text that is not plain ASCII.
    files: /[/\\]text-width\.ts$/,
    from: 'createRequire(import.meta.url)("string-width")',
    to: 'createRequire(import.meta.url)("./string-width.js")',
  },
  {
    // A file beside it, loaded for a settings file alone.
    files: /[/\\]settings-file\.ts$/,
    from: 'await import("@troupe/yaml-file/text")',
    to: 'process.getBuiltinModule("node:module").createRequire(import.meta.url)("./yaml-text.js")',
  },
  {
    // A file beside it, with the media types, loaded when a file is served.
    files: /[/\\]file-server\.ts$/,
    from: 'await import("@troupe/file-http")',
    to: 'process.getBuiltinModule("node:module").createRequire(import.meta.url)("./file-http.js")',
  },
  {
    // The files of the page lie beside the joined modules.
    files: /[/\\]page[/\\]page-folder\.ts$/,
    from: '"../../../page/bundle/"',
    to: '"./page/"',
  },
  {
    // A file beside it, loaded for the calls that steer a service.
    files: /[/\\]cli[/\\]src[/\\](?:main|process-environment)\.ts$/,
    from: /await import\("\.\/service-client\/service-part\.ts"\)/g,
    to: 'process.getBuiltinModule("node:module").createRequire(import.meta.url)("./service-part.js")',
  },
];

const changedTexts: Plugin = {
  name: "changed-texts",
  setup(plan) {
    const filter = new RegExp(changes.map(({ files }) => files.source).join("|"));
    plan.onLoad({ filter }, async ({ path }) => ({
      contents: changed(path, await readFile(path, "utf8")),
      loader: path.endsWith(".ts") ? "ts" : "js",
    }));
  },
};

function changed(path: string, text: string): string {
  let result = text;
  for (const { files, from, to } of changes) {
    if (!files.test(path)) continue;
    // A file of the library may have no such line; a single line that is gone is another version of the library.
    if (typeof from === "string" && !text.includes(from)) {
      throw new Error(`cannot join ${path}: it has no line ${from}`);
    }
    result = result.replace(from, () => to);
  }
  return result;
}

/** Modules that the command loads beside its own files. */
export function commandParts(): EntryPoints {
  const require = createRequire(join(root, "packages/cli/package.json"));
  return {
    "string-width": require.resolve("string-width"),
    "yaml-text": join(root, "packages/yaml-file/src/yaml-text.ts"),
    "file-http": join(root, "packages/file-http/src/answer-request.ts"),
    "service-part": join(root, "packages/cli/src/service-client/service-part.ts"),
  };
}

/**
 * Joins the modules of entry points that share the joined files.
 *
 * @returns Paths of all that was joined, relative to the repository.
 */
export async function bundleModules(
  entryPoints: EntryPoints,
  outdir: string,
  plugins: readonly Plugin[] = [],
): Promise<string[]> {
  const { metafile } = await build({
    ...bundleOptions(plugins),
    entryPoints: { ...entryPoints },
    outdir,
    splitting: true,
    format: "esm",
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

/** Options of esbuild for all that is joined. */
export function bundleOptions(plugins: readonly Plugin[]): BuildOptions {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node24",
    logLevel: "warning",
    // Piscina asks for the first only where a priority is set; users install the others for load from several machines.
    external: ["@napi-rs/nice", "@nats-io/*"],
    plugins: [changedTexts, reportTexts, scenarioTexts, ...plugins],
  };
}

/** Joins each entry point by itself: a file that threads share holds more than each of them uses. */
export async function bundleEach(
  entryPoints: EntryPoints,
  outdir: string,
  plugins: readonly Plugin[] = [],
): Promise<string[]> {
  const joined = await Promise.all(
    Object.entries(entryPoints).map(([name, path]) =>
      bundleModules({ [name]: path }, outdir, plugins),
    ),
  );
  return [...new Set(joined.flat())];
}

/** The path of a file as a module in `folder` names it. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll("\\", "/");
}
