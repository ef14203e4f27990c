// The XML of UPnP, as elements and text. Gateways write it, so it is bounded, and no document can define an entity:
// a document type is refused. Attributes, comments and instructions are skipped.

import { ProtocolError } from "../errors.ts";

/** Bytes of a document; a longer one is refused. */
export const maxXmlBytes = 65_536;
/** Depth of a document; a deeper one is refused. */
const maxDepth = 32;
/** Elements of a document; one with more is refused. */
const maxElements = 4_096;

/** An element. */
export interface XmlElement {
  /** Without the prefix of a namespace. */
  readonly name: string;
  /** Text of the element itself, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly tag: string;
  text: string;
  readonly children: XmlElement[];
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

/**
 * @param bytes UTF-8; invalid bytes become U+FFFD. Bytes behind the root element are ignored.
 * @returns The root element.
 * @throws {ProtocolError} `xml-malformed`.
 */
export function readXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > maxXmlBytes) {
    throw malformed(`it has ${bytes.length} bytes, at most ${maxXmlBytes} are allowed`);
  }
  return new XmlReader(new TextDecoder().decode(bytes)).read();
}

/** The text of the first child of this name; empty without one. */
export function childText({ children }: XmlElement, name: string): string {
  return children.find((child) => child.name === name)?.text ?? "";
}

/** All elements below and with `root`, in the order of the document. */
export function elementsOf(root: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    waiting.push(...next.children.toReversed());
  }
  return found;
}

class XmlReader {
  readonly #document: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | undefined;
  #elements = 0;
  #at = 0;

  constructor(document: string) {
    this.#document = document;
  }

  read(): XmlElement {
    while (this.#root === undefined) {
      const tag = this.#document.indexOf("<", this.#at);
      if (tag < 0) throw malformed("its root element does not end");
      this.#addText(unescape(this.#document.slice(this.#at, tag)));
      this.#at = tag;
      this.#readTag();
    }
    return this.#root;
  }

  #readTag(): void {
    if (this.#skips("<!--", "-->") || this.#skips("<?", "?>")) return;
    if (this.#startsWith("<![CDATA[")) return this.#addText(this.#through("]]>").slice(9, -3));
    if (this.#startsWith("<!")) throw malformed("it has a document type");
    const tag = this.#through(">");
    if (tag.startsWith("</")) return this.#closeElement(tag.slice(2, -1).trim());
    const isEmpty = tag.endsWith("/>");
    const name = /^<([^\s<>/]+)/.exec(tag)?.[1];
    if (name === undefined) throw malformed("an element has no name");
    this.#openElement(name);
    if (isEmpty) this.#closeElement(name);
  }

  #openElement(tag: string): void {
    this.#elements++;
    if (this.#elements > maxElements) throw malformed(`it has more than ${maxElements} elements`);
    if (this.#open.length === maxDepth) throw malformed(`it is nested deeper than ${maxDepth}`);
    this.#open.push({ tag, text: "", children: [] });
  }

  #closeElement(tag: string): void {
    const element = this.#open.pop();
    if (element?.tag !== tag) throw malformed("an element ends that did not begin");
    const name = tag.slice(tag.lastIndexOf(":") + 1);
    const closed = { name, text: element.text.trim(), children: element.children };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = closed;
    else parent.children.push(closed);
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  #skips(start: string, end: string): boolean {
    if (!this.#startsWith(start)) return false;
    this.#through(end);
    return true;
  }

  #startsWith(text: string): boolean {
    return this.#document.startsWith(text, this.#at);
  }

  /** @returns The text from here to `end`, which it moves behind. */
  #through(end: string): string {
    const start = this.#at;
    const found = this.#document.indexOf(end, start + 2);
    if (found < 0) throw malformed("a tag does not end");
    this.#at = found + end.length;
    return this.#document.slice(start, this.#at);
  }
}

/** Five named entities and numbers; any other stays as it is. */
function unescape(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name] ?? whole;
    const isHex = name[1] === "x" || name[1] === "X";
    const codePoint = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("xml-malformed", {
    operation: "read-xml",
    message: `cannot read the gateway's document: ${reason}`,
  });
}
