import test from "ava";
import { Choker, unchokeSlots } from "../../src/torrent/choker.ts";

/** A choker over peers drawn as text: upper case is interested. */
function scene() {
  const choker = new Choker();
  const peers = new Map<string, object>();
  let nowMs = 0;
  let unchoked = new Set<object>();
  const nameOf = (key: object) => [...peers].find(([, peer]) => peer === key)?.[0] ?? "?";
  return {
    /** @returns who is unchoked after `afterMs` more, sorted; undefined when the choker has nothing to say. */
    choose(drawing: string, afterMs = 0): string | undefined {
      nowMs += afterMs;
      const here = Array.from(drawing).map((letter) => {
        const name = letter.toLowerCase();
        const key = peers.get(name) ?? {};
        peers.set(name, key);
        return { key, isInterested: letter !== name };
      });
      const chosen = choker.choose(here, nowMs);
      if (chosen === undefined) return undefined;
      unchoked = new Set(chosen);
      return [...unchoked].map(nameOf).toSorted().join("");
    },
    /** This peer went away; one with the same place is another. */
    leave: (name: string) => peers.delete(name),
  };
}

test("at most four interested peers are unchoked", (t) => {
  t.is(unchokeSlots, 4);
  t.is(scene().choose("abCDeFGH"), "cdfg");
});

test("a peer that is not interested gets no slot", (t) => {
  t.is(scene().choose("abc"), undefined);
  t.is(scene().choose("aBc"), "b");
});

test("nothing is said while nothing changes", (t) => {
  const { choose } = scene();
  t.is(choose("ABcd"), "ab");
  t.is(choose("ABcd", 10_000), undefined);
});

test("a free slot is given at once", (t) => {
  const { choose } = scene();
  choose("ABcd");
  t.is(choose("ABCd", 250), "abc");
  t.is(choose("ABCDE", 250), "abcd");
  t.is(choose("ABCE", 250), "abce", "d went away");
});

test("a peer that loses interest gives its slot up", (t) => {
  const { choose } = scene();
  t.is(choose("ABCDE"), "abcd");
  t.is(choose("AbCDE", 250), "acde");
});

test("after 30 seconds a slot goes to a peer that waits", (t) => {
  const { choose } = scene();
  choose("ABCD");
  t.is(choose("ABCDE", 29_750), undefined);
  t.is(choose("ABCDE", 250), "bcde", "one waits, one slot is passed on: the longest");
});

test("a turn goes on while nobody waits", (t) => {
  const { choose } = scene();
  choose("ABCD");
  t.is(choose("ABCDe", 120_000), undefined);
});

test("with eight peers each has its turn, the one that waited longest first", (t) => {
  const { choose } = scene();
  t.is(choose("ABCDEFGH"), "abcd");
  t.is(choose("ABCDEFGH", 30_000), "efgh");
  t.is(choose("ABCDEFGH", 30_000), "abcd");
});

test("a peer that was never unchoked comes before one that was", (t) => {
  const { choose } = scene();
  choose("ABCDE");
  t.is(choose("ABCDEF", 30_000), "cdef");
  t.is(choose("ABCDEFG", 30_000), "abfg".split("").toSorted().join(""));
});

test("a newcomer is not taken for the one who was there before", (t) => {
  const { choose, leave } = scene();
  t.is(choose("A"), "a");
  leave("a");
  t.is(choose("A", 250), "a", "told again: to its worker this is a new peer, and choked");
});

test("when the last peer leaves the slots are free", (t) => {
  const { choose } = scene();
  choose("A");
  t.is(choose("", 250), "");
  t.is(choose("", 250), undefined);
});
