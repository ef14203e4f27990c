// Changes to entries of a bencoded dictionary. All other bytes stay as they are, in their order.

import type { BencodeValue } from "../bencode/bencode-value.ts";

/** An entry of a new dictionary. Its value is bencoded; a key in text becomes UTF-8. */
export type NewEntry = readonly [key: string | Uint8Array, value: Uint8Array];

/** New values by key, bencoded; undefined removes the entry. Keys are ASCII. */
export type DictionarySplice = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * Writes a dictionary again with these entries. A new entry goes before the first key that is greater, which keeps a sorted
 * dictionary sorted.
 *
 * @returns Memory of its own.
 */
export function spliceDictionary(dictionary: BencodeValue, splice: DictionarySplice): Uint8Array {
  const source = dictionary.encoded;
  const { start } = dictionary.span;
  const present = new Set<string>();
  for (const [key] of dictionary.entries()) {
    const name = keyText(key);
    if (splice.has(name)) present.add(name);
  }
  const added = [...splice].filter(([key, value]) => value !== undefined && !present.has(key));
  added.sort(([one], [other]) => compareKeys(Buffer.from(one), Buffer.from(other)));
  const parts: Uint8Array[] = [Buffer.from("d")];
  const written = new Set<string>();
  let at = 1;
  for (const [key, value] of dictionary.entries()) {
    while (added[0] !== undefined && compareKeys(Buffer.from(added[0][0]), key) < 0)
      parts.push(...entryOf(added.shift()));
    const end = value.span.end - start;
    const name = keyText(key);
    // The first value of a repeated key holds: the others are left out.
    if (present.has(name) && !written.has(name)) parts.push(...entryOf([name, splice.get(name)]));
    else if (!present.has(name)) parts.push(source.subarray(at, end));
    if (present.has(name)) written.add(name);
    at = end;
  }
  for (const entry of added) parts.push(...entryOf(entry));
  return new Uint8Array(Buffer.concat([...parts, Buffer.from("e")]));
}

/** @returns A bencoded string. @param content Text becomes UTF-8. */
export function bencodedString(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
}

/** @returns A bencoded list. @param values Bencoded. */
export function bencodedList(values: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from("l"), ...values, Buffer.from("e")]);
}

/** @returns A bencoded dictionary, its keys in the order of their bytes, in memory of its own. */
export function bencodedDictionary(entries: readonly NewEntry[]): Uint8Array {
  const sorted = entries
    .map(([key, value]) => [Buffer.from(key), value] as const)
    .toSorted(([one], [other]) => compareKeys(one, other));
  const parts = sorted.flatMap(([key, value]) => [bencodedString(key), value]);
  return new Uint8Array(Buffer.concat([Buffer.from("d"), ...parts, Buffer.from("e")]));
}

type Entry = readonly [key: string, value: Uint8Array | undefined];

function entryOf(entry: Entry | undefined): readonly Uint8Array[] {
  if (entry?.[1] === undefined) return [];
  return [bencodedString(entry[0]), entry[1]];
}

/** A character a byte: keys that are no ASCII differ from all that are. */
function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

function compareKeys(one: Uint8Array, other: Uint8Array): number {
  return Buffer.compare(one, other);
}
