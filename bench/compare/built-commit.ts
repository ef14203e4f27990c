// Troupe as an earlier commit has it, built in a folder of its own.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../test/support/programs/process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An earlier commit that runs. */
export interface BuiltCommit {
  /** The start of its command line. */
  readonly command: readonly string[];
  /** `troupe 0.1.0 (8b64c004)`. */
  readonly version: string;
}

/**
 * Unpacks a commit of this repository below `folder`, installs its dependencies and joins its modules, as a fresh clone does.
 *
 * @param commit Any name of a commit that git takes.
 * @throws rejects when the commit is not found, or does not build.
 */
export async function buildCommit(commit: string, folder: string): Promise<BuiltCommit> {
  const inRoot = { folder: root };
  const name = `${commit}^{commit}`;
  const [hash = ""] = await runProcess(["git", "rev-parse", "--verify", "--short", name], inRoot);
  const place = join(folder, hash);
  const archive = `${place}.tar`;
  mkdirSync(place, { recursive: true });
  await runProcess(["git", "archive", "--output", archive, hash], inRoot);
  await runProcess(["tar", "-x", "-f", archive, "-C", place]);
  const install = ["npx", "-y", "pnpm@12", "install", "--frozen-lockfile"];
  await runProcess(install, { folder: place, environment: { CI: "true" } });
  const command = [process.execPath, join(place, "packages/cli/bin/troupe.mjs")];
  const [version = ""] = await runProcess([...command, "--version"]);
  return { command, version: `${version} (${hash})` };
}
