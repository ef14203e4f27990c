// The difference of two .torrents, a line an entry.

import type { InfoHashes } from "@troupe/protocol/identity";
import type { EditableFields, WrittenItem } from "@troupe/protocol/metainfo";

/** An entry that only one of two .torrents has. */
export interface ChangedLine {
  /** `-`: of the old one. `+`: of the new one. */
  readonly sign: "-" | "+";
  readonly field: string;
  /** Text of any kind. */
  readonly value: string;
}

interface Described {
  readonly fields: EditableFields;
  readonly infoHashes: InfoHashes;
}

type Entry = readonly [field: string, value: string];

/** @returns The entries that `after` lacks, then those that `before` lacks, each in the order of the fields. */
export function changedLines(before: Described, after: Described): readonly ChangedLine[] {
  const [old, young] = [entriesOf(before), entriesOf(after)];
  return [...without(old, young, "-"), ...without(young, old, "+")];
}

function without(
  entries: readonly Entry[],
  others: readonly Entry[],
  sign: ChangedLine["sign"],
): ChangedLine[] {
  const known = new Set(others.map((entry) => entry.join("\0")));
  return entries
    .filter((entry) => !known.has(entry.join("\0")))
    .map(([field, value]) => ({ sign, field, value }));
}

function entriesOf({ fields, infoHashes }: Described): Entry[] {
  const { info } = fields;
  return [
    ...valueOf("info-hash", infoHashes.v1),
    ...valueOf("info-hash v2", infoHashes.v2),
    ...valueOf("name", info.name),
    ["private", info.isPrivate ? "yes" : "no"],
    ...valueOf("source", info.source),
    ...fields.trackers.flatMap((tier, at) => listOf(`tracker ${at + 1}`, tier)),
    ...listOf("web seed", fields.webSeeds),
    ...listOf("DHT node", fields.nodes),
    ...valueOf("comment", fields.comment),
    ...listOf("similar", fields.similar),
    ...listOf("collection", fields.collections),
    ...listOf("similar in info", info.similar),
    ...listOf("collection in info", info.collections),
  ];
}

function valueOf(field: string, value: string | undefined): readonly Entry[] {
  return value === undefined ? [] : [[field, value]];
}

function listOf(field: string, items: readonly WrittenItem[]): readonly Entry[] {
  return items.map(({ text }) => [field, text]);
}
