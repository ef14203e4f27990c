import test from "ava";
import { parseTorrent } from "../../src/metainfo/index.ts";
import { refuses } from "../support/refusals.ts";
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
] as const) {
  const [field = ""] = Object.keys(outside);
  test(`case 12: ${JSON.stringify(outside)} is refused by the name of the field`, (t) => {
    const error = refuses(t, "field-wrong-type", () => parseTorrent(torrentWith({}, outside)));
    t.is(error.details["field"], field);
  });
}
