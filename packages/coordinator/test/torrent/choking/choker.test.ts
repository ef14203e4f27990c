import test from "ava";
import { roundRobin } from "../../../src/torrent/choking/strategies/round-robin.ts";
import { titForTat } from "../../../src/torrent/choking/strategies/tit-for-tat.ts";
import { chokerScene } from "../../support/choker-scene.ts";

const seeding = roundRobin(1_000);

test("a free slot is given at once, and no more peers than slots are unchoked", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abc");
  t.is(scene.unchoked(), "abc");
  scene.join("defg");
  t.is(scene.unchoked(), "abcd");
  scene.leave("b");
  t.is(scene.unchoked(), "acde");
});

test("a peer that loses interest loses its slot, and each change is reported once", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcde");
  t.is(scene.choker.takeChanged().size, 4);
  t.is(scene.choker.takeChanged().size, 0);
  scene.leave("a");
  t.deepEqual(
    [...scene.choker.takeChanged()].map(({ name }) => name),
    ["a", "e"],
  );
});

test("a new connection in the row of an old one does not inherit its slot", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("a");
  scene.choker.takeChanged();
  scene.leave("a");
  scene.join("a");
  t.is(scene.unchoked(), "a");
  t.is(scene.choker.takeChanged().size, 2, "the old connection and the new one");
});

test("a slot that its holder does not use for 5 s is passed on when a peer waits", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.idle("a");
  scene.join("abcd");
  scene.run(9_000);
  t.is(scene.unchoked(), "abcd", "no peer waits");
  scene.join("e");
  t.is(scene.unchoked(), "bcde");
});

test("a holder that continues to request keeps its slot; a holder that stops loses it within 6 s", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcde");
  scene.run(20_000);
  t.is(scene.unchoked(), "abcd");
  scene.idle("b");
  scene.run(4_000);
  t.is(scene.unchoked(), "abcd");
  scene.run(2_000);
  t.is(scene.unchoked(), "acde");
});

test("while no holder requests anything, the slots grow eightfold each second; a request brings them back to four", (t) => {
  const scene = chokerScene({ strategy: seeding });
  const idlers = Array.from({ length: 39 }, (_, n) => String.fromCodePoint(0x3b1 + n)).join("");
  scene.idle(idlers);
  scene.join(`${idlers}z`);
  t.is(scene.unchoked().length, 4);
  scene.run(1_000);
  t.is(scene.unchoked().length, 32);
  scene.run(1_000);
  t.is(scene.unchoked().length, 40);
  scene.run(8_000);
  t.is(scene.unchoked().length, 4);
  t.true(scene.unchoked().includes("z"), "the only peer that requests");
});

test("a holder that took less than a block in 5 s passes its slot on when a peer waits", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcd");
  scene.run(6_000);
  scene.show("a", { unreadMs: 5_000 });
  scene.run(6_000);
  t.is(scene.unchoked(), "abcd", "no peer waits");
  scene.join("e");
  t.is(scene.unchoked(), "bcde");
});

test("a slot that is given while old bytes wait in the socket lasts 5 s", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.show("a", { unreadMs: 60_000 });
  scene.join("abcde");
  scene.run(4_000);
  t.is(scene.unchoked(), "abcd");
  scene.run(2_000);
  t.is(scene.unchoked(), "bcde");
});

test("while all holders read nothing, the slots grow, and a peer that takes blocks gets one of them", (t) => {
  const scene = chokerScene({ strategy: seeding });
  for (const name of "abcdefghijklmnop") scene.show(name, { unreadMs: 2_000 });
  scene.join("abcdefghijklmnopq");
  scene.run(1_000);
  t.is(scene.unchoked(), "abcdefghijklmnopq");
});

test("slots do not grow while the holders together take a block a second", (t) => {
  const scene = chokerScene({ strategy: seeding });
  for (const name of "abcd") scene.show(name, { unreadMs: 4_000 });
  scene.rate("abcd", 0, 5_000);
  scene.join("abcdefgh");
  scene.run(4_000);
  t.is(scene.unchoked(), "abcd");
});

