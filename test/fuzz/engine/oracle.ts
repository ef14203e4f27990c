// Checks for targets.

import { ProtocolError } from "@troupe/protocol/errors";
import { cleanText } from "@troupe/protocol/text";

/** The oracle does not hold: what our code did with the input is wrong. */
export class OracleBroken extends Error {
  constructor(message: string) {
    super(message);
    this.name = "OracleBroken";
  }
}

/** @throws {OracleBroken} when it does not hold. */
export function hold(isSo: boolean, otherwise: string | (() => string)): asserts isSo {
  if (!isSo) throw new OracleBroken(typeof otherwise === "string" ? otherwise : otherwise());
}

/** Longest sentence of an error. */
const longestMessage = 1_000;
/** Longest details of an error, as JSON. */
const longestDetails = 8_192;

/** @throws {OracleBroken} for an error without a stable code, or whose sentence holds what a terminal obeys. */
export function holdTyped(error: { readonly code: unknown; readonly message: string }): void {
  const { code, message } = error;
  hold(typeof code === "string" && isCode(code), () => `the code ${String(code)} is none`);
  hold(message.length > 10 && message.length <= longestMessage, () => `no sentence: "${message}"`);
  hold(!message.startsWith("bug:"), () => `a bug of ours: ${message}`);
  hold(isClean(message), () => `unclean: ${JSON.stringify(message)}`);
}

function isCode(text: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u.test(text);
}

/** @returns What `read` gives, or undefined where it refuses with a typed error. Any other error passes through. */
export function acceptedBy<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    holdTyped(error);
    hold(JSON.stringify(error.details).length <= longestDetails, "the details have no bound");
    return undefined;
  }
}

/** Whether two runs of bytes are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Whether a text is one line that a terminal shows as it is. */
export function isClean(text: string): boolean {
  let start = 0;
  while (text[start] === " ") start += 1;
  return cleanText(text, text.length + 1) === text.slice(start).trimEnd();
}
