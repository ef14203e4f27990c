import test from "ava";
import { chooseAll, keepListed, movedFocus, noSelection, reach } from "../../src/list/selection.ts";

const order = ["a", "b", "c", "d", "e"];
const chosen = ({ chosen: set }: typeof noSelection): string => [...set].toSorted().join("");

test("G12 a click selects one torrent, with Ctrl one more or less, with Shift a range", (t) => {
  const one = reach(noSelection, "b", "only", order);
  t.is(chosen(one), "b");
  t.is(chosen(reach(one, "d", "toggle", order)), "bd");
  t.is(chosen(reach(one, "b", "toggle", order)), "");
  const range = reach(one, "d", "range", order);
  t.is(chosen(range), "bcd");
  t.is(chosen(reach(range, "a", "range", order)), "ab", "the range turns around its anchor");
});

test("G12 a range without an anchor, or from one that is gone, selects the torrent alone", (t) => {
  t.is(chosen(reach(noSelection, "c", "range", order)), "c");
  t.is(chosen(reach({ ...noSelection, anchor: "gone" }, "c", "range", order)), "c");
});

test("G12 keys move by rows, by pages and to the ends, and stay in the list", (t) => {
  const at = reach(noSelection, "c", "only", order);
  const moved = (key: string): string | undefined => movedFocus(at, key, order, 10);
  t.is(moved("ArrowUp"), "b");
  t.is(moved("ArrowDown"), "d");
  t.is(moved("PageUp"), "a");
  t.is(moved("PageDown"), "e");
  t.is(moved("Home"), "a");
  t.is(moved("End"), "e");
  t.is(moved("x"), undefined);
  t.is(movedFocus(noSelection, "ArrowDown", order, 10), "a");
  t.is(movedFocus(at, "ArrowDown", [], 10), undefined);
});

test("G12 torrents that leave the list leave the selection, which else stays the same object", (t) => {
  const all = chooseAll(reach(noSelection, "c", "only", order), order);
  t.is(chosen(all), "abcde");
  t.is(
    keepListed(all, () => true),
    all,
  );
  const fewer = keepListed(all, (torrent) => torrent > "c");
  t.is(chosen(fewer), "de");
  t.is(fewer.focus, undefined);
});
