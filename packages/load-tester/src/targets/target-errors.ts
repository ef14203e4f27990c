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

/** A network namespace was not made. */
export function failedNetwork(name: string, reason: string): TroupeError {
  const message = `cannot make the network of the target "${name}": ${reason}`;
  return new TroupeError("network-failed", message, { details: { target: name } });
}

/** This machine may not give the prefix to a network namespace. */
export function refusedPrefix(name: string, prefix: string, reason: string): TroupeError {
  const message = `cannot make the network of the target "${name}" with the prefix ${prefix}: ${reason}`;
  return new TroupeError("network-refused", message, { details: { target: name, prefix } });
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
