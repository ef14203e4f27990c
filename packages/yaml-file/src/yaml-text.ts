// The text of a file as a plain value that knows the place of each key and value. YAML 1.2; JSON is a part of it.

import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  stringify,
  type Alias,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import {
  ContentFault,
  faultAt,
  malformed,
  spellPath,
  spellSeen,
  wrongValue,
} from "./content-fault.ts";
import type { FileKind, Path, Place } from "./content-fault.ts";

/** Bytes of a file. A file beyond this bound or one of the next is refused. */
const longestText: number = 1024 ** 2;
const mostAliases = 100;
const mostTokens = 200_000;
const mostValues = 100_000;
const deepest = 12;
const longestKey = 200;

/** The part of a fault that its place depends on. */
type FaultPlace = Pick<ContentFault, "path" | "isKey" | "within">;

/** Parsed text. */
interface ParsedText {
  readonly value: unknown;
  /** Place of the nearest part of the path that the text has. */
  placeOf(fault: FaultPlace): Place;
}

/** @throws TroupeError with the code of the kind. */
export function parseText(text: string, fileName: string, kind: FileKind): ParsedText {
  const start = { line: 1, column: 1 };
  const bytes = Buffer.byteLength(text);
  if (bytes > longestText) {
    const sentence = `the text has ${bytes} bytes; allowed are ${longestText}`;
    throw malformed(kind, fileName, start, sentence);
  }
  if (hasManyTokens(text)) {
    throw malformed(kind, fileName, start, `the text has more than ${mostTokens} tokens`);
  }
  const lines = new LineCounter();
  const documents = compose(text, lines);
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? start : { line, column: col };
  };
  const [document, second] = documents;
  const [error] = document?.errors ?? [];
  if (error !== undefined) {
    const [said = ""] = error.message.split("\n");
    // The library catches the overflow of its own recursion.
    const sentence = said.startsWith("Maximum call stack") ? "it lies too deep" : said;
    throw malformed(
      kind,
      fileName,
      placeAt(error.pos[0]),
      `the text is no YAML or JSON: ${sentence}`,
    );
  }
  if (document?.contents === null || document === undefined) {
    if (kind.content === undefined) return { value: null, placeOf: () => start };
    throw malformed(kind, fileName, start, `the file is empty; allowed is ${kind.content}`);
  }
  if (second !== undefined) {
    const sentence = "the file has a second document; allowed is one";
    throw malformed(kind, fileName, placeAt(second.range[0]), sentence);
  }
  return located(document, { text, fileName, kind, placeAt });
}

/** Text of a value as YAML. */
export function writeText(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Bounds the work of the parser. */
function hasManyTokens(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > mostTokens) return true;
  }
  return false;
}

function compose(text: string, lines: LineCounter): Document.Parsed[] {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ version: "1.2", uniqueKeys: false });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(parser.parse(text), true, text.length)) {
    documents.push(document);
    // The first fault decides, and a second document is a fault.
    if (documents.length === 2) break;
  }
  return documents;
}

interface LocatedText {
  readonly text: string;
  readonly fileName: string;
  readonly kind: FileKind;
  readonly placeAt: (offset: number) => Place;
}

function located(
  document: Document.Parsed,
  { text, fileName, kind, placeAt }: LocatedText,
): ParsedText {
  const reader = new NodeReader(document);
  const placeOf = ({ path, isKey, within }: FaultPlace): Place => {
    const offset = reader.offsetOf(path, isKey);
    const isQuoted = within > 0 && /["']/.test(text.charAt(offset));
    return placeAt(offset + within + (isQuoted ? 1 : 0));
  };
  try {
    return { value: reader.read(document.contents, [], 0), placeOf };
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw malformed(kind, fileName, placeOf(error), error.message);
  }
}

/** Reads nodes into plain values, and keeps the offset of each key and value. */
class NodeReader {
  readonly #document: Document.Parsed;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  #aliases = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  offsetOf(path: Path, isKey: boolean): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const name = nameOf(path.slice(0, length));
      const isWanted = isKey && length === path.length;
      const offset = isWanted
        ? this.#keys.get(name)
        : (this.#values.get(name) ?? this.#keys.get(name));
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  read(node: Node | null | undefined, path: Path, depth: number): unknown {
    if (node === null || node === undefined) return null;
    if (node.range) this.#values.set(nameOf(path), node.range[0]);
    if (depth > deepest) throw faultAt(path, `lies too deep; allowed are ${deepest} levels`);
    if (this.#values.size > mostValues)
      throw new ContentFault(path, `the file has more than ${mostValues} values`);
    if (isAlias(node)) return this.#readAlias(node, path, depth);
    this.#refuseTag(node, path);
    if (isScalar(node)) return node.value;
    if (isSeq<Node>(node)) {
      return node.items.map((item, index) => this.read(item, [...path, index], depth + 1));
    }
    return isMap<Node, Node>(node) ? this.#readMap(node.items, path, depth) : null;
  }

  #readAlias(alias: Alias, path: Path, depth: number): unknown {
    this.#aliases += 1;
    if (this.#aliases > mostAliases) {
      throw new ContentFault(path, `the file has more than ${mostAliases} aliases`);
    }
    const target = alias.resolve(this.#document);
    if (target === undefined) {
      const rest = `is the alias of ${spellSeen(alias.source)}, which the file does not define above`;
      throw faultAt(path, rest);
    }
    return this.read(target, path, depth + 1);
  }

  #refuseTag(node: Node, path: Path): void {
    if (isAlias(node) || node.tag === undefined || node.tag.startsWith("tag:yaml.org,2002:"))
      return;
    throw faultAt(path, `has the tag ${spellSeen(node.tag)}; allowed are plain values`);
  }

  #readMap(pairs: readonly Pair<Node, Node | null>[], path: Path, depth: number): unknown {
    const read: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const name = keyText(key, path);
      const place = [...path, name];
      const isSecond = Object.hasOwn(read, name);
      this.#keys.set(nameOf(place), key.range?.[0] ?? 0);
      if (isSecond) throw new ContentFault(place, `the key ${spellPath(place)} stands twice`, true);
      if (name === "__proto__") throw new ContentFault(place, `there is no key "__proto__"`, true);
      read[name] = this.read(value, place, depth + 1);
    }
    return withMerged(read, path);
  }
}

/** The keys of `<<: *name` where the mapping has none of its own; of several mappings the first counts. */
function withMerged(read: Record<string, unknown>, path: Path): Record<string, unknown> {
  if (!Object.hasOwn(read, "<<")) return read;
  const { "<<": merged, ...own } = read;
  const mappings: readonly unknown[] = Array.isArray(merged) ? merged : [merged];
  for (const mapping of mappings) {
    if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) {
      throw wrongValue([...path, "<<"], mapping, "the alias of a mapping, such as *base");
    }
    for (const [name, value] of Object.entries(mapping)) {
      if (!Object.hasOwn(own, name)) own[name] = value;
    }
  }
  return own;
}

function keyText(key: Node, path: Path): string {
  if (!isScalar(key)) {
    throw faultAt(path, "has a key that is no text");
  }
  const text = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  if (text.length <= longestKey) return text;
  const rest = `has a key of ${text.length} characters; allowed are ${longestKey}`;
  throw faultAt(path, rest);
}

function nameOf(path: Path): string {
  return JSON.stringify(path);
}
