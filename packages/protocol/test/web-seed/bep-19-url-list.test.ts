import test from "ava";
import { encodeTorrent, parseTorrent, wrapInfo } from "../../src/metainfo/index.ts";
import { torrentWith } from "../support/torrents.ts";

const url = (name: string | number) => `http://${name}.example/files/`;

const webSeeds = test.macro(
  (t, urlList: unknown, expected: readonly string[], warnings: readonly string[] = []) => {
    const parsed = parseTorrent(torrentWith({}, { "url-list": urlList }));
    t.deepEqual(parsed.webSeeds, expected);
    t.deepEqual(parsed.warnings, warnings);
  },
);

test("a torrent may have no web seed", webSeeds, undefined, []);
test("url-list may be a string", webSeeds, url("a"), [url("a")]);
test("url-list may be a list", webSeeds, [url("b"), url("a")], [url("b"), url("a")]);
test("an empty url-list has no web seed and no warning", webSeeds, "", []);
test("empty entries are left out without a warning", webSeeds, ["", " ", url("a")], [url("a")]);
test(
  "a URL given twice counts once",
  webSeeds,
  [url("a"), url("b"), url("a")],
  [url("a"), url("b")],
);
test(
  "a fragment is cut off",
  webSeeds,
  ["http://a.example/x?y#z", "http://a.example/x?y"],
  ["http://a.example/x?y"],
);
test("characters beyond ASCII are percent-encoded", webSeeds, "http://a.example/é x/", [
  "http://a.example/%C3%A9%20x/",
]);
test(
  "entries that are no text are left out",
  webSeeds,
  [1, [url("b")], { a: url("c") }, url("a")],
  [url("a")],
  ["3 web seeds left out: the URL is no text"],
);
test(
  "a url-list that is a dictionary is left out",
  webSeeds,
  { a: url("a") },
  [],
  ["1 web seeds left out: the URL is no text"],
);
test(
  "one warning names each kind of URL left out",
  webSeeds,
  ["ftp://a.example/", "udp://a.example:80", "x", "http://u:p@x.example/", url("a")],
  [url("a")],
  [
    "2 web seeds left out: the URL is not http or https",
    "1 web seeds left out: the URL is no URL",
    "1 web seeds left out: the URL names a user",
  ],
);

test("of a thousand URLs 100 are kept, with a warning", (t) => {
  const all = Array.from({ length: 1_000 }, (_, at) => url(at));
  const parsed = parseTorrent(torrentWith({}, { "url-list": all }));
  t.deepEqual(parsed.webSeeds, all.slice(0, 100));
  t.deepEqual(parsed.warnings, ["900 web seeds left out: the URL is not among the first 100"]);
});

test("a private torrent keeps its web seeds", (t) => {
  const parsed = parseTorrent(torrentWith({ private: 1 }, { "url-list": url("a") }));
  t.deepEqual(parsed.webSeeds, [url("a")]);
});

test("web seeds of a .torrent are written and read again", (t) => {
  const pieceHashes = new Uint8Array(20);
  const own = { name: "a", lengthBytes: 5, pieceLengthBytes: 16_384, pieceHashes };
  const seeds = [url("a"), "https://b.example/a"];
  const encoded = encodeTorrent({ ...own, trackers: [["http://t.example/"]], webSeeds: seeds });
  const parsed = parseTorrent(encoded, { source: "network" });
  t.deepEqual(parsed.webSeeds, seeds);
  t.deepEqual(parsed.warnings, []);
  const { start, end } = parsed.infoSpan;
  const info = encoded.slice(start, end);
  t.deepEqual(wrapInfo({ info, trackers: parsed.trackers, webSeeds: seeds }), encoded);
});
