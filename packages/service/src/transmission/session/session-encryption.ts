// The setting `encryption` of the session.

import type { LiveEngineSettings } from "@troupe/control";
import { RpcError } from "../rpc-error.ts";

type Mode = NonNullable<LiveEngineSettings["encryption"]>;

/** Names in both versions of the interface. */
const modes: ReadonlyMap<string, Mode> = new Map([
  ["allowed", "allow"],
  ["tolerated", "allow"],
  ["preferred", "prefer"],
  ["required", "require"],
]);

/** Without encryption plain connections are preferred, too. */
const names: Readonly<Record<Mode, string>> = {
  off: "allowed",
  allow: "allowed",
  prefer: "preferred",
  require: "required",
};

/** The name of a mode. */
export function shownEncryption(mode: Mode = "allow"): string {
  return names[mode];
}

/** @throws RpcError for a name that there is not. */
export function encryptionIn(name: string | undefined): Mode | undefined {
  if (name === undefined) return undefined;
  const mode = modes.get(name);
  if (mode !== undefined) return mode;
  const text = `encryption is ${name}; allowed are ${[...modes.keys()].join(", ")}`;
  throw new RpcError("invalid-params", { text });
}
