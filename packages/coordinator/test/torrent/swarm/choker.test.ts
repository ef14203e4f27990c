import test from "ava";
import { Choker, unchokeSlots } from "../../../src/torrent/swarm/choker.ts";

/** A choker over peers drawn as text: upper case is interested. */
function scene() {
  const choker = new Choker();
  const peers = new Map<string, object>();
  const idle = new Set<string>();
  const subscribers = new Map<string, string>();
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
        return {
          key,
          subscriber: subscribers.get(name) ?? name,
          isInterested: letter !== name,
          requestsSeen: 0,
          requestsIn: unchoked.has(key) && !idle.has(name) ? 1 : 0,
          roundTripMs: 0,
        };
      });
      const chosen = choker.choose(here, nowMs);
      if (chosen === undefined) return undefined;
      unchoked = new Set(chosen);
      return [...unchoked].map(nameOf).toSorted().join("");
    },
    /** This peer went away; one with the same place is another. */
    leave: (name: string) => peers.delete(name),
    /** From now on these ask for nothing when they are unchoked. */
    idle(names: string): void {
      for (const name of names) idle.add(name);
    },
    /** These peers have one address. */
    together(names: string): void {
      for (const name of names) subscribers.set(name, names);
    },
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

test("no message is sent while nothing changes", (t) => {
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

test("a slot is kept while no peer waits", (t) => {
  const { choose } = scene();
  choose("ABCD");
  t.is(choose("ABCDe", 120_000), undefined);
});

test("with eight peers each gets a slot, the longest wait first", (t) => {
  const { choose } = scene();
  t.is(choose("ABCDEFGH"), "abcd");
  t.is(choose("ABCDEFGH", 30_000), "efgh");
  t.is(choose("ABCDEFGH", 30_000), "abcd");
});

test("a peer that was never unchoked goes before one that was", (t) => {
  const { choose } = scene();
  choose("ABCDE");
  t.is(choose("ABCDEF", 30_000), "cdef");
  t.is(choose("ABCDEFG", 30_000), "abfg".split("").toSorted().join(""));
});

test("a new peer in an old row does not inherit the slot", (t) => {
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

test("a slot whose holder has requested nothing for 5 s is passed on when a peer waits", (t) => {
  const { choose, idle } = scene();
  idle("a");
  t.is(choose("ABCD"), "abcd");
  t.is(choose("ABCD", 10_000), undefined, "nobody waits");
  t.is(choose("ABCDE", 250), "bcde");
});

test("a holder that continues to request keeps its slot; a holder that stops loses it 5 s later", (t) => {
  const { choose, idle } = scene();
  choose("ABCD");
  choose("ABCDE", 250);
  idle("b");
  t.is(choose("ABCDE", 4_750), undefined);
  t.is(choose("ABCDE", 250), "acde");
});

test("while no holder requests anything the slots double each second, and are four again when one does", (t) => {
  const { choose, idle } = scene();
  idle("abcdefghijklmnop");
  const all = "ABCDEFGHIJKLMNOPQ";
  t.is(choose(all), "abcd");
  t.is(choose(all, 750), undefined);
  t.is(choose(all, 250), "abcdefgh");
  t.is(choose(all, 1_000), "abcdefghijklmnop");
  t.is(choose(all, 1_000), "abcdefghijklmnopq");
  t.is(choose(all, 250), "abcq", "the only one that asks, and three more");
});

test("slots do not double while a holder requests", (t) => {
  const { choose, idle } = scene();
  idle("abc");
  t.is(choose("ABCD"), "abcd");
  t.is(choose("ABCDEFGH", 1_000), undefined);
  t.is(choose("ABCDEFGH", 4_000), "defg");
});

test("connections of one address have one slot while other addresses wait, and all free slots otherwise", (t) => {
  const { choose, together } = scene();
  together("abcd");
  t.is(choose("ABCD"), "abcd");
  t.is(choose("ABCDE", 250), "bcde");
  t.is(choose("ABCDEFG", 250), "defg");
  t.is(choose("ABCDEFGH", 250), undefined, "each address has one: now it is by turns");
  t.is(choose("ABCDEfgh", 250)?.length, 4);
});

test("an address that has had a slot waits behind an address that has not, whichever connection requests", (t) => {
  const { choose, together } = scene();
  together("ae");
  t.is(choose("ABCD"), "abcd");
  t.is(choose("aBCDEF", 250), "bcdf");
});
