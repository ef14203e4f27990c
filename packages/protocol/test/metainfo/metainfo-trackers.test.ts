import test from "ava";
import { parseTorrent } from "../../src/metainfo/index.ts";
import { type Fields, torrentWith } from "../support/torrents.ts";

const url = (name: string | number) => `http://${name}.example/announce`;

const tiers = test.macro((t, outside: Fields, expected: readonly (readonly string[])[]) => {
  t.deepEqual(parseTorrent(torrentWith({}, outside)).trackers, expected);
});

test("announce alone is one tier", tiers, { announce: url("a") }, [[url("a")]]);
test(
  "announce-list wins over announce",
  tiers,
  { announce: url("a"), "announce-list": [[url("b"), url("c")], [url("d")]] },
  [[url("b"), url("c")], [url("d")]],
);
test(
  "with an empty announce-list the announce URL is used",
  tiers,
  { announce: url("a"), "announce-list": [] },
  [[url("a")]],
);
test(
  "with an announce-list without a usable URL the announce URL is used",
  tiers,
  { announce: url("a"), "announce-list": [[], [""], ["x"]] },
  [[url("a")]],
);
test("a flat announce-list is one tier a URL", tiers, { "announce-list": [url("a"), url("b")] }, [
  [url("a")],
  [url("b")],
]);
test(
  "a URL given twice counts once, at its first place",
  tiers,
  { "announce-list": [[url("a"), url("a")], [url("a"), url("b")], [url("b")]] },
  [[url("a")], [url("b")]],
);
test(
  "udp trackers keep their place",
  tiers,
  { "announce-list": [["udp://u.example:80", url("a")]] },
  [["udp://u.example:80", url("a")]],
);
test("a torrent may have no tracker", tiers, { announce: undefined }, []);
test("an empty announce counts as none", tiers, { announce: "" }, []);

test("case 27: of ten thousand URLs 200 are kept, with a warning", (t) => {
  const list = Array.from({ length: 100 }, (_, tier) =>
    Array.from({ length: 100 }, (_, i) => url(`${tier}-${i}`)),
  );
  const { trackers, warnings } = parseTorrent(torrentWith({}, { "announce-list": list }));
  t.is(trackers.flat().length, 200);
  t.deepEqual(warnings, ["9800 trackers left out: the URL is not among the first 200"]);
});

test("case 27: one warning names each kind of URL left out", (t) => {
  const list = [["file:///a", "javascript:b", url("a"), "http://u:p@x.example/"]];
  const { trackers, warnings } = parseTorrent(torrentWith({}, { "announce-list": list }));
  t.deepEqual(trackers, [[url("a")]]);
  t.deepEqual(warnings, [
    "2 trackers left out: the URL is not http, https or udp",
    "1 tracker left out: the URL names a user",
  ]);
});

for (const outside of [
  { announce: 1 },
  { announce: [] },
  { "announce-list": 1 },
  { "announce-list": "x" },
  { "announce-list": {} },
  { "announce-list": [1] },
  { "announce-list": [{}] },
  { "announce-list": [[1]] },
  { "announce-list": [[[]]] },
  { "announce-list": [[[url("a")]]] },
  { "announce-list": `${url("a")},${url("b")}` },
] as const) {
  const [field = ""] = Object.keys(outside);
  test(`case 12: ${JSON.stringify(outside)} counts as no tracker, with a warning`, (t) => {
    const { trackers, warnings } = parseTorrent(
      torrentWith({}, { announce: undefined, ...outside }),
    );
    t.deepEqual(trackers, []);
    t.is(warnings.length, 1);
    t.true(warnings[0]?.includes(field) === true || warnings[0]?.includes("tracker") === true);
  });
}

test("trackers beside values of another type are used", (t) => {
  const list = [url("a"), 1, [url("b"), 2, [url("c")]], {}, [url("d")]];
  const { trackers, warnings } = parseTorrent(torrentWith({}, { "announce-list": list }));
  t.deepEqual(trackers, [[url("a")], [url("b")], [url("d")]]);
  t.deepEqual(warnings, [
    "a tracker left out: the value is of type integer, not string",
    "a tracker left out: the value is of type list, not string",
    "a tracker left out: the value is of type dictionary, not string",
  ]);
});

for (const wrong of ["x,y", "", {}, 1])
  test(`with ${JSON.stringify(wrong)} as announce-list the announce URL is used`, (t) => {
    const outside = { announce: url("a"), "announce-list": wrong };
    t.deepEqual(parseTorrent(torrentWith({}, outside)).trackers, [[url("a")]]);
  });
