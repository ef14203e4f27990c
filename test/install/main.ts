// Publishes the packed packages to a registry on loopback, installs them into empty projects with npm, pnpm and yarn, and
// uses them there. `.ci/run` runs it; tools that only it needs are installed in its own temporary folder. Everything is tried with npm on
// Node 24; of other installers the gate tries an install and a download, and `pnpm test:long` everything.
//
// node test/install/main.ts     after `pnpm run pack:all`

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { workerFiles } from "@troupe/coordinator";
import { freePort } from "../support/programs/free-port.ts";
import { isLong } from "../support/lanes.ts";
import { startProcess } from "../support/programs/process.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { buildImage } from "./dockerfile.ts";
import { avaVersion, runExamples, writeExamples } from "./examples.ts";
import { writeProject } from "./project.ts";
import { publish, startRegistry } from "./registry.ts";
import { Checks, run, runLoadTest, type RunOptions } from "./run.ts";

const toolVersions = {
  verdaccio: "6.10.4",
  "@yarnpkg/cli-dist": "4.18.1",
  pnpm: "12.21.0",
  typescript: "5.9.3",
  node: "24.21.0",
  "old-node": "npm:node@20.20.2",
};
const packed = fileURLToPath(new URL("../../dist-packages/", import.meta.url));
const tarballs = existsSync(packed) ? readdirSync(packed).map((name) => join(packed, name)) : [];
const troupeTarball = tarballs.find((path) => /troupe-\d/.test(path));
if (troupeTarball === undefined) throw new Error("nothing is packed: pnpm run pack:all");

const checks = new Checks();
using folder = temporaryFolder("install");
const place = (name: string): string => join(folder.path, name);
await using swarm = await Swarm.open({ pieceLengthBytes: 256 * 1024, files: 4 * 1024 * 1024 });
await swarm.seed();

const machine = { folder: folder.path, home: process.env["HOME"] ?? "/" };
const tools = place("tools");
mkdirSync(tools);
writeFileSync(
  join(tools, "package.json"),
  // Verdaccio asks for a tag of node-fetch that some registries do not have.
  JSON.stringify({ dependencies: toolVersions, overrides: { "node-fetch": "2.7.0" } }),
);
await run(["npm", "install"], { ...machine, folder: tools });
console.log(`ok      tools: ${JSON.stringify(toolVersions)}`);

const home = place("home");
const machineRegistry = (await run(["npm", "config", "get", "registry"], machine)).trim();
await using registry = await startRegistry(tools, place("registry"), machineRegistry);
mkdirSync(home);
writeFileSync(join(home, ".npmrc"), registry.npmrc);
for (const tarball of tarballs) {
  await checks.check(`publish ${tarball.slice(packed.length)}`, () => publish(tarball, home));
}

/** Folder with a `node` of the version, for a PATH. */
function nodeFolder(version: 24 | 26): string {
  if (version === 26) return dirname(process.execPath);
  const bin = place("node24");
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, "node"))) {
    symlinkSync(join(tools, "node_modules/node/bin/node"), join(bin, "node"));
  }
  return bin;
}

/** A way to install packages into an empty project. */
interface Client {
  readonly name: string;
  readonly node: 24 | 26;
  readonly add: (names: readonly string[], options: RunOptions) => Promise<unknown>;
}

/** Packages that users install. */
const userPackages = ["troupe", "@troupe/coordinator", "@troupe/dht-worker"];
const oldNode = join(tools, "node_modules/old-node/bin/node");
const pnpm = join(tools, "node_modules/pnpm/bin/pnpm.mjs");
const yarn = join(tools, "node_modules/@yarnpkg/cli-dist/bin/yarn.js");
const viaNpm: Client["add"] = (names, options) => run(["npm", "install", ...names], options);
const viaYarn =
  (linker: string): Client["add"] =>
  async (names, options) => {
    const settings = [
      `nodeLinker: ${linker}`,
      `npmRegistryServer: "${registry.url}"`,
      'unsafeHttpWhitelist: ["127.0.0.1"]',
      "enableTelemetry: false",
      // The packages are a second old.
      "npmMinimalAgeGate: 0",
      "enableGlobalCache: false",
      "enableImmutableInstalls: false",
    ];
    writeFileSync(join(options.folder, ".yarnrc.yml"), `${settings.join("\n")}\n`);
    writeFileSync(join(options.folder, "yarn.lock"), "");
    await run(["node", yarn, "add", ...names], options);
  };
const clients: readonly Client[] = [
  { name: "npm on Node 24", node: 24, add: viaNpm },
  { name: "npm on Node 26", node: 26, add: viaNpm },
  {
    name: "pnpm on Node 26",
    node: 26,
    add: (names, options) =>
      run(["node", pnpm, "add", "--store-dir", place("store"), ...names], options),
  },
  { name: "yarn with node-modules on Node 26", node: 26, add: viaYarn("node-modules") },
];

function project(name: string, node: 24 | 26): RunOptions {
  const options = { folder: place(name.replaceAll(" ", "-")), home, path: [nodeFolder(node)] };
  writeProject(options.folder, swarm.metainfo, registry.npmrc);
  return options;
}

