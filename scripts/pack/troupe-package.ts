// The package `troupe`: the command and the library as joined modules, types, texts. It depends on nothing, so that it
// installs from a file alone. The packages of NATS are optional peers: users of several machines install them beside it.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { workerFiles } from "../../packages/api-base/src/options/worker-files.ts";
import {
  commandParts,
  bundleEach,
  bundleModules,
  root,
  scriptEntryPoints,
  moduleEntryPoints,
  plainEntryPoints,
} from "../bundle-modules.ts";
import { commandEntryPoint, bundlePlainly, bundleScripts } from "../bundle-script.ts";
import { writePage } from "../page-bundle.ts";
import { copyDeclarations } from "./declarations.ts";
import { thirdPartyLicences } from "./licences.ts";
import { subpathOf, type PackageExport, type WorkspacePackage } from "./workspace-packages.ts";

const texts = [
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs",
];

/** Writes the whole package to a folder. */
export async function writeTroupePackage(
  folder: string,
  packages: readonly WorkspacePackage[],
  version: string,
): Promise<void> {
  const doors = packages.flatMap((one) => one.exports.map((each) => doorOf(one, each)));
  const dist = join(folder, "dist");
  const start = join(root, "packages/cli/src/start-installed.ts");
  const joined = [
    ...(await bundleEach({ start, ...commandParts(), ...moduleEntryPoints() }, dist)),
    ...(await bundleScripts({ ...commandEntryPoint(), ...scriptEntryPoints() }, dist)),
    ...(await bundleModules(
      Object.fromEntries(doors.map(({ file, source }) => [file, source])),
      dist,
    )),
  ];
  await bundlePlainly(plainEntryPoints(), dist);
  joined.push(...(await writePage(join(dist, "page"))));
  await copyDeclarations(packages, join(folder, "types"));
  await cp(join(root, "packages/cli/bin"), join(folder, "bin"), { recursive: true });
  for (const text of texts) await cp(join(root, text), join(folder, text), { recursive: true });
  await writeFile(join(folder, "THIRD-PARTY-LICENSES.md"), thirdPartyLicences(joined));
  await mkdir(join(folder, "doors"));
  await writeFile(join(folder, "doors", "check-node.cjs"), checkNode);
  for (const { file } of doors) {
    await writeFile(join(folder, "doors", `${file}.js`), importDoor(file));
    await writeFile(join(folder, "doors", `${file}.cjs`), requireDoor(file));
  }
  const description = { ...describe(version, doors), ...(await optionalPeers()) };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
}

/** A module that users import: a file in `doors`, which throws a plain sentence where the library cannot run. */
interface Door {
  readonly subpath: string;
  /** Name of its files in `doors` and `dist`, without extension. */
  readonly file: string;
  readonly source: string;
  readonly types: string;
}

function doorOf(from: WorkspacePackage, exported: PackageExport): Door {
  const subpath = subpathOf(from, exported);
  return {
    subpath,
    file: subpath.slice(2).replaceAll("/", "."),
    source: join(from.folder, "src", `${exported.module}.ts`),
    types: `./types/${from.shortName}/${exported.module}.d.ts`,
  };
}

const checkNode = `"use strict";

var required = require("../bin/required-node.cjs");
var sentence =
  required.oldNodeSentence(process.versions.node) || required.plugAndPlaySentence(process.versions);
if (sentence !== undefined) {
  var error = new Error(sentence);
  error.code = /\\[([a-z-]+)\\]$/.exec(sentence)[1];
  throw error;
}
`;

function importDoor(file: string): string {
  return `import "./check-node.cjs";\n\nexport * from "../dist/${file}.js";\n`;
}

function requireDoor(file: string): string {
  return `"use strict";\n\nrequire("./check-node.cjs");\nmodule.exports = require("../dist/${file}.js");\n`;
}

function describe(version: string, doors: readonly Door[]): object {
  const entries = doors.map((door) => [door.subpath, conditionsOf(door)] as const);
  const library = entries.find(([subpath]) => subpath === "./coordinator")?.[1];
  return {
    name: "troupe",
    version,
    description: "A BitTorrent engine of supervised actors: a command and a library.",
    license: "MIT",
    type: "module",
    engines: { node: ">=24" },
    bin: { troupe: "bin/troupe.mjs" },
    main: library?.require,
    types: library?.types,
    exports: {
      ".": library,
      ...Object.fromEntries(entries),
      ...Object.fromEntries(workerFiles.map((name) => [`./${name}`, `./dist/${name}.js`])),
      "./package.json": "./package.json",
    },
  };
}

/** Their packages have optional peers. */
const withPeers = ["actor-runtime", "load-tester"] as const;

/** Without them here, pnpm hides installed peers from the package. */
async function optionalPeers(): Promise<object> {
  const peers = await Promise.all(
    withPeers.map(async (name) => {
      const text = await readFile(join(root, "packages", name, "package.json"), "utf8");
      return JSON.parse(text) as Record<string, object>;
    }),
  );
  const joined = (field: string): object => Object.assign({}, ...peers.map((one) => one[field]));
  return {
    peerDependencies: joined("peerDependencies"),
    peerDependenciesMeta: joined("peerDependenciesMeta"),
  };
}

function conditionsOf({ file, types }: Door) {
  return { types, require: `./doors/${file}.cjs`, default: `./doors/${file}.js` };
}
