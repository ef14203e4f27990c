// Parts that the JSON schema of scenario files is made of. The `title` of a value is the end of the sentence "allowed is …".

import { quantityTexts, quantityTitles, type QuantityKind } from "@troupe/control";

/** A JSON schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** The length of a name of a target, torrent, group or phase. */
const longestName = 40;

/** The pattern of names of targets, torrents, groups and phases. */
const namePattern: string = `^[A-Za-z][A-Za-z0-9_-]{0,${longestName - 1}}$`;

/** A quantity with its unit. */
export function quantity(kind: QuantityKind, description: string, more: Schema = {}): Schema {
  return {
    title: quantityTitles[kind],
    description,
    type: "string",
    pattern: `^${quantityTexts[kind]}$`,
    ...more,
  };
}

/** A whole number within bounds. */
export function whole(least: number, most: number, description: string, more: Schema = {}): Schema {
  return {
    title: `a whole number from ${least} to ${most}`,
    description,
    type: "integer",
    minimum: least,
    maximum: most,
    ...more,
  };
}

/** One of several words. */
export function word(words: readonly string[], description: string, more: Schema = {}): Schema {
  return { title: words.join(", "), description, enum: words, ...more };
}

/** The name of a target, torrent or phase of the file. */
export function reference(what: string, description: string): Schema {
  return {
    title: `the name of a ${what} of this file`,
    description,
    type: "string",
    maxLength: 200,
  };
}

/** Text of a bounded length. */
export function text(
  title: string,
  longest: number,
  description: string,
  more: Schema = {},
): Schema {
  return {
    title: `${title} of 1 to ${longest} characters`,
    description,
    type: "string",
    minLength: 1,
    maxLength: longest,
    ...more,
  };
}

/** A mapping with these keys and no other. */
export function mapping(
  title: string,
  description: string,
  properties: Schema,
  required: readonly string[] = [],
): Schema {
  return {
    title,
    description,
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** A mapping of names that the file chooses. */
export function named(title: string, most: number, description: string, value: Schema): Schema {
  return {
    title: `${title}, 1 to ${most} of them`,
    description,
    type: "object",
    propertyNames: {
      title: `a name of a letter and up to ${longestName - 1} letters, digits, - and _`,
      pattern: namePattern,
    },
    maxProperties: most,
    additionalProperties: value,
  };
}

/** A mapping or, for the simple cases, a short form. */
export function shortOrMapping(short: Schema, long: Schema): Schema {
  return {
    ...long,
    title: short["title"],
    type: ["object", "string"],
    if: { type: "object" },
    else: short,
  };
}
