import test from "ava";
import fc from "fast-check";
import { readXml, type XmlElement } from "../../src/gateway/index.ts";
import { bytesOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const document = `<?xml version="1.0"?><!-- c --><s:a x="1"> one <b/><b y='>'>2</b><![CDATA[<&]]>&lt;&#65;&#x42;&none;</s:a>`;
const read = (text: string): XmlElement => readXml(new TextEncoder().encode(text));

test("elements have their text and their children, without namespaces", (t) => {
  t.deepEqual(read(document), {
    name: "a",
    text: "one <&<AB&none;",
    children: [
      { name: "b", text: "", children: [] },
      { name: "b", text: "'>2", children: [] },
    ],
  });
});

test("bytes behind the root element are ignored, and invalid bytes replaced", (t) => {
  t.is(readXml(bytesOf("<a>\xff</a>\0\0<b>")).text, "\ufffd");
});

test("a document that is cut or changed is refused or read", (t) => {
  survivesDamage(t, bytesOf(document), readXml);
});

test("a tree is read as it was written", (t) => {
  const text = fc.stringMatching(/^[\w<&>"é]{0,5}$/u);
  const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
    tree: fc.record({
      name: fc.stringMatching(/^[a-z]{1,3}$/),
      text,
      children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie("tree"), { maxLength: 3 })),
    }),
  }));
  fc.assert(
    fc.property(tree, (root) => {
      t.deepEqual(read(written(root)), root);
    }),
  );
});

function written({ name, text, children }: XmlElement): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<n:${name} a="b">${escaped}${children.map(written).join("")}</n:${name}>`;
}

for (const [title, text] of [
  ["a document type, which could define entities,", `<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>`],
  ["nesting of 33 elements", "<a>".repeat(33)],
  ["a document of 4,097 elements", `<a>${"<b/>".repeat(4_096)}</a>`],
  ["a document of 65,537 bytes", `<a>${"x".repeat(65_530)}</a>`],
  ["an element that does not end", "<a><b></b>"],
  ["an end without its element", "<a></b></a>"],
  ["a tag that does not end", "<a"],
  ["an element without a name", "<a>< b></a>"],
  ["a document without an element", ""],
] as const) {
  test(`as XML, ${title} is refused`, (t) => {
    refuses(t, "xml-malformed", () => read(text));
  });
}
