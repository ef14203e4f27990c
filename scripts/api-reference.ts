// Writes the API reference of `@troupe/coordinator` and `@troupe/dht-worker` into api-reference/: `pnpm run docs:api`,
// which runs `tsc` before.
//
// TypeDoc brings a TypeScript of its own and is installed by npm into a temporary folder, outside the workspace. It
// reads the built declarations. A warning counts as a failure.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./bundle-modules.ts";
import { copyDeclarations } from "./pack/declarations.ts";
import { workspacePackages } from "./pack/workspace-packages.ts";

const entryPoints = [
  "types/coordinator/index.d.ts",
  "types/coordinator/testing.d.ts",
  "types/dht-worker/index.d.ts",
];
const settings = {
  compilerOptions: { module: "nodenext", target: "es2024", strict: true, types: ["node"] },
  files: entryPoints,
  typedocOptions: {
    name: "Troupe",
    entryPoints,
    readme: "none",
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    intentionallyNotExported: ["announceModes"],
    treatWarningsAsErrors: true,
  },
};
const folder = mkdtempSync(join(tmpdir(), "troupe-api-"));
try {
  const { packages, version } = workspacePackages();
  await copyDeclarations(packages, join(folder, "types"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "troupe", version }));
  const tools = ["typedoc@0.28", "typescript@5.9", "@types/node@26"];
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tools]);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  run(join("node_modules", ".bin", "typedoc"), ["--out", join(root, "api-reference")]);
} finally {
  rmSync(folder, { recursive: true });
}

function run(program: string, words: readonly string[]): void {
  execFileSync(program, words, { cwd: folder, stdio: "inherit" });
}