function requireWhole(directory: string): void {
  const file = swarm.payload.paths[0] ?? "";
  const name = join(directory, file);
  const path = existsSync(name) ? name : join(directory, "payload", file);
  if (!readFileSync(path).equals(swarm.content)) throw new Error(`${path} is not whole`);
}

/** The installed command. */
function installedCommand({ folder: place }: RunOptions): string {
  return join(place, "node_modules/.bin/troupe");
}

async function downloadOnce(name: string, options: RunOptions): Promise<void> {
  await checks.check(`${name}: the command downloads`, async () => {
    const words = ["job.torrent", "--dir", "command", "--state-dir", "state", "--quiet"];
    const command = [installedCommand(options), ...words, "--bind", "127.0.0.1", "--port", "0"];
    await run(command, options);
    requireWhole(join(options.folder, "command"));
  });
}

async function useInstalled(name: string, options: RunOptions): Promise<void> {
  const bin = installedCommand(options);
  await checks.check(`${name}: troupe --version`, async () => {
    const said = await run([bin, "--version"], options);
    if (!/^troupe \d+\.\d+\.\d+$/.test(said)) throw new Error(`it said ${said}`);
  });
  for (const [peers, words, seen] of [
    ["with RC4 alone", ["--encryption", "require"], '"encryption":"rc4"'],
    ["over uTP alone", ["--transport", "utp"], '"transport":"utp"'],
  ] as const) {
    await checks.check(`${name}: the command downloads ${peers}`, async () => {
      const directory = peers.replaceAll(" ", "-");
      const call = [bin, "job.torrent", "--dir", directory, "--state-dir", "state", "--json"];
      const said = await run([...call, ...words, "--bind", "127.0.0.1", "--port", "0"], options);
      requireWhole(join(options.folder, directory));
      if (!said.includes(seen)) throw new Error(`no event has ${seen}`);
    });
  }
  await checks.check(`${name}: a module and a packed IP filter print no warning`, async () => {
    const words = ["job.torrent", "--dir", "quiet", "--state-dir", "state", "--quiet"];
    const parts = ["--picker", "./picker.mjs", "--ip-filter", "list.gz"];
    const call = [bin, ...words, ...parts, "--bind", "127.0.0.1", "--port", "0"];
    const said = await run(["sh", "-c", '"$@" 2>&1', "sh", ...call], options);
    requireWhole(join(options.folder, "quiet"));
    if (said !== "") throw new Error(`it said ${said}`);
  });
  await checks.check(`${name}: a load test of the package's own client`, async () => {
    const listed = await run([bin, "load-test", "--list"], options);
    if (!/^first-look /m.test(listed)) throw new Error(`it listed ${listed}`);
    const words = ["--count", "3", "--for", "1s", "--size", "1M", "--quiet"];
    const files = ["--result", "load.json", "--report", "load.html"];
    const peers = [bin, "load-test", "peers", "--target", "ours", ...words, ...files];
    const isMade = await runLoadTest(peers, options);
    const compared = [bin, "load-test", "compare", "load.json", "--with", "load.json"];
    const comparing = run(compared, options);
    // Runs whose load was not made are compared, too, and prove nothing.
    const said = isMade ? await comparing : await comparing.catch(String);
    const expected = isMade ? "no change beyond what is allowed" : "prove nothing";
    if (!said.includes(expected)) throw new Error(`it said ${said}`);
    readFileSync(join(options.folder, "load.html"));
  });
  await checks.check(`${name}: ten lines of TypeScript download`, async () => {
    await run(["node", "--no-warnings", "download.mts"], options);
    requireWhole(join(options.folder, "typescript"));
  });
  await checks.check(`${name}: require("troupe") downloads`, async () => {
    const environment = { DIRECTORY: "commonjs" };
    await run(["node", "download.cjs"], { ...options, environment });
    requireWhole(join(options.folder, "commonjs"));
  });
  await checks.check(`${name}: troupe and @troupe/coordinator are the same objects`, async () => {
    await run(["node", "same-objects.mjs"], options);
  });
}

/** The types alone: with `skipLibCheck` off, and without those of Node. */
async function checkTypes(name: string, options: RunOptions): Promise<void> {
  const compilers = [
    ["7.0", fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url))],
    ["5.9", join(tools, "node_modules/typescript/bin/tsc")],
  ] as const;
  for (const [version, tsc] of isLong ? compilers : compilers.slice(0, 1)) {
    for (const kind of isLong ? ["nodenext", "bundler"] : ["nodenext"]) {
      await checks.check(`${name}: tsc ${version} --strict, ${kind}`, async () => {
        await run(["node", tsc, "-p", `tsconfig.${kind}.json`], options);
      });
    }
  }
}

for (const { name, node, add } of clients) {
  const options = project(name, node);
  await checks.check(`${name}: install`, async () => {
    await add(userPackages, options);
  });
  await downloadOnce(name, options);
  if (!isLong && name !== clients[0]?.name) continue;
  await useInstalled(name, options);
  await checkTypes(name, options);
}

