// The file that tokens are saved in. It has nothing that proves a caller.

import { refuse, type Refusal } from "./refusal.ts";
import { readSecretText } from "./secret-bytes.ts";
import { mostTokens, refuseTokenName, type TokenRecord } from "./tokens.ts";

const version = 1;
/** More than a hundred records at their longest take; a longer file is refused. */
const longestText = 100_000;

/** The records as JSON. */
export function formatTokenRecords(tokens: readonly TokenRecord[]): string {
  return `${JSON.stringify({ version, tokens }, null, 1)}\n`;
}

/** @returns The records, or the refusal `tokens-malformed`: a record is never left out in silence. */
export function parseTokenRecords(text: string): readonly TokenRecord[] | Refusal {
  if (text.length > longestText) return malformed(`it has ${text.length} characters`);
  const file = parsed(text);
  if (!isObject(file) || file["version"] !== version || !Array.isArray(file["tokens"]))
    return malformed(`it is no JSON of version ${version}`);
  const records = (file["tokens"] as readonly unknown[]).map(recordOf);
  if (records.length > mostTokens) return malformed(`it has ${records.length} tokens`);
  const sound = records.filter((record) => record !== undefined);
  const isUnique = (["id", "name", "digest"] as const).every(
    (key) => new Set(sound.map((record) => record[key])).size === records.length,
  );
  return isUnique ? sound : malformed("a token is malformed or comes twice");
}

function recordOf(value: unknown): TokenRecord | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, right, digest, createdMs } = value;
  if (typeof id !== "string" || !/^[\da-f]{16}$/.test(id)) return undefined;
  if (typeof name !== "string" || refuseTokenName(name) !== undefined) return undefined;
  if (right !== "read" && right !== "control") return undefined;
  if (typeof digest !== "string" || readSecretText(digest)?.length !== 32) return undefined;
  if (typeof createdMs !== "number") return undefined;
  return { id, name, right, digest, createdMs };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function malformed(seen: string): Refusal {
  const message = `cannot read the saved tokens: ${seen}; allowed is the file as the service wrote it, with at most ${mostTokens} tokens`;
  return refuse(500, "tokens-malformed", message);
}
