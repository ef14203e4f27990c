import test from "ava";

import { AddressTellers } from "../../../src/torrent/holepunch/address-tellers.ts";

const minuteMs = 60_000;
const anyone = (peerId: string): string => peerId;

test("a teller of an address is asked once a minute", (t) => {
  const tellers = new AddressTellers();
  tellers.note("here", "a");
  t.is(tellers.ask("here", 0, anyone), "a");
  t.is(tellers.ask("here", minuteMs - 1, anyone), undefined);
  t.is(tellers.ask("here", minuteMs, anyone), "a");
  t.is(tellers.ask("elsewhere", 0, anyone), undefined);
});

test("the first teller that may be asked is asked, and a question to none does not count", (t) => {
  const tellers = new AddressTellers();
  for (const peerId of ["a", "b", "c"]) tellers.note("here", peerId);
  t.is(
    tellers.ask("here", 0, () => undefined),
    undefined,
  );
  t.is(
    tellers.ask("here", 0, (peerId) => (peerId === "a" ? undefined : peerId)),
    "b",
  );
});

test("four tellers of an address are kept, each once", (t) => {
  const tellers = new AddressTellers();
  for (const peerId of ["a", "a", "b", "c", "d", "e"]) tellers.note("here", peerId);
  const seen: string[] = [];
  tellers.ask("here", 0, (peerId) => void seen.push(peerId));
  t.deepEqual(seen, ["a", "b", "c", "d"]);
});

test("a teller that does not lead to the address is forgotten for it, and another is asked at once", (t) => {
  const tellers = new AddressTellers();
  tellers.note("here", "a");
  tellers.note("here", "b");
  t.is(tellers.ask("here", 0, anyone), "a");
  tellers.remove("here", "c");
  t.is(tellers.ask("here", 1, anyone), undefined);
  tellers.remove("here", "a");
  t.is(tellers.ask("here", 1, anyone), "b");
  tellers.remove("here", "b");
  t.is(tellers.ask("here", 2 * minuteMs, anyone), undefined);
});

test("of more than a thousand addresses the one that was named first is forgotten", (t) => {
  const tellers = new AddressTellers();
  for (let number = 0; number <= 1_000; number++) tellers.note(`address ${number}`, "a");
  t.is(tellers.ask("address 0", 0, anyone), undefined);
  t.is(tellers.ask("address 1", 0, anyone), "a");
  t.is(tellers.ask("address 1000", 0, anyone), "a");
});
