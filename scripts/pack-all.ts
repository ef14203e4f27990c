// Packs the package `troupe` and the scoped packages into dist-packages: `pnpm run pack:all`, which runs `tsc` before.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./bundle-modules.ts";
import { writeScopedPackage } from "./pack/scoped-package.ts";
import { writeTroupePackage } from "./pack/troupe-package.ts";
import { workspacePackages } from "./pack/workspace-packages.ts";

const target = join(root, "dist-packages");
const staging = mkdtempSync(join(tmpdir(), "troupe-pack-"));
try {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const { packages, version } = workspacePackages();
  await writeTroupePackage(stage("troupe"), packages, version);
  pack("troupe");
  for (const one of packages) {
    await writeScopedPackage(stage(one.shortName), one, version);
    pack(one.shortName);
  }
} finally {
  rmSync(staging, { recursive: true });
}

function stage(name: string): string {
  const folder = join(staging, name);
  mkdirSync(folder);
  return folder;
}

function pack(name: string): void {
  const words = ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", target];
  const printed = execFileSync("npm", words, { cwd: join(staging, name), encoding: "utf8" });
  process.stdout.write(`dist-packages/${printed}`);
}
