// The examples of the repository in a user's project, which has installed the package `troupe` alone.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "../support/programs/process.ts";
import { run, runLoadTest, type RunOptions } from "./run.ts";

/** The example of a load test is a test of ava. */
export const avaVersion = "8.0.1";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

/** Copies the examples into a project, and makes it one of modules. */
export function writeExamples(folder: string): void {
  const filter = (path: string): boolean => !path.endsWith("tsconfig.json");
  cpSync(examples, folder, { recursive: true, filter });
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  write("package.json", {
    name: "user",
    private: true,
    type: "module",
    ava: { extensions: ["ts"] },
  });
}

/** Downloads by the example of a download, seeds the same folder, uses the modules, and runs the load test. */
export async function runExamples(
  options: RunOptions,
  requireWhole: (directory: string) => void,
): Promise<void> {
  await run(["node", "download/download.ts", "job.torrent", "downloaded"], options);
  requireWhole(join(options.folder, "downloaded"));
  await seedUntilInterrupted(options);
  const words = ["job.torrent", "--dir", "by-modules", "--state-dir", "state", "--quiet"];
  const network = ["--bind", "127.0.0.1", "--port", "0"];
  const picker = ["--picker", "./modules/window-picker.ts"];
  const others = [
    "--choker",
    "./modules/near-choker.ts",
    "--extension",
    "./modules/chat-extension.ts",
  ];
  const command = join(options.folder, "node_modules/.bin/troupe");
  await run([command, ...words, ...network, ...picker, ...others], options);
  requireWhole(join(options.folder, "by-modules"));
  const loadTest = "load-test/client.test.ts";
  // Without an event for ten seconds ava would end the run; a busy machine makes twenty leechers in more.
  const ava = ["node", "node_modules/ava/entrypoints/cli.js", "--timeout=10m"];
  await runLoadTest([...ava, loadTest], options);
}

async function seedUntilInterrupted({ folder, home }: RunOptions): Promise<void> {
  const command = [process.execPath, "seed/seed.ts", "job.torrent", "downloaded"];
  await using seed = await startProcess(command, { folder, environment: { HOME: home } });
  const isSeeding = (line: string): true | undefined => line.startsWith("seeding ") || undefined;
  await seed.lineWhere("that it seeds", isSeeding);
  process.kill(seed.pid, "SIGINT");
  const { status } = await seed.exited;
  if (status !== 0) throw new Error(`the example of a seed ended with ${status}: ${seed.tail()}`);
}