await checks.check("the examples run in a foreign project", async () => {
  const options = project("examples", 26);
  writeExamples(options.folder);
  await viaNpm(["troupe", `ava@${avaVersion}`], options);
  await runExamples(options, requireWhole);
});

await checks.check("the tarball alone installs without a registry, and downloads", async () => {
  const options = project("tarball alone", 26);
  const environment = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };
  await run(["npm", "install", troupeTarball], { ...options, environment });
  await run(["node", "--no-warnings", "download.mts"], options);
  requireWhole(join(options.folder, "typescript"));
});

await checks.check(
  "a program and its threads bundled by esbuild run without node_modules",
  async () => {
    const options = project("bundled", 26);
    await viaNpm(["troupe"], options);
    const outdir = place("bundled-out");
    await build({
      absWorkingDir: options.folder,
      entryPoints: {
        program: "./download.cjs",
        ...Object.fromEntries(workerFiles.map((name) => [name, `troupe/${name}`])),
      },
      outdir,
      bundle: true,
      platform: "node",
      format: "esm",
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
    });
    for (const name of workerFiles) symlinkSync(`${name}.mjs`, join(outdir, `${name}.js`));
    writeFileSync(join(outdir, "job.torrent"), swarm.metainfo);
    await run(["node", "program.mjs"], {
      ...options,
      folder: outdir,
      environment: { DIRECTORY: "data" },
    });
    requireWhole(join(outdir, "data"));
  },
);

await checks.check("yarn with PnP: the library and the command say what to do", async () => {
  const options = project("pnp", 26);
  await viaYarn("pnp")(userPackages, options);
  const words = [
    ["node", "download.cjs"],
    ["node", "same-objects.mjs"],
    ["troupe", "--version"],
  ];
  for (const call of words) {
    const said = await run(["node", yarn, ...call], options).catch(String);
    if (!/nodeLinker: node-modules.*\[plug-and-play\]/.test(said)) throw new Error(said);
  }
});

const oldProject = { ...project("old node", 26), path: [] };
await checks.check("Node 20: npm of Node 26 installs the tarball", async () => {
  await viaNpm([troupeTarball], { ...oldProject, path: [nodeFolder(26)] });
});
for (const [name, call] of [
  ["import", ["--input-type=module", "--eval", 'import "troupe"']],
  ["require", ["--eval", 'require("troupe")']],
  ["the command", ["node_modules/troupe/bin/troupe.mjs"]],
] as const) {
  await checks.check(`Node 20, ${name}: one sentence says what to do`, async () => {
    const said = await run([oldNode, ...call], oldProject).catch(String);
    if (!/needs Node 24 or newer, this is Node 20\.\S+: install a newer one/.test(said)) {
      throw new Error(said);
    }
    if (/TypeError|SyntaxError/.test(said)) throw new Error(said);
  });
}

await checks.check("the steps of the Dockerfile, health check and stop signal", async () => {
  const root = place("container");
  mkdirSync(root);
  for (const path of [folder.path, root]) chmodSync(path, 0o755);
  const file = fileURLToPath(new URL("../../Dockerfile", import.meta.url));
  const image = await buildImage(file, root, home);
  if (!/^node:\d+-[a-z]+-slim$/.test(image.base)) throw new Error(`the base is ${image.base}`);
  const port = String(await freePort());
  const listen = `127.0.0.1:${await freePort()}`;
  const healthUrl = (image.environment["HEALTH_URL"] ?? "").replace("127.0.0.1:9091", listen);
  const environment = { ...image.environment, HEALTH_URL: healthUrl, HOME: join(root, "state") };
  const options = { folder: image.folder, environment };
  const start = (words: readonly string[]) => startProcess([...image.asUser, ...words], options);
  const help = await start([...image.entryPoint, "help"]);
  if ((await help.exited).status !== 0) throw new Error(help.tail());
  writeFileSync(join(root, "data/job.torrent"), swarm.metainfo);
  const words = ["job.torrent", "--seed", "--json", "--bind", "127.0.0.1", "--port", port];
  await using job = await start([...image.entryPoint, ...words]);
  await job.lineWhere("complete", (line) => line.includes(`"event":"complete"`) || undefined);
  await job.stop(5_000, image.stopSignal as NodeJS.Signals);
  requireWhole(join(root, "data"));
  const served = image.command.map((word) => word.replace("0.0.0.0:9091", listen));
  const alone = ["--port", port, "--no-dht", "--no-lsd", "--no-port-mapping"];
  await using container = await start([...image.entryPoint, ...served, ...alone]);
  await container.lineWhere("a place", (line) => line.includes("remotes connect to") || undefined);
  const health = await start(image.healthCheck);
  if ((await health.exited).status !== 0) throw new Error(`not healthy: ${health.tail()}`);
  process.kill(container.pid, image.stopSignal);
  const { status } = await container.exited;
  if (status !== 0) throw new Error(`it ended with ${status}: ${container.tail()}`);
  const sick = await start(image.healthCheck);
  if ((await sick.exited).status === 0) throw new Error("healthy without a program");
});

console.log(`# pass ${checks.passed}\n# fail ${checks.failed}`);
process.exitCode = checks.failed === 0 ? 0 : 1;
