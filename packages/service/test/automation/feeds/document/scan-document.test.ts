import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../../../test/support/any-text.ts";
import { scanDocument } from "../../../../src/automation/feeds/document/scan-document.ts";

function refusalOf(text: string): string {
  const scanned = scanDocument(text);
  return scanned.kind === "refused" ? scanned.message : "";
}

test("a document type and declarations of entities are refused, but not within text and comments", (t) => {
  t.regex(refusalOf(`<!DOCTYPE rss [<!ENTITY a "b">]><rss/>`), /document type/);
  t.regex(refusalOf("<rss><!ENTITY a 'b'></rss>"), /document type/);
  t.regex(refusalOf("<!doctype html><html/>"), /document type/);
  t.is(refusalOf("<rss><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]>&lt;!DOCTYPE</rss>"), "");
});

test("bounds of depth, items, elements, attributes and tags refuse the document", (t) => {
  t.regex(refusalOf("<a>".repeat(101)), /deeper than 100/);
  t.is(refusalOf("<a>".repeat(100)), "");
  t.is(refusalOf("<a></a>".repeat(1_000)), "");
  t.regex(refusalOf(`<rss>${"<item/>".repeat(10_001)}`), /more than 10000 items/);
  t.is(refusalOf(`<rss>${"<item/>".repeat(10_000)}`), "");
  t.regex(refusalOf("<a/>".repeat(200_001)), /more than 200000 elements/);
  const attributes = Array.from({ length: 101 }, (_, index) => `a${index}="1"`).join(" ");
  t.regex(refusalOf(`<a ${attributes}/>`), /more than 100 attributes/);
  t.regex(refusalOf(`<a b="${"x".repeat(70_000)}"/>`), /longer than 65536/);
  t.regex(refusalOf('<a b="never ends>'), /never ends/);
});

test("the equals signs of a magnet link are no attributes", (t) => {
  const link = `magnet:?xt=urn:btih:${"a".repeat(40)}${"&amp;tr=http://t/".repeat(300)}`;
  t.is(refusalOf(`<rss><item><enclosure url="${link}"/></item></rss>`), "");
});

test("fields of indexers belong to their item, by torznab, newznab and elements of their own", (t) => {
  const text = `<rss><channel><size>9</size>
    <item><torznab:attr name="size" value="10"/><torznab:attr value='3' name='seeders'/></item>
    <item><newznab:attr name="magneturl" value="magnet:?xt=a&amp;dn=b"/><size>20</size></item>
    <item/>
    <item><nyaa:seeders>7</nyaa:seeders><torrent:contentLength>30</torrent:contentLength>
      <torrent:magnetURI><![CDATA[magnet:?xt=c&dn=d]]></torrent:magnetURI></item>
    <size>11</size></channel></rss>`;
  const scanned = scanDocument(text);
  t.deepEqual(scanned.kind === "document" ? scanned.items : [], [
    { size: "10", seeders: "3" },
    { magnet: "magnet:?xt=a&dn=b", size: "20" },
    {},
    { seeders: "7", size: "30", magnet: "magnet:?xt=c&dn=d" },
  ]);
});

const piece = fc.oneof(
  fc.constantFrom(
    "<",
    ">",
    "/",
    "<item>",
    "</item>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
  ),
  fc.constantFrom(
    '"',
    "'",
    "=",
    "<a b='",
    "<torznab:attr name=",
    " value=",
    "&#x41;",
    "&#99999999;",
  ),
  fc.string({ maxLength: 5, unit: anyCharacter }),
);

test("any text is scanned, or refused with a sentence", (t) => {
  const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const scanned = scanDocument(text);
      if (scanned.kind === "refused") return scanned.message.length > 10;
      return scanned.items.length <= text.length;
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});
