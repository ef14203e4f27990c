// Texts of files in the state folder.

import { readFileSync } from "node:fs";
import { codeOf } from "@troupe/actor-runtime";

/** Reads a file. @returns Undefined where there is none. @throws a system error for a file that cannot be read */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The value of a text. @returns Undefined for a text that is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
