// Joins the modules of a thread into one script, which can run with the code that V8 compiled in an earlier run
// (packages/actor-runtime/src/io/threads/compiled-script.ts). Node loads it as a module, too.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { commandScript } from "../packages/cli/src/bundle.ts";
import { bundleOptions, root, type EntryPoints } from "./bundle-modules.ts";

/** The command without load tests, services and imports, which start another way. */
export function commandEntryPoint(): EntryPoints {
  return { [commandScript]: join(root, "packages/cli/src/bundled-process.ts") };
}

const starter = "packages/actor-runtime/src/io/threads/script-thread.ts";

/**
 * Joins the modules of each entry point into a script `<name>.js`, with a file `<name>.cjs` that starts it as a thread. The
 * first line of a script has a digest of the rest.
 *
 * @returns Paths of all that was joined, relative to the repository.
 */
export async function bundleScripts(entryPoints: EntryPoints, outdir: string): Promise<string[]> {
  await mkdir(outdir, { recursive: true });
  const names = Object.keys(entryPoints);
  const { metafile } = await build({
    ...bundleOptions([]),
    entryPoints: Object.fromEntries(names.map((name) => [name, starter])),
    outdir,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    metafile: true,
  });
  const joined = await Promise.all(
    Object.entries(entryPoints).map(([name, path]) => joinScript(name, path, outdir)),
  );
  return [...new Set([...Object.keys(metafile.inputs), ...joined.flat()])];
}

async function joinScript(name: string, path: string, outdir: string): Promise<string[]> {
  const { metafile, outputFiles } = await build({
    ...bundleOptions([partsApart]),
    entryPoints: [path],
    outfile: join(outdir, `${name}.js`),
    splitting: false,
    format: "cjs",
    // A script has no `import.meta`. Both ways of starting a thread name its file.
    define: { "import.meta.url": "ownAddress", "import.meta.resolve": "undefined" },
    write: false,
    metafile: true,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`cannot join ${name}: esbuild gave no text`);
  await writeFile(join(outdir, `${name}.js`), asScript(output.text, name));
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith(`${apart}:`));
}

/**
 * Joins the modules of each entry point into a file `<name>.cjs`, which threads load instead of the module `<name>.js`: the
 * loader of modules would take longer to start than their code.
 */
export async function bundlePlainly(entryPoints: EntryPoints, outdir: string): Promise<void> {
  await build({
    ...bundleOptions([]),
    entryPoints: { ...entryPoints },
    outdir,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    define: { "import.meta.url": "ownAddress", "import.meta.resolve": "undefined" },
    banner: {
      js: 'const ownAddress = require("node:url").pathToFileURL(__filename.replace(/cjs$/, "js")).href;',
    },
  });
}

/** Namespace of the modules that are left out. */
const apart = "apart";

/**
 * Modules that no script runs, without their text: actors that a host loads into its own thread, load tests, services, imports,
 * copies of state folders.
 */
const partsApart: Plugin = {
  name: "parts-apart",
  setup(plan) {
    const names =
      /\.actor\.ts$|\/inline-services\.ts$|\/run-load-test\.ts$|\/serve\.ts$|\/(?:bring-torrents|commands\/(?:import|state))\.ts$|^@troupe\/service$/;
    plan.onResolve({ filter: names }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace: apart } : undefined,
    );
    // A bundler of a user looks for each module that a script names.
    plan.onLoad({ filter: /./, namespace: apart }, ({ path }) => ({
      contents: `throw new Error("bug: a script does not load ${path}");`,
    }));
  },
};

/** Text of a CommonJS module as a script with a scope of its own. Each system module is loaded at its first use. */
function asScript(text: string, name: string): string {
  const modules = new Map<string, string>();
  let body = text.replace(
    /\b(import_\w+) = (?:__toESM\()?require\("node:([\w/]+)"\)(?:, 1\))?;/g,
    (_, variable: string, module: string) => {
      modules.set(variable, module);
      return `${variable} = undefined;`;
    },
  );
  body = body.replace(/\b(import_\w+)\./g, (text, variable: string) => {
    const module = modules.get(variable);
    return module === undefined ? text : `system["${module}"].`;
  });
  const left = /^.*\brequire\(".*|^module\.exports.*/m.exec(body)?.[0];
  if (left !== undefined) throw new Error(`cannot join ${name} into a script: ${left.trim()}`);
  const script = [
    "(function () {",
    // Undefined where a bundler has joined the script with others: then the thread was started from the result.
    'const { path: ownPath = process.argv[1] } = globalThis[Symbol.for("troupe.script")] ?? {};',
    'const ownAddress = process.getBuiltinModule("node:url").pathToFileURL(ownPath).href;',
    "const system = {",
    ...[...new Set(modules.values())].map(onDemand),
    "};",
    body,
    "})();",
    "",
  ].join("\n");
  return `/*${createHash("sha256").update(script).digest("hex")}*/\n${script}`;
}

/** A property that loads its module once. */
function onDemand(module: string): string {
  const value = `process.getBuiltinModule("node:${module}")`;
  return `get "${module}"() { const value = ${value}; Object.defineProperty(system, "${module}", { value }); return value; },`;
}
