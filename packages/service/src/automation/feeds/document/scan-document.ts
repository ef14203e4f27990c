// The gate before the library: one pass over the text of a feed, in linear time, which refuses what would make the library
// slow or large, and reads the fields of indexers that the library does not know.

import { decodeEntities } from "./decode-entities.ts";

/** Nested elements; a deeper document is refused. */
const mostNested = 100;
/** Elements of a document; one with more is refused. */
const mostElements = 200_000;
/** Items of a document; one with more is refused. */
const mostItems = 10_000;
/** Characters of a tag with its attributes; a document with a longer one is refused. */
const longestTag = 65_536;
/** Attributes of all elements; a document with more is refused. */
const mostAttributes = 200_000;
/** Attributes of an element; a document with more is refused. */
const mostOfTag = 100;
/** Characters of a field of an indexer; a longer one is left out. */
const longestField = 16_384;

/** The fields that indexers add to an item, as the document has them. */
export interface IndexerFields {
  /** Bytes. */
  size?: string;
  seeders?: string;
  magnet?: string;
}

/** A document within its bounds, or the sentence about the bound. */
type ScannedDocument =
  | { readonly kind: "document"; readonly items: readonly IndexerFields[] }
  | { readonly kind: "refused"; readonly message: string };

/** Names of elements, and of `torznab:attr` and `newznab:attr`, by the fields that they fill. */
const fieldNames: ReadonlyMap<string, keyof IndexerFields> = new Map([
  ["size", "size"],
  ["contentlength", "size"],
  ["seeders", "seeders"],
  ["seeds", "seeders"],
  ["magneturl", "magnet"],
  ["magneturi", "magnet"],
]);

/** Checks the bounds of a document. */
export function scanDocument(text: string): ScannedDocument {
  const scan = new DocumentScan(text);
  const message = scan.run();
  return message === undefined
    ? { kind: "document", items: scan.items }
    : { kind: "refused", message };
}

class DocumentScan {
  readonly items: IndexerFields[] = [];
  readonly #text: string;
  #depth = 0;
  #elements = 0;
  #attributes = 0;
  /** The depth of the item under way; 0 outside of items. */
  #itemDepth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns The sentence about a bound that is exceeded. */
  run(): string | undefined {
    let at = this.#text.indexOf("<");
    while (at >= 0) {
      const end = this.#take(at);
      if (typeof end === "string") return end;
      at = this.#text.indexOf("<", end);
    }
    return undefined;
  }

  /** @returns The place behind the markup that begins at `at`; a sentence for a refusal. */
  #take(at: number): number | string {
    const text = this.#text;
    if (text.startsWith("<!--", at)) return this.#behind("-->", at + 4);
    if (text.startsWith("<![CDATA[", at)) return this.#behind("]]>", at + 9);
    if (text.startsWith("<?", at)) return this.#behind("?>", at + 2);
    if (text.startsWith("<!", at))
      return "it has a document type or a declaration of entities, which are not read";
    return this.#takeTag(at);
  }

  #behind(mark: string, from: number): number {
    const found = this.#text.indexOf(mark, from);
    return found < 0 ? this.#text.length : found + mark.length;
  }

  #takeTag(at: number): number | string {
    const end = this.#tagEnd(at + 1);
    if (end === undefined) return `a tag is longer than ${longestTag} characters, or never ends`;
    const tag = this.#text.slice(at + 1, end);
    if (tag.startsWith("/")) this.#close();
    else {
      const refusal = this.#open(tag, end);
      if (refusal !== undefined) return refusal;
    }
    return end + 1;
  }

  /** The place of the `>` that ends a tag: not one within quotes. */
  #tagEnd(from: number): number | undefined {
    const last = Math.min(this.#text.length, from + longestTag);
    let quote = "";
    for (let at = from; at < last; at++) {
      const character = this.#text[at] ?? "";
      if (quote !== "") quote = character === quote ? "" : quote;
      else if (character === ">") return at;
      else if (character === '"' || character === "'") quote = character;
    }
    return undefined;
  }

  #close(): void {
    if (this.#depth === this.#itemDepth) this.#itemDepth = 0;
    this.#depth = Math.max(0, this.#depth - 1);
  }

  #open(tag: string, end: number): string | undefined {
    const name = localName(tag);
    const isEmpty = tag.endsWith("/");
    const attributes = tag.match(/=\s{0,10}["']/g)?.length ?? 0;
    this.#elements++;
    this.#attributes += attributes;
    if (this.#elements > mostElements) return `it has more than ${mostElements} elements`;
    if (attributes > mostOfTag) return `an element has more than ${mostOfTag} attributes`;
    if (this.#attributes > mostAttributes) return `it has more than ${mostAttributes} attributes`;
    if (!isEmpty) this.#depth++;
    if (this.#depth > mostNested) return `its elements nest deeper than ${mostNested}`;
    if (name === "item" || name === "entry") return this.#openItem(isEmpty);
    if (this.#itemDepth > 0) this.#readField(name, tag, isEmpty ? undefined : end + 1);
    return undefined;
  }

  #openItem(isEmpty: boolean): string | undefined {
    if (this.items.length >= mostItems) return `it has more than ${mostItems} items`;
    this.items.push({});
    this.#itemDepth = isEmpty ? 0 : this.#depth;
    return undefined;
  }

  /** @param content The place behind the tag; undefined for an element without content. */
  #readField(name: string, tag: string, content: number | undefined): void {
    const named = name === "attr" ? (attribute(tag, "name") ?? "") : name;
    const field = fieldNames.get(named.toLowerCase());
    const fields = this.items.at(-1);
    if (field === undefined || fields === undefined) return;
    const value = name === "attr" ? attribute(tag, "value") : this.#contentAt(content);
    if (value !== undefined) fields[field] ??= decodeEntities(value).trim();
  }

  #contentAt(from: number | undefined): string | undefined {
    if (from === undefined) return undefined;
    const isQuoted = this.#text.startsWith("<![CDATA[", from);
    const start = isQuoted ? from + 9 : from;
    const end = this.#text.indexOf(isQuoted ? "]]>" : "<", start);
    return end < 0 || end - start > longestField ? undefined : this.#text.slice(start, end);
  }
}

/** `torznab:attr name="size"` → `attr`. */
function localName(tag: string): string {
  const name = /^[^\s/>]{0,200}/.exec(tag)?.[0] ?? "";
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}

const valuePatterns = {
  name: /\sname\s*=\s*(?:"([^"]*)"|'([^']*)')/i,
  value: /\svalue\s*=\s*(?:"([^"]*)"|'([^']*)')/i,
} as const;

function attribute(tag: string, name: keyof typeof valuePatterns): string | undefined {
  const found = valuePatterns[name].exec(tag);
  const value = found?.[1] ?? found?.[2];
  return value === undefined || value.length > longestField ? undefined : value;
}
