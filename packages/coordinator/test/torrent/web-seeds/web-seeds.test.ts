import test from "ava";
import { makeGeometry } from "@troupe/protocol/metainfo";
import { unpackFiles } from "@troupe/messages";
import { peerIdText } from "@troupe/protocol/peer";
import { WebSeeds } from "../../../src/torrent/web-seeds/web-seeds.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const files = [
  { path: ["d", "a b"], lengthBytes: 5, offset: 0, isPadding: false },
  { path: ["d", ".pad"], lengthBytes: 3, offset: 5, isPadding: true },
  { path: ["d", "x_y"], originalPath: ["d", "x:y"], lengthBytes: 8, offset: 8, isPadding: false },
];
const [torrents, links, users] = ["http://t.example/", "http://l.example/", "http://u.example/"];

function webSeeds(metainfo: object = {}, request: object = {}): WebSeeds {
  const known = {
    files,
    geometry: makeGeometry(16, 16_384),
    isSingleFile: false,
    isPrivate: false,
    webSeeds: [torrents],
    ...metainfo,
  };
  return new WebSeeds(known, { settings: {}, ...request }, seededRandom(1));
}

function addressesIn(seeds: WebSeeds, at = 0): string[] {
  const seed = seeds.list[at];
  if (seed === undefined) return [];
  const { url, files: list } = seeds.addressesOf(seed, 0);
  return unpackFiles(list).map(({ path }) => url + path);
}

test("L04: web seeds that another source has named come last, are not trusted, and are none of a private torrent", (t) => {
  const settings = { webSeeds: [users], foundWebSeeds: [links] };
  t.deepEqual(
    webSeeds({}, { settings }).list.map(({ url, reach }) => [url, reach]),
    [
      [users, "any"],
      [torrents, "documents"],
      [links, "documents"],
    ],
  );
  t.deepEqual(
    webSeeds({ isPrivate: true }, { settings }).list.map(({ url }) => url),
    [users, torrents],
  );
});

test("web seeds of the user come first and are trusted, then those of the link and of the torrent", (t) => {
  const { list } = webSeeds(
    {},
    { settings: { webSeeds: [users] }, linkWebSeeds: [links, torrents] },
  );
  t.deepEqual(
    list.map(({ url, reach }) => [url, reach]),
    [
      [users, "any"],
      [links, "documents"],
      [torrents, "documents"],
    ],
  );
});

test("a web seed of the torrent that the user names too is trusted", (t) => {
  const { list } = webSeeds({}, { settings: { webSeeds: [torrents] } });
  t.deepEqual(
    list.map(({ reach }) => reach),
    ["any"],
  );
});

test("with `useLocalHosts` off every web seed leads to hosts of the internet alone", (t) => {
  const { list } = webSeeds(
    {},
    { settings: { webSeeds: [users], useLocalHosts: false }, linkWebSeeds: [links] },
  );
  t.deepEqual(
    list.map(({ url, reach }) => [url, reach]),
    [
      [users, "internet"],
      [links, "internet"],
      [torrents, "internet"],
    ],
  );
});

test("each web seed keeps a peer id of its own, which cannot be guessed from the URL", (t) => {
  const { list, byPeerId } = pickIds(webSeeds({ webSeeds: [torrents, links] }));
  for (const id of list) t.regex(id, /^-WS0100-[^]{12}$/);
  t.is(new Set(list).size, 2);
  t.deepEqual(byPeerId, [torrents, links]);
});

function pickIds(seeds: WebSeeds) {
  const list = seeds.list.map(({ peerId }) => peerIdText(peerId));
  return { list, byPeerId: list.map((id) => seeds.byPeerId(id)?.url) };
}

test("the addresses of files are the URL, with a slash, and the original names", (t) => {
  const expected = [
    "http://t.example/q/d/a%20b",
    "http://t.example/q/d/.pad",
    "http://t.example/q/d/x%3Ay",
  ];
  t.deepEqual(addressesIn(webSeeds({ webSeeds: ["http://t.example/q"] })), expected);
  t.deepEqual(addressesIn(webSeeds({ webSeeds: ["http://t.example/q/"] })), expected);
});

test("padding is marked", (t) => {
  const seeds = webSeeds();
  t.deepEqual(
    seeds.list.map((seed) => seeds.addressesOf(seed, 0).files.padding),
    [[1]],
  );
});

test("a URL without a slash is the address of a single file", (t) => {
  const single = { files: files.slice(0, 1), isSingleFile: true };
  t.deepEqual(addressesIn(webSeeds({ ...single, webSeeds: ["http://t.example/q"] })), [
    "http://t.example/q",
  ]);
  t.deepEqual(addressesIn(webSeeds({ ...single, webSeeds: ["http://t.example/q/"] })), [
    "http://t.example/q/d/a%20b",
  ]);
});

test("files whose names are too long for a URL count as missing", (t) => {
  const long = { path: ["é".repeat(2_000)], lengthBytes: 1, offset: 0, isPadding: false };
  const seeds = webSeeds({ files: [...files, long] });
  const [seed] = seeds.list;
  seed?.lackedFiles.addMissing(0, "it lacks the file");
  t.deepEqual(seed && seeds.addressesOf(seed, 0).missingFiles, [0, 3]);
});
