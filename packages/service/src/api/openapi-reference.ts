import type { JsonSchema } from "@troupe/control";

/** A reference to a schema of the document's components. */
export function reference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The version of the view, in responses. */
export const versionSchema: JsonSchema = {
  type: "integer",
  minimum: 0,
  description: "The version of the view. `GET /torrents?since=` gives what changed after it.",
};