test("behind a slow line of our own a holder keeps its slot for four times the mean time of a block", (t) => {
  const scene = chokerScene({ strategy: roundRobin(1 << 20) });
  // Four holders at 8 kB/s: a block takes 2 s in the mean.
  for (const name of "abcd") scene.show(name, { upBytesPerSecond: 8_000, unreadMs: 6_000 });
  scene.rate("abcd", 0, 8_000);
  scene.join("abcde");
  scene.run(12_000);
  t.is(scene.unchoked(), "abcd");
  scene.show("b", { upBytesPerSecond: 200, unreadMs: 20_000 });
  scene.run(2_000);
  t.is(scene.unchoked(), "acde");
});

test("slots do not grow while slow holders take blocks now and then", (t) => {
  const scene = chokerScene({ strategy: seeding });
  for (const name of "abcd") scene.show(name, { unreadMs: 400 });
  scene.join("abcdefgh");
  scene.run(4_000);
  t.is(scene.unchoked(), "abcd");
});

test("slots do not double while a holder requests", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.idle("abc");
  scene.join("abcdefgh");
  scene.run(4_000);
  t.is(scene.unchoked(), "abcd");
  scene.run(2_000);
  t.is(scene.unchoked(), "defg");
});

test("connections of one address have one slot while other addresses wait, and otherwise any free slots", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.together("abcd");
  scene.join("abcd");
  t.is(scene.unchoked(), "abcd");
  scene.join("efg");
  scene.run(10_000);
  t.is(scene.unchoked().length, 4);
  t.true(scene.unchoked().endsWith("efg"));
});

test("an address that reconnects waits behind addresses that have waited longer", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcdef");
  scene.leave("a");
  scene.join("a");
  t.is(scene.unchoked(), "bcde");
  scene.leave("b");
  t.is(scene.unchoked(), "cdef");
});

test("added slots are given at once, and removed slots end in the next round", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcdef");
  scene.run(1_000);
  scene.setSlots(5);
  t.is(scene.unchoked(), "abcde");
  scene.setSlots(2);
  scene.run(5_000);
  t.is(scene.unchoked(), "abcde");
  scene.run(5_000);
  t.is(scene.unchoked().length, 2);
});

test("with slots for all every interested peer is unchoked", (t) => {
  const scene = chokerScene({ strategy: seeding, slots: Infinity });
  scene.join("abcdefghij");
  scene.run(30_000);
  t.is(scene.unchoked(), "abcdefghij");
});

test("a torrent that downloads unchokes the peers that give most, and one other peer at random", (t) => {
  const scene = chokerScene({ strategy: titForTat, lots: [0] });
  scene.join("abcdefgh");
  scene.rate("e", 1_000, 1_000);
  scene.rate("f", 3_000, 1_000);
  scene.rate("g", 2_000, 1_000);
  scene.rate("h", 4_000, 1_000);
  scene.run(30_000);
  t.regex(scene.unchoked(), /^[abcde]fgh$/);
  scene.leave("h");
  scene.run(10_000);
  t.regex(scene.unchoked(), /^[abcd]efg$/);
});

test("a peer that snubs us loses its slot", (t) => {
  const scene = chokerScene({ strategy: titForTat });
  scene.join("abcdefgh");
  scene.rate("fgh", 1_000, 1_000);
  scene.run(30_000);
  t.true(scene.unchoked().includes("h"));
  scene.rate("h", 0, 0);
  scene.show("h", { isSnubbed: true });
  scene.run(20_000);
  t.false(scene.unchoked().includes("h"));
});

test("an optimistic slot ends after 30 s, and no peer has it twice in a row while others wait", (t) => {
  const scene = chokerScene({ strategy: titForTat });
  scene.rate("bcd", 1_000, 1_000);
  scene.join("bcd");
  scene.run(10_000);
  scene.join("wxyz");
  const holders: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const holder = scene.unchoked().replace(/[bcd]/g, "");
    holders.push(holder);
    scene.run(20_000);
    t.is(scene.unchoked(), `bcd${holder}`);
    t.is(scene.optimistic(), holder);
    scene.run(10_000);
  }
  for (const [turn, holder] of holders.entries()) t.not(holder, holders[turn - 1]);
});

/** The peers b, c and d have given for a round as much as they took. A later peer x takes, and gives nothing. */
function sceneOfGivers() {
  const scene = chokerScene({ strategy: titForTat });
  scene.rate("bcd", 1_000, 1_000);
  scene.rate("x", 0, 1_000);
  scene.join("bcd");
  scene.run(10_000);
  return scene;
}

