import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { parseTorrent, type MetainfoFile } from "../../src/metainfo/index.ts";
import { maxWebSeedPathLength, webSeedBase, webSeedPath } from "../../src/web-seed/index.ts";
import { percentEncode } from "../../src/tracker/percent-encoding.ts";
import { folderOf, torrentWith } from "../support/torrents.ts";

/** @returns The URL of each file. */
function urlsOf(torrent: Uint8Array, url: string): string[] {
  const { files, isSingleFile } = parseTorrent(torrent);
  const base = webSeedBase(url, isSingleFile);
  return files.map((file) => base.url + (base.isFolder ? (webSeedPath(file) ?? "too long") : ""));
}

function fileOf(...path: string[]) {
  return { length: 1, path };
}

test("the URL of a single file is used as it is", (t) => {
  const torrent = torrentWith({ name: "other.bin" });
  t.deepEqual(urlsOf(torrent, "http://a.example/x.bin"), ["http://a.example/x.bin"]);
  t.deepEqual(urlsOf(torrent, "http://a.example/get?x=1"), ["http://a.example/get?x=1"]);
});

test("a URL that ends in a slash gets the name of a single file", (t) => {
  const torrent = torrentWith({ name: "my file.bin" });
  t.deepEqual(urlsOf(torrent, "http://a.example/d/"), ["http://a.example/d/my%20file.bin"]);
});

test("a folder gets its name and each part of the path, whether the URL ends in a slash or not", (t) => {
  const torrent = folderOf([fileOf("a.bin"), fileOf("sub", "b.bin")]);
  const urls = ["http://a.example/d/folder/a.bin", "http://a.example/d/folder/sub/b.bin"];
  t.deepEqual(urlsOf(torrent, "http://a.example/d/"), urls);
  t.deepEqual(urlsOf(torrent, "http://a.example/d"), urls);
});

test("the names are those of the torrent, not the safe names on the disk", (t) => {
  const torrent = folderOf([fileOf("a:b?", "CON", "é #100%.txt"), fileOf("A"), fileOf("a")], {
    name: "the <name>",
  });
  const { files } = parseTorrent(torrent, { names: "portable" });
  t.deepEqual(files[0]?.path, ["the _name_", "a_b_", "_CON", "é #100%.txt"]);
  t.deepEqual(urlsOf(torrent, "http://a.example"), [
    "http://a.example/the%20%3Cname%3E/a%3Ab%3F/CON/%C3%A9%20%23100%25.txt",
    "http://a.example/the%20%3Cname%3E/A",
    "http://a.example/the%20%3Cname%3E/a",
  ]);
});

test("UTF-8 names go first", (t) => {
  const file = { length: 1, path: ["x"], "path.utf-8": ["ü"] };
  const torrent = folderOf([file], { "name.utf-8": "ö" });
  t.deepEqual(urlsOf(torrent, "http://a.example/"), ["http://a.example/%C3%B6/%C3%BC"]);
});

test("names that lead elsewhere are left out", (t) => {
  const torrent = folderOf([fileOf("..", "..", "a"), fileOf(".", "", "b/../c")], { name: ".." });
  t.deepEqual(urlsOf(torrent, "http://a.example/d/"), [
    "http://a.example/d/a",
    "http://a.example/d/b%2F..%2Fc",
  ]);
});

test("files whose names are unchanged take no memory for a second path", (t) => {
  const bytes = folderOf([fileOf("a", "b"), fileOf("c"), fileOf("d:")]);
  const { files } = parseTorrent(bytes, { names: "portable" });
  t.deepEqual(
    files.map(({ originalPath }) => originalPath),
    [undefined, undefined, ["folder", "d:"]],
  );
});

test("a path that is too long for a URL has no URL", (t) => {
  const [file] = parseTorrent(folderOf([fileOf("é".repeat(2_000))])).files;
  t.is(file && webSeedPath(file), undefined);
});

test("all but letters, digits and `-._~` is percent-encoded as UTF-8", (t) => {
  t.is(
    webSeedPath({ path: ["it's (a) *new* name!", "ä~_.-/%"] }),
    "it%27s%20%28a%29%20%2Anew%2A%20name%21/%C3%A4~_.-%2F%25",
  );
  const name = fc.string({
    unit: fc.oneof(fc.string({ unit: anyCharacter, minLength: 1 }), fc.constant("\ud800")),
  });
  fc.assert(
    fc.property(name, (text) => {
      t.is(webSeedPath({ path: [text] }), percentEncode(new TextEncoder().encode(text)));
    }),
  );
});

test("every file has a URL of its own below the URL of the web seed", (t) => {
  const part = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
    fc.constant(".."),
  );
  const paths = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 6,
    selector: (path) => path.join("/"),
  });
  const base = "http://a.example/d/";
  fc.assert(
    fc.property(paths, (list) => {
      const { files } = parseTorrent(folderOf(list.map((path) => fileOf(...path))));
      for (const file of files) {
        const url = `${base}${webSeedPath(file)}`;
        t.is(new URL(url).href, url);
        t.true(url.startsWith(base) && url.length <= base.length + maxWebSeedPathLength);
        t.deepEqual(namesIn(url.slice(base.length)), namesOf(file));
      }
    }),
  );
});

function namesIn(path: string): string[] {
  return path.split("/").map(decodeURIComponent);
}

function namesOf({ path, originalPath = path }: MetainfoFile): readonly string[] {
  return originalPath;
}
