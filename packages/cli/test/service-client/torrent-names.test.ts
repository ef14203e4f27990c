import test from "ava";
import { failureOf } from "../../src/failure.ts";
import { findTorrents } from "../../src/service-client/torrent-names.ts";
import { rowOf } from "../support/fake-service.ts";

const abc = rowOf("a", 1, { torrent: `abcdef${"0".repeat(34)}`, name: "one" });
const abd = rowOf("a", 2, { torrent: `abcdef${"1".repeat(34)}`, name: "two" });
const digits = rowOf("1", 7, { torrent: `1234567${"0".repeat(33)}`, name: "twin" });
const twin = rowOf("c", 123_456, { name: "twin" });
const rows = [abc, abd, digits, twin];

function codeOf(...words: string[]): string {
  try {
    findTorrents(words, rows);
    return "found";
  } catch (error) {
    return failureOf(error).code;
  }
}

test("a number, a hash, 6 digits of a hash and a name find their torrent", (t) => {
  t.deepEqual(findTorrents(["1"], rows), [abc]);
  t.deepEqual(findTorrents([abd.torrent.toUpperCase()], rows), [abd]);
  t.deepEqual(findTorrents(["CCCCCC"], rows), [twin]);
  t.deepEqual(findTorrents(["two"], rows), [abd]);
});

test("AE11: the hashes of both versions of a torrent find it", (t) => {
  const [infoHashV1, infoHashV2] = ["d".repeat(40), "e".repeat(64)];
  const hybrid = { ...rowOf("e", 8, { name: "hybrid" }), infoHashV1, infoHashV2 };
  const words = [infoHashV1, infoHashV2, infoHashV2.slice(0, 40), "dddddd", hybrid.torrent];
  for (const word of words) t.deepEqual(findTorrents([word], [...rows, hybrid]), [hybrid], word);
});

test("a number comes before a hash of the same digits", (t) => {
  t.deepEqual(findTorrents(["123456"], rows), [twin]);
  t.deepEqual(findTorrents(["1234567"], rows), [digits]);
});

test("each torrent is found once, in the order of the words; all are all", (t) => {
  t.deepEqual(findTorrents(["two", "1", "2", "one"], rows), [abd, abc]);
  t.deepEqual(findTorrents(["7", "all"], rows), [digits, abc, abd, twin]);
  t.deepEqual(findTorrents(["all"], []), []);
});

test("five digits of a hash are too few, and a name that several have is refused", (t) => {
  t.is(codeOf("ccccc"), "no-torrent");
  t.is(codeOf("abcdef"), "torrent-ambiguous");
  t.is(codeOf("twin"), "torrent-ambiguous");
  t.is(codeOf("1", "none"), "no-torrent");
});

test("the error names the numbers of the torrents, and the nearest name", (t) => {
  const message = "twin names 2 torrents, the numbers 7, 123456; allowed is one";
  t.throws(() => findTorrents(["twin"], rows), { message });
  t.throws(() => findTorrents(["tow"], rows), { message: /^the service has no torrent tow/ });
});

test("a hybrid is found by its other hash, after the torrents with such a key", (t) => {
  const infoHashV2 = `abcdef${"2".repeat(58)}`;
  const hybrid = rowOf("d", 9, { torrent: "d".repeat(40), infoHashV1: "e".repeat(40), infoHashV2 });
  const all = [...rows, hybrid];
  t.deepEqual(findTorrents([infoHashV2], all), [hybrid]);
  t.deepEqual(findTorrents([infoHashV2.slice(0, 40)], all), [hybrid]);
  t.deepEqual(findTorrents(["e".repeat(40)], all), [hybrid]);
  t.deepEqual(findTorrents([abc.torrent], all), [abc]);
});
