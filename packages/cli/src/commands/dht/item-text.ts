// Values of items, which come from strangers, for people and for scripts.

import { bencodeLimits, decode, type BencodeValue } from "@troupe/protocol/bencode";
import { cleanText } from "@troupe/protocol/text";
import { safeJson } from "../../output/json-lines.ts";

/** Characters of a text that are shown; a longer text is cut. */
const mostShown = 1_000;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** An item as JSON. */
type ItemJson = number | string | readonly ItemJson[] | { readonly [key: string]: ItemJson };

/** A text as it is, without control characters; another value as JSON. @param value One bencoded value. */
export function itemText(value: Uint8Array): string {
  const json = itemJson(value);
  return typeof json === "string" ? cleanText(json, mostShown) : safeJson(json);
}

/** Text, numbers, lists and objects; bytes that are no UTF-8 as `{hex}`. @param value One bencoded value. */
export function itemJson(value: Uint8Array): ItemJson {
  try {
    return plain(decode(value, bencodeLimits.krpc));
  } catch {
    return { hex: hexOf(value) };
  }
}

function plain(value: BencodeValue): ItemJson {
  switch (value.kind) {
    case "integer": {
      const number = value.integer ?? 0n;
      return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
    }
    case "string":
      return textOf(value.string ?? new Uint8Array(0));
    case "list":
      return Array.from(value.items(), plain);
    case "dictionary":
      return Object.fromEntries(
        Array.from(value.entries(), ([key, entry]) => [keyText(key), plain(entry)]),
      );
  }
}

function textOf(bytes: Uint8Array): ItemJson {
  try {
    return decoder.decode(bytes);
  } catch {
    return { hex: hexOf(bytes) };
  }
}

function keyText(bytes: Uint8Array): string {
  const text = textOf(bytes);
  return typeof text === "string" ? text : hexOf(bytes);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
