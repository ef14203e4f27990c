import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cleanText } from "@troupe/protocol/text";
import type { Command } from "./network-plan.ts";

const run = promisify(execFile);
const commandMs = 10_000;
/** A machine may have very many routes. */
const mostOutputBytes = 64 * 1024 * 1024;
const longestReason = 300;

/** How a command ended. */
type CommandEnd =
  | { readonly kind: "done"; readonly output: string }
  /** A sentence with the command and its complaint. */
  | { readonly kind: "failed"; readonly reason: string };

/** Runs a command to its end, within 10 s. */
export async function runCommand([file = "", ...words]: Command): Promise<CommandEnd> {
  try {
    const options = { timeout: commandMs, maxBuffer: mostOutputBytes };
    const { stdout } = await run(file, words, options);
    return { kind: "done", output: stdout };
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    const complaint = stderr?.trim() || message;
    return {
      kind: "failed",
      reason: cleanText(`${[file, ...words].join(" ")}: ${complaint}`, longestReason),
    };
  }
}
