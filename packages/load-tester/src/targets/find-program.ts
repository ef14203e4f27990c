// Whether a program is installed, and its version.

import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cleanText } from "@troupe/protocol/text";
import type { Program } from "./programs/program.ts";
import { notInstalled } from "./target-errors.ts";

const run = promisify(execFile);
const versionMs = 10_000;
const longestVersion = 40;

/**
 * @returns `libtorrent 2.0.8`.
 * @throws rejects with `program-not-installed`.
 */
export async function versionOf(
  target: string,
  name: string,
  program: Program,
  ownCommand: readonly string[],
): Promise<string> {
  const [file = "", ...words] = program.version(ownCommand);
  const output = await outputOf(file, words);
  if (output === undefined) {
    const remedy = program.debianPackage;
    const sentence = remedy === undefined ? "it is this command" : `Debian has it in ${remedy}`;
    throw notInstalled(target, name, sentence);
  }
  const found = program.versionPattern.exec(output)?.slice(1).find(Boolean) ?? "";
  return cleanText(`${name === "ours" ? "troupe" : name} ${found}`.trim(), longestVersion);
}

/** @throws `program-not-installed`. */
export function checkInstalled(target: string, file: string, program: Program): void {
  if (isInstalled(file)) return;
  throw notInstalled(target, file, `Debian has it in ${program.debianPackage ?? "no package"}`);
}

/** @param file The name of a program, or its path. */
function isInstalled(file: string): boolean {
  const folders = file.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, file)));
}

/** Programs print their version to either output, and some end with a status. */
async function outputOf(file: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(file, words, { timeout: versionMs });
    return stdout + stderr;
  } catch (error) {
    const {
      stdout = "",
      stderr = "",
      code,
    } = error as { stdout?: string; stderr?: string; code?: unknown };
    const isMissing = code === "ENOENT" || stderr.includes("ModuleNotFoundError");
    return isMissing ? undefined : stdout + stderr;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
