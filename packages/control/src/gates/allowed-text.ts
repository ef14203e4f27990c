import type { Gate } from "./gate.ts";

/** The values that pass a gate, as errors and reference pages say them: `a whole number from 1 to 64`. */
export function allowedText(gate: Gate): string {
  switch (gate.kind) {
    case "flag":
      return "true or false";
    case "whole":
    case "bytes":
    case "duration":
      return `a whole number from ${gate.min} to ${gate.max}`;
    case "rate":
      return `0 or a whole number from ${gate.min} to ${gate.max}`;
    case "ratio":
      return `a number above 0, ${gate.max} at most`;
    case "word":
      return gate.words.join(", ");
    case "text":
      return gate.allowed;
    case "address":
      return "a numeric address";
    case "path":
      return `the path of a ${gate.of}`;
    case "url":
      return "http and https URLs without a user";
    case "list":
      return listText(gate.least, gate.most);
    case "record":
      return "an object";
    case "either":
      return choicesText(gate.of);
  }
}

function listText(least: number, most: number): string {
  return least === 0 ? `a list of ${most} at most` : `a list of ${least} to ${most}`;
}

/** `rate, all, or a whole number from 1 to 10000`. */
function choicesText(choices: readonly Gate[]): string {
  const texts = choices.map(allowedText);
  const last = texts.pop() ?? "";
  return texts.length === 0 ? last : `${texts.join(", ")}, or ${last}`;
}
