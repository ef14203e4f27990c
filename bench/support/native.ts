// The small C programs of the benchmarks, built when they are needed.

import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../test/support/programs/process.ts";

/**
 * Builds one C source into the temporary folder, unless it is there and newer than its source.
 *
 * @param options More words for the compiler.
 * @returns Path of the program.
 * @throws rejects without a C compiler, or with what it complains about.
 */
export async function buildNative(source: URL, options: readonly string[] = []): Promise<string> {
  const path = fileURLToPath(source);
  const folder = join(tmpdir(), "troupe-bench", "bin");
  const program = join(folder, basename(path, ".c"));
  if (existsSync(program) && statSync(program).mtimeMs > statSync(path).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  const fresh = `${program}.${randomUUID()}`;
  await runProcess(["cc", "-O2", "-Wall", "-Wextra", "-pthread", "-o", fresh, path, ...options], {
    debianPackage: "gcc",
  });
  renameSync(fresh, program);
  return program;
}
