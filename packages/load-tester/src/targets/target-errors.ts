// The errors of targets: one sentence each, before any load.

import { TroupeError } from "@troupe/control";

/** A running target does not answer. */
export function unreachable(name: string, address: string, reason: string): TroupeError {
  const message = `cannot reach the target "${name}" at ${address}: ${reason}; it must run and answer before the load begins`;
  return new TroupeError("target-unreachable", message, { details: { target: name, reason } });
}

/** A started target ended, or did not become ready. */
export function failedStart(name: string, program: string, reason: string): TroupeError {
  const message = `cannot start the target "${name}" (${program}): ${reason}`;
  return new TroupeError("target-failed", message, { details: { target: name, program } });
}

/** @param remedy How the program is installed. */
export function notInstalled(name: string, program: string, remedy: string): TroupeError {
  const message = `cannot start the target "${name}": the program ${program} is not installed; ${remedy}`;
  return new TroupeError("program-not-installed", message, { details: { target: name, program } });
}

/** @param folder In which the content would be put. */
export function tooLittleSpace(
  folder: string,
  neededBytes: number,
  freeBytes: number,
): TroupeError {
  const message = `cannot put content of ${neededBytes} bytes into ${folder}: ${freeBytes} bytes are free; TMPDIR names another folder`;
  return new TroupeError("too-little-space", message, {
    details: { folder, neededBytes, freeBytes },
  });
}
