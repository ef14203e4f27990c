import test from "ava";
import { readFeed } from "../../../../src/automation/feeds/document/read-feed.ts";
import type { FeedItem } from "../../../../src/automation/feeds/feeds.messages.ts";

const base = "http://feed.example/rss/all";

function itemsOf(text: string | Uint8Array): readonly FeedItem[] {
  const feed = readFeed(typeof text === "string" ? Buffer.from(text) : text, base);
  if (feed.kind === "feed") return feed.items;
  throw new Error(feed.message);
}

function rss(items: string): string {
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>${items}</channel></rss>`;
}

test("RSS 2: title, id, date, size and the enclosure; the time to live of the feed", (t) => {
  const text = rss(`<ttl>45</ttl><item><title>A &amp; B</title><guid isPermaLink="false">g1</guid>
    <link>http://feed.example/page?a=1&amp;b=2</link><pubDate>Fri, 27 Nov 2026 10:00:00 GMT</pubDate>
    <enclosure url="http://feed.example/a.torrent" length="1000" type="application/x-bittorrent"/></item>`);
  const feed = readFeed(Buffer.from(text), base);
  t.deepEqual(feed, {
    kind: "feed",
    ttlMinutes: 45,
    items: [
      {
        id: "g1",
        title: "A & B",
        link: "http://feed.example/a.torrent",
        publishedMs: Date.UTC(2026, 10, 27, 10),
        sizeBytes: 1_000,
      },
    ],
  });
});

test("Atom: relative links begin at the address of the feed", (t) => {
  const text = `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id>
    <title>One</title><updated>2026-11-27T10:00:00Z</updated>
    <link rel="alternate" href="page.html"/><link rel="enclosure" href="one.torrent" length="12"/></entry></feed>`;
  t.deepEqual(itemsOf(text), [
    {
      id: "urn:1",
      title: "One",
      link: "http://feed.example/rss/one.torrent",
      publishedMs: Date.UTC(2026, 10, 27, 10),
      sizeBytes: 12,
    },
  ]);
});

test("RDF: the link of an item", (t) => {
  const text = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="u"><title>c</title></channel>
    <item rdf:about="x"><title>Two</title><link>http://a/two.torrent</link><dc:date>2026-01-01T00:00:00Z</dc:date></item></rdf:RDF>`;
  t.deepEqual(itemsOf(text), [
    { id: "x", title: "Two", link: "http://a/two.torrent", publishedMs: Date.UTC(2026, 0, 1) },
  ]);
});

test("an indexer's fields: size, seeders and a magnet link where there is no .torrent", (t) => {
  const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
  const text = rss(`<item><title>x</title><guid>g</guid><torznab:attr name="size" value="5"/>
    <torznab:attr name="seeders" value="8"/><torznab:attr name="magneturl" value="${magnet}"/></item>`);
  t.deepEqual(itemsOf(text), [{ id: "g", title: "x", link: magnet, sizeBytes: 5, seeders: 8 }]);
});

const links: readonly (readonly [link: string, expected: string | undefined])[] = [
  ["<link>file:///etc/passwd</link>", undefined],
  ["<link>ftp://a/b.torrent</link>", undefined],
  ["<link>data:application/x-bittorrent,d</link>", undefined],
  ["<link>javascript:alert(1)</link>", undefined],
  ["<link>FILE:///etc/passwd.torrent</link>", undefined],
  ["<link>gopher://a/</link>", undefined],
  ["<link>x.torrent</link>", "http://feed.example/rss/x.torrent"],
  ["<link>//other.example/x.torrent</link>", "http://other.example/x.torrent"],
  ["<link>HTTPS://A.example/x</link>", "https://a.example/x"],
  ["<link>http://a.example/page</link><enclosure url='http://a.example/b'/>", "http://a.example/b"],
  ["<enclosure url='http://a/song.mp3' type='audio/mpeg'/>", undefined],
  [
    "<enclosure url='file:///x.torrent' type='application/x-bittorrent'/><link>http://a/y</link>",
    "http://a/y",
  ],
  ["<guid>magnet:?xt=urn:btih:1</guid><link>http://a/page</link>", "magnet:?xt=urn:btih:1"],
  ["<guid>17</guid>", undefined],
  ["<guid>http://a/b.torrent</guid>", "http://a/b.torrent"],
  ["<link>http://[::1</link>", undefined],
  [`<link>http://a/${"x".repeat(20_000)}</link>`, undefined],
];

for (const [index, [link, expected]] of links.entries())
  test(`H05: link ${index + 1}, ${link.slice(0, 60)}, leads to ${expected ?? "nothing"}`, (t) => {
    t.is(itemsOf(rss(`<item><title>t</title>${link}</item>`))[0]?.link, expected);
  });

test("a feed is read by its byte order mark and its declared encoding", (t) => {
  const item = "<item><title>Ünïcode</title></item>";
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(rss(item), "utf16le")]);
  const latin = rss(item).replace('"1.0"', '"1.0" encoding="ISO-8859-1"');
  for (const bytes of [marked, Buffer.from(latin, "latin1"), Buffer.from(`\ufeff${rss(item)}`)])
    t.is(itemsOf(bytes)[0]?.title, "Ünïcode");
  const unknown = rss(item).replace('"1.0"', '"1.0" encoding="x-unknown"');
  t.is(readFeed(Buffer.from(unknown), base).kind, "refused");
});
