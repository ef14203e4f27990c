import type { ExecutionContext } from "ava";
import { ProtocolError, type ProtocolErrorCode } from "../../src/errors.ts";
import { flips, prefixes } from "./bytes.ts";

/** Asserts that `act` throws a ProtocolError of this code with a whole sentence, and gives it back. */
export function refuses(
  t: ExecutionContext,
  code: ProtocolErrorCode,
  act: () => unknown,
): ProtocolError {
  const error = t.throws<ProtocolError>(act, { instanceOf: ProtocolError, code });
  t.regex(error.message, / .* /);
  return error;
}

/** Runs `act`, which may refuse but not fail otherwise. @returns Whether it was accepted. */
export function acceptsOrRefuses(t: ExecutionContext, act: () => unknown, about: string): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof ProtocolError)) t.fail(`${about}: ${String(error)}`);
    return false;
  }
}

/** A decoder meets a valid input cut at every byte, and with every bit flipped: it accepts or refuses, no more. */
export function survivesDamage(
  t: ExecutionContext,
  valid: Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): void {
  t.notThrows(() => decode(valid));
  for (const cut of prefixes(valid)) {
    acceptsOrRefuses(t, () => decode(cut), `cut at ${cut.length}`);
  }
  let number = 0;
  for (const flipped of flips(valid)) {
    acceptsOrRefuses(t, () => decode(flipped), `bit ${number++} flipped`);
  }
}
