// A user's program that esbuild has joined with the library into one file.

import { copyFileSync, cpSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { workerFiles } from "@troupe/coordinator";
import { build, type Format } from "esbuild";
import { bundleEach, workerEntryPoints } from "../../scripts/bundle-modules.ts";
import { endsByItself, startProgram } from "../support/programs/program.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const source = fileURLToPath(new URL("fixtures/bundled-leech.ts", import.meta.url));
const totalBytes = 1024 * 1024;

interface Said {
  readonly haveBytes?: number;
  readonly code?: string;
  readonly message?: string;
}

/** The program as one file of each format, and a folder of all workers: bundled once for all tests. */
const bundles = temporaryFolder("bundled-program");
const workers = join(bundles.path, "workers");
const programs = {
  esm: join(bundles.path, "program.mjs"),
  cjs: join(bundles.path, "program.cjs"),
} as const satisfies Partial<Record<Format, string>>;

test.before(async () => {
  const options = { bundle: true, platform: "node", logLevel: "silent" } as const;
  for (const format of ["esm", "cjs"] as const)
    await build({ ...options, entryPoints: [source], format, outfile: programs[format] });
  await bundleEach(workerEntryPoints(), workers);
});

test.after.always(() => bundles[Symbol.dispose]());

/** The program in a folder with worker files beside it, which goes with the test. */
function programBeside(t: ExecutionContext, isCopied: (name: string) => boolean): string {
  const folder = temporaryFolder("bundled-beside");
  t.teardown(() => folder[Symbol.dispose]());
  cpSync(workers, folder.path, { recursive: true, filter: (path) => isCopied(basename(path)) });
  const program = join(folder.path, "program.mjs");
  copyFileSync(programs.esm, program);
  return program;
}

/** Runs the bundled program beside a seeder. */
async function run(program: string, ...folders: string[]): Promise<Said> {
  await using swarm = await Swarm.open({ pieceLengthBytes: 64 * 1024, files: totalBytes });
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const seeder = await swarm.pacedSeeder();
  const words = [swarm.folder("data").path, torrent, String(seeder.port), ...folders];
  await using running = await startProgram(pathToFileURL(program), words);
  const { status } = await endsByItself(running);
  if (status !== 0) throw new Error(running.tail());
  return JSON.parse(running.lines.at(-1) ?? "{}") as Said;
}

for (const format of ["esm", "cjs"] as const) {
  test(`a program bundled as ${format} without its worker files gets an error that names the document`, async (t) => {
    const { code, message } = await run(programs[format]);
    t.is(code, "worker-file-not-found");
    t.regex(message ?? "", /worker file .*not found: .* bundled; see docs\/embedding\.md$/);
  });

  test(`a program bundled as ${format} finds its workers in the folder of workerUrls`, async (t) => {
    t.deepEqual(await run(programs[format], workers), { haveBytes: totalBytes });
  });
}

test("a program bundled as esm finds the worker files beside it", async (t) => {
  t.deepEqual(await run(programBeside(t, () => true)), { haveBytes: totalBytes });
});

test("the error names a worker file that is missing beside the others", async (t) => {
  const program = programBeside(t, (name) => name !== "peer.worker.js");
  const { code, message } = await run(program);
  t.is(code, "worker-file-not-found");
  t.regex(message ?? "", /peer\.worker\.js not found/);
});

test("a folder of workerUrls without one of the files is refused", async (t) => {
  const { code, message } = await run(programs.esm, "/nowhere");
  t.is(code, "worker-file-not-found");
  t.regex(message ?? "", new RegExp(`/nowhere/${workerFiles[0]}\\.js`));
});
