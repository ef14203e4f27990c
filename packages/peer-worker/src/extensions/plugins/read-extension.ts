// The gate of plugins: their extensions are checked before peers hear of them.

import { type Encodable, encode } from "@troupe/protocol/bencode";
import { knownHandshakeKeys } from "@troupe/protocol/peer";

import {
  maxPluginBytes,
  maxPluginFieldBytes,
  maxPluginMessages,
  usualPluginBytes,
  usualPluginMessages,
} from "../../limits.ts";
import type { PeerExtension } from "./peer-extension.ts";

/** A checked plugin extension. */
export interface CheckedExtension {
  /** URL of its module. */
  readonly url: string;
  readonly name: string;
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly fields: Readonly<Record<string, Encodable>>;
  /** Has the handlers. */
  readonly made: PeerExtension;
}

/** An extension that cannot be used. The message is the end of a sentence. */
export class ExtensionRefusal extends Error {
  override readonly name = "ExtensionRefusal";
}

/** @param made The result of a module. @throws {ExtensionRefusal} And errors of its properties. */
export function readExtension(url: string, made: unknown): CheckedExtension {
  if (made instanceof Promise) made.catch(() => {});
  if (typeof made !== "object" || made === null || made instanceof Promise)
    throw new ExtensionRefusal("it made no object with a name and a handler of messages");
  const { name, fields } = made as Readonly<Record<string, unknown>>;
  const { maxBytes, maxMessages } = made as Readonly<Record<string, unknown>>;
  checkHandlers(made);
  return {
    url,
    name: checkName(name),
    maxBytes: wholeNumber("maxBytes", maxBytes, usualPluginBytes, maxPluginBytes),
    maxMessages: wholeNumber("maxMessages", maxMessages, usualPluginMessages, maxPluginMessages),
    fields: checkFields(fields),
    made: made as PeerExtension,
  };
}

/** @throws {ExtensionRefusal} An extension of the same torrent has the name or a field. */
export function checkDifferent(
  all: readonly CheckedExtension[],
  ownNames: readonly string[],
): void {
  const names = new Set(ownNames);
  const keys = new Set<string>();
  for (const { name, fields } of all) {
    if (names.has(name)) throw new ExtensionRefusal(`the torrent has another extension "${name}"`);
    names.add(name);
    for (const key of Object.keys(fields)) {
      if (keys.has(key)) throw new ExtensionRefusal(`another extension has the field "${key}"`);
      keys.add(key);
    }
  }
}

function checkHandlers(made: object): void {
  const handlers = made as Readonly<Record<string, unknown>>;
  if (typeof handlers["message"] !== "function")
    throw new ExtensionRefusal("its message must be a function");
  for (const key of ["connected", "disconnected", "close"]) {
    const handler = handlers[key];
    if (handler !== undefined && typeof handler !== "function")
      throw new ExtensionRefusal(`its ${key} must be a function`);
  }
}

function checkName(name: unknown): string {
  if (typeof name === "string" && /^[!-~]{1,64}$/.test(name)) return name;
  throw new ExtensionRefusal("its name must have 1 to 64 visible ASCII characters");
}

function wholeNumber(key: string, value: unknown, usual: number, most: number): number {
  if (value === undefined) return usual;
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
  throw new ExtensionRefusal(`its ${key} must be a whole number from 1 to ${most}`);
}

/** @returns A copy: later changes have no effect. */
function checkFields(fields: unknown): Readonly<Record<string, Encodable>> {
  if (fields === undefined) return {};
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new ExtensionRefusal("its fields must be an object");
  const copy = structuredClone(fields) as Readonly<Record<string, Encodable>>;
  const key = Object.keys(copy).find((name) => knownHandshakeKeys.has(name));
  if (key !== undefined) throw new ExtensionRefusal(`its field "${key}" has a meaning of BEP 10`);
  const { length } = encode(copy);
  if (length <= maxPluginFieldBytes) return copy;
  throw new ExtensionRefusal(
    `its fields have ${length} bytes when bencoded, ${maxPluginFieldBytes} are allowed`,
  );
}
