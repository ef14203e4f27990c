// The sentence of a value that the JSON schema refuses.

import type { ErrorObject } from "ajv";
import { suggestion } from "@troupe/protocol/text";
import { ContentFault, spellPath, spellSeen, wrongValue } from "@troupe/yaml-file";
import type { Path } from "@troupe/yaml-file";
import { behaviours } from "./group-schema.ts";

const longestWord = 60;

/** The fault that an error of the validator stands for. */
export function shapeFault(error: ErrorObject): ContentFault {
  const path = pathOf(error.instancePath);
  const schema = error.parentSchema ?? {};
  if (error.propertyName !== undefined) return wrongName(path, error.propertyName, schema);
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(path, textOf(error.params["additionalProperty"]), schema);
    case "required": {
      const known = Object.keys(property(schema, "properties") ?? {});
      // A misspelt key explains more than the missing one.
      const unknown = Object.keys(Object(error.data)).find((key) => !known.includes(key));
      if (known.length > 0 && unknown !== undefined) return unknownKey(path, unknown, schema);
      return missingKey(path, textOf(error.params["missingProperty"]));
    }
    case "discriminator":
      return wrongBehaviour(path, error.params["tagValue"]);
    default:
      return badValue(path, error.data, schema);
  }
}

function unknownKey(path: Path, key: string, schema: object): ContentFault {
  const known = Object.keys(property(schema, "properties") ?? {});
  const meant = suggestion(key.slice(0, longestWord), known);
  const where = path.length === 0 ? "" : ` in ${spellPath(path)}`;
  const sentence = `there is no key ${spellSeen(key)}${where}; allowed are ${known.join(", ")}${meant}`;
  return new ContentFault([...path, key], sentence, true);
}

function missingKey(path: Path, key: string): ContentFault {
  const allowed = key === "behaviour" ? `; allowed is ${behaviours.join(", ")}` : "";
  const sentence = `${spellPath(path)} lacks the key "${key}"${allowed}`;
  return new ContentFault(path, sentence, path.length > 0);
}

function wrongBehaviour(path: Path, seen: unknown): ContentFault {
  if (seen === undefined) return missingKey(path, "behaviour");
  const place = [...path, "behaviour"];
  const meant = typeof seen === "string" ? suggestion(seen.slice(0, longestWord), behaviours) : "";
  const { message } = wrongValue(place, seen, behaviours.join(", "));
  return new ContentFault(place, `${message}${meant}`);
}

function wrongName(path: Path, name: string, schema: object): ContentFault {
  const sentence = `the name ${spellSeen(name)} in ${spellPath(path)} is not allowed; allowed is ${titleOf(schema)}`;
  return new ContentFault([...path, name], sentence, true);
}

function badValue(path: Path, seen: unknown, schema: object): ContentFault {
  const { message } = wrongValue(path, seen, titleOf(schema));
  const words = property(schema, "enum");
  const isWord = typeof seen === "string" && Array.isArray(words);
  const meant = isWord ? suggestion(seen.slice(0, longestWord), words.map(String)) : "";
  return new ContentFault(path, `${message}${meant}`);
}

function titleOf(schema: object): string {
  return textOf(property(schema, "title") ?? "another value");
}

function property(schema: object, name: string): object | string | undefined {
  const found: unknown = Object.hasOwn(schema, name)
    ? Object.entries(schema).find(([key]) => key === name)?.[1]
    : undefined;
  return typeof found === "object" || typeof found === "string" ? (found ?? undefined) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Path of a JSON pointer; numbers are indices of lists. */
function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
