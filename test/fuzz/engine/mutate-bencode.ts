// Mutations of bencode as the tree it is: what comes out is mostly well-formed, and so reaches behind the scanner.

import type { Tree } from "./bencode-tree.ts";
import { isLonger, readTree, writeTree } from "./bencode-tree.ts";
import { bytesMutator, bytesOf } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";
import type { MutationMeans, Mutator } from "./target.ts";

/** The parts of the dictionaries of a target. */
export interface BencodeWords {
  readonly keys: readonly string[];
  /** Strings that mean something. */
  readonly strings: readonly (string | Uint8Array)[];
  /** Makes a changed tree sound again, most of the time: sizes that must agree, for one. */
  readonly repair?: (tree: Tree, random: Random) => void;
}

const integers: readonly [string, ...string[]] = [
  ..."0|1|-1|-0|00|2|3|6|16384|16385|32768|65535|65536|262144|268435456|268435457|2097152".split(
    "|",
  ),
  ..."2147483647|2147483648|4294967295|4294967296|9007199254740991|9007199254740992".split("|"),
  ..."-9007199254740993|9223372036854775807|18446744073709551616|1e3|+1| 1|1.5|".split("|"),
  "9".repeat(40),
  "-" + "9".repeat(300),
] as unknown as readonly [string, ...string[]];

const marks = ["i", "l", "d", "e", "0:", "1:a", "-1:", "li-0ee", "de", "le", "i1e", "99999999999:"];

/** @returns A mutator of dictionaries: trees mostly, their bytes else. */
export function bencodeMutator(words: BencodeWords): Mutator {
  const strings = words.strings.map((text) => (typeof text === "string" ? bytesOf(text) : text));
  const keys = words.keys.map(bytesOf);
  const flat = bytesMutator([...strings, ...keys, ...marks.map(bytesOf)]);
  return (input, means) => {
    const { random, maxBytes } = means;
    const tree = random.oneIn(4) ? undefined : readTree(input);
    if (tree === undefined) return flat(input, means);
    const changes = 1 + random.below(1 << random.below(3));
    for (let i = 0; i < changes; i++) {
      change(tree, means, keys, strings);
      if (isLonger(tree, maxBytes)) return flat(input, means);
    }
    if (!random.oneIn(5)) words.repair?.(tree, random);
    const bytes = writeTree(tree);
    if (bytes.length > maxBytes) return flat(input, means);
    return random.oneIn(12) ? flat(bytes, means) : bytes;
  };
}

/** Changes one entry of one list or dictionary. */
function change(
  root: Tree,
  { random, other }: MutationMeans,
  keys: readonly Uint8Array[],
  strings: readonly Uint8Array[],
): void {
  const containers: Tree[] = [];
  collect(root, containers);
  const container = random.pick(containers);
  const fresh = (): Tree => freshValue(random, other, keys, strings);
  if (container?.kind === "list") changeItems(container.items, random, fresh);
  if (container?.kind !== "dictionary") return;
  const { entries } = container;
  const at = random.below(entries.length);
  const entry = entries[at];
  switch (random.below(8)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([random.pick(keys) ?? random.bytes(3), fresh()]);
      entries.sort(([a], [b]) => Buffer.compare(a, b));
      break;
    case 2:
      if (entry) entries.splice(random.below(entries.length), 0, [entry[0], entry[1]]);
      break;
    case 3:
      if (entry) entry[0] = random.pick(keys) ?? random.bytes(random.below(8));
      break;
    default:
      if (entry) entry[1] = changed(entry[1], random, fresh);
  }
}

function changeItems(items: Tree[], random: Random, fresh: () => Tree): void {
  const at = random.below(items.length + 1);
  const item = items[at];
  switch (random.below(5)) {
    case 0:
      items.splice(at, 1 + random.below(3));
      break;
    case 1:
      items.splice(at, 0, fresh());
      break;
    case 2:
      if (item) for (let i = random.length(300); i > 0; i--) items.push(item);
      break;
    default:
      if (item) items[at] = changed(item, random, fresh);
  }
}

function changed(value: Tree, random: Random, fresh: () => Tree): Tree {
  if (random.oneIn(3)) return fresh();
  if (random.oneIn(10)) return nested(value, 1 + random.length(100), random);
  if (value.kind === "integer") {
    const near = (Number(value.digits) || 0) + random.below(5) - 2;
    return { kind: "integer", digits: random.oneIn(2) ? String(near) : random.pick(integers) };
  }
  if (value.kind !== "string") return fresh();
  const { bytes } = value;
  switch (random.below(4)) {
    case 0:
      return { kind: "string", bytes: bytes.slice(0, random.below(bytes.length + 1)) };
    case 1:
      return { kind: "string", bytes: Buffer.concat([bytes, random.bytes(random.length(40))]) };
    case 2: {
      const copy = bytes.slice();
      if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
      return { kind: "string", bytes: copy };
    }
    default:
      return { kind: "string", bytes: Buffer.concat([bytes, bytes]) };
  }
}

function nested(value: Tree, depth: number, random: Random): Tree {
  let tree = value;
  for (let i = 0; i < depth; i++) {
    tree = random.oneIn(2)
      ? { kind: "list", items: [tree] }
      : { kind: "dictionary", entries: [[bytesOf("a"), tree]] };
  }
  return tree;
}

function freshValue(
  random: Random,
  other: Uint8Array,
  keys: readonly Uint8Array[],
  strings: readonly Uint8Array[],
): Tree {
  switch (random.below(7)) {
    case 0:
      return { kind: "integer", digits: random.pick(integers) };
    case 1:
    case 2:
      return { kind: "string", bytes: random.pick(strings) ?? random.bytes(random.length(40)) };
    case 3:
      return { kind: "list", items: [freshValue(random, other, keys, strings)] };
    case 4: {
      const key = random.pick(keys) ?? random.bytes(2);
      return { kind: "dictionary", entries: [[key, freshValue(random, other, keys, strings)]] };
    }
    case 5: {
      const containers: Tree[] = [];
      const donor = readTree(other);
      if (donor !== undefined) collect(donor, containers);
      return random.pick(containers) ?? { kind: "list", items: [] };
    }
    default:
      return { kind: "string", bytes: random.bytes(random.length(64)) };
  }
}

function collect(tree: Tree, containers: Tree[]): void {
  if (tree.kind === "list") {
    containers.push(tree);
    for (const item of tree.items) collect(item, containers);
  } else if (tree.kind === "dictionary") {
    containers.push(tree);
    for (const [, value] of tree.entries) collect(value, containers);
  }
}
