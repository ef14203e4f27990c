// Parts of sentences about programs of the user.

import type { ProgramEnd } from "./run-program.ts";

/** The end of a program: `ended with exit code 1`, `was ended by SIGKILL`. */
export function spellEnd({ exitCode, signal }: ProgramEnd): string {
  return exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
}

/** The reason why a program could not be started. @param error Thrown by `runProgram`. */
export function startFailure(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such program" : (code ?? "it failed");
}
