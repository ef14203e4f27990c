// Checks a parsed scenario file against the JSON schema.

import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { ContentFault } from "@troupe/yaml-file";
import { scenarioSchema } from "./scenario-schema.ts";
import type { FileShape } from "./file-shape.ts";
import { shapeFault } from "./shape-fault.ts";

let compiled: ValidateFunction<FileShape> | undefined;

/** @throws ContentFault */
export function checkShape(value: unknown): FileShape {
  compiled ??= new Ajv2020({
    discriminator: true,
    allowUnionTypes: true,
    ownProperties: true,
    verbose: true,
  }).compile<FileShape>(scenarioSchema);
  if (compiled(value)) return value;
  throw shapeFault(decisive(compiled.errors ?? []));
}

/** The error of the innermost value; of a choice between scalars the error of the choice. */
function decisive(errors: readonly ErrorObject[]): ErrorObject {
  const choice = errors.find(({ keyword }) => keyword === "oneOf");
  const found = choice ?? errors[0];
  if (found === undefined) throw new ContentFault([], "the file is no scenario");
  return found;
}