test("a peer that takes blocks and gives none rests 10 min after its optimistic slot, and longer each time", (t) => {
  const scene = sceneOfGivers();
  scene.join("x");
  const changes: number[] = [];
  let isUnchoked = true;
  t.is(scene.unchoked(), "bcdx");
  for (let second = 10; second <= 2_000; second += 10) {
    scene.run(10_000);
    if (scene.unchoked().includes("x") === isUnchoked) continue;
    isUnchoked = !isUnchoked;
    changes.push(second);
  }
  t.deepEqual(changes, [30, 630, 660, 1_860, 1_890]);
});

test("a peer that ends its interest before its optimistic slot ends rests as well", (t) => {
  const scene = sceneOfGivers();
  for (let turn = 0; turn < 2; turn++) {
    scene.join("x");
    t.is(scene.unchoked(), "bcdx");
    scene.run(15_000);
    scene.leave("x");
  }
  scene.join("x");
  t.is(scene.unchoked(), "bcd");
  scene.run(500_000);
  t.is(scene.unchoked(), "bcd");
});

test("a peer that takes blocks, gives none and loses its slot for a lack of requests rests as well", (t) => {
  const scene = sceneOfGivers();
  scene.join("x");
  scene.run(21_000);
  scene.idle("x");
  scene.join("e");
  scene.run(8_000);
  t.is(scene.unchoked(), "bcde");
  scene.leave("e");
  scene.run(50_000);
  t.is(scene.unchoked(), "bcd");
});

test("a resting peer that gives without a slot does not rest any more", (t) => {
  const scene = sceneOfGivers();
  scene.join("x");
  scene.run(40_000);
  t.is(scene.unchoked(), "bcd");
  scene.rate("x", 2_000, 1_000);
  scene.run(20_000);
  t.is(scene.unchoked(), "bcdx");
});

test("a peer that unchokes us owes us nothing while we request nothing", (t) => {
  const scene = sceneOfGivers();
  scene.show("x", { isChokingUs: false });
  scene.join("x");
  scene.run(120_000);
  t.is(scene.unchoked(), "bcdx");
});

test("a peer that has nothing for us keeps a free optimistic slot", (t) => {
  const scene = sceneOfGivers();
  scene.show("x", { amInterested: false });
  scene.join("x");
  scene.run(120_000);
  t.is(scene.unchoked(), "bcdx");
});

test("a peer that gives after its optimistic slot is not held back", (t) => {
  const scene = chokerScene({ strategy: titForTat });
  scene.rate("bcd", 1_000, 1_000);
  scene.join("bcd");
  scene.run(10_000);
  scene.rate("x", 500, 1_000);
  scene.join("x");
  scene.run(60_000);
  t.is(scene.unchoked(), "bcdx");
});

test("when all peers rest one of them is unchoked at a time", (t) => {
  const scene = chokerScene({ strategy: titForTat, slots: 20 });
  scene.rate("abcdefgh", 0, 1_000);
  scene.join("abcdefgh");
  t.is(scene.unchoked(), "abcdefgh");
  scene.run(30_000);
  t.is(scene.unchoked().length, 1);
  scene.run(60_000);
  t.is(scene.unchoked().length, 1);
});

test("the choker measures what each slot carried in the last round", (t) => {
  const scene = chokerScene({ strategy: seeding, slots: 3 });
  scene.rate("a", 0, 3_000);
  scene.rate("b", 0, 1_000);
  scene.rate("c", 0, 5_000);
  scene.join("ab");
  scene.run(7_000);
  scene.join("c");
  scene.run(3_000);
  t.deepEqual(scene.choker.use, { rates: [3_000, 1_000], fresh: 1 });
  scene.run(10_000);
  t.deepEqual(scene.choker.use, { rates: [3_000, 1_000, 5_000], fresh: 0 });
});

test("between rounds only holders are looked at, and nothing while no peer waits", (t) => {
  const scene = chokerScene({ strategy: seeding });
  scene.join("abcd");
  scene.run(1_000);
  const before = scene.looks;
  scene.run(8_000);
  t.is(scene.looks, before);
  scene.join("efghijklmnopqrstuvwxyz");
  const waiting = scene.looks;
  scene.run(9_000);
  // A round with 26 peers, and 8 looks at four holders; 250 ms of tolerance.
  t.true(scene.looks - waiting <= 26 + 9 * 4, `${scene.looks - waiting}`);
});
