// Values that modules of the user's program give. Errors are the ends of sentences that begin with the module.

import { errorText } from "@troupe/protocol/text";

/** Characters of an error of a module that a message shows. */
export const longestModuleError = 200;

/** A module failed, as by a wrong value. The message is the end of a sentence that begins with the module. */
export class WrongAnswer extends Error {}

/** The error of a module as the end of a sentence that begins with the module. */
export function deedOf(error: unknown): string {
  if (error instanceof WrongAnswer) return error.message;
  return `threw ${errorText(error, longestModuleError)}`;
}

/** @returns The default export of a module. @throws WrongAnswer */
export function makerOf(made: unknown): (torrent?: unknown) => unknown {
  if (typeof made !== "function") throw new WrongAnswer("has no function as its default export");
  return made as (torrent?: unknown) => unknown;
}

/**
 * The gate for an object that a module makes.
 *
 * @param needed The object has this method.
 * @param optional The object may have these methods.
 * @throws WrongAnswer
 */
export function partOf(part: unknown, needed: string, optional: readonly string[]): object {
  if (typeof part !== "object" || part === null)
    throw new WrongAnswer(`returned no object with the method \`${needed}\``);
  for (const name of [needed, ...optional]) {
    const method = (part as Readonly<Record<string, unknown>>)[name];
    if (typeof method === "function" || (method === undefined && name !== needed)) continue;
    throw new WrongAnswer(`returned an object whose \`${name}\` is no method`);
  }
  return part;
}
