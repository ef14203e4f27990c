// A user's program that esbuild has joined with the library into one file.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** The program as one file in a folder of its own, which goes with the test. */
async function bundle(t: ExecutionContext, format: Format): Promise<string> {
  const folder = temporaryFolder("bundled-program");
  t.teardown(() => folder[Symbol.dispose]());
  const outfile = join(folder.path, format === "cjs" ? "program.cjs" : "program.mjs");
  const options = { bundle: true, platform: "node", logLevel: "silent" } as const;
  await build({ ...options, entryPoints: [source], format, outfile });
  return outfile;
}

/** Runs the bundled program beside a seeder. */
async function run(t: ExecutionContext, program: string, ...workers: string[]): Promise<Said> {
  await using swarm = await Swarm.open({ pieceLengthBytes: 64 * 1024, files: totalBytes });
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const seeder = await swarm.pacedSeeder();
  const words = [swarm.folder("data").path, torrent, String(seeder.port), ...workers];
  await using running = await startProgram(pathToFileURL(program), words);
  const { status } = await endsByItself(running);
  t.is(status, 0, running.tail());
  return JSON.parse(running.lines.at(-1) ?? "{}") as Said;
}

for (const format of ["esm", "cjs"] as const) {
  test(`a program bundled as ${format} without its worker files gets an error that names the document`, async (t) => {
    const { code, message } = await run(t, await bundle(t, format));
    t.is(code, "worker-file-not-found");
    t.regex(message ?? "", /worker file .*not found: .* bundled; see docs\/embedding\.md$/);
  });

  test(`a program bundled as ${format} finds its workers in the folder of workerUrls`, async (t) => {
    const workers = temporaryFolder("workers");
    t.teardown(() => workers[Symbol.dispose]());
    await bundleEach(workerEntryPoints(), workers.path);
    t.deepEqual(await run(t, await bundle(t, format), workers.path), { haveBytes: totalBytes });
  });
}

test("a program bundled as esm finds the worker files beside it", async (t) => {
  const program = await bundle(t, "esm");
  await bundleEach(workerEntryPoints(), join(program, ".."));
  t.deepEqual(await run(t, program), { haveBytes: totalBytes });
});

test("the error names a worker file that is missing beside the others", async (t) => {
  const program = await bundle(t, "esm");
  const { "peer.worker": _, ...others } = workerEntryPoints();
  await bundleEach(others, join(program, ".."));
  const { code, message } = await run(t, program);
  t.is(code, "worker-file-not-found");
  t.regex(message ?? "", /peer\.worker\.js not found/);
});

test("a folder of workerUrls without one of the files is refused", async (t) => {
  const { code, message } = await run(t, await bundle(t, "esm"), "/nowhere");
  t.is(code, "worker-file-not-found");
  t.regex(message ?? "", new RegExp(`/nowhere/${workerFiles[0]}\\.js`));
});
