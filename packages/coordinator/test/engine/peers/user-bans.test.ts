import test from "ava";
import { IpFilter, mostBans } from "@troupe/messages";
import { UserBans } from "../../../src/engine/peers/user-bans.ts";

const ban = (prefix: string, atMs = 1_000) => ({ prefix, atMs });
const none = { added: [], lifted: [] };

function has(bans: UserBans, host: string): boolean {
  const packed = bans.pack();
  return packed !== undefined && new IpFilter({ bans: packed }).has(host);
}

test("L05: a ban is in force at once, and waits until it is saved", (t) => {
  const bans = new UserBans();
  const changes = { added: [ban("192.0.2.0/24"), ban("2001:db8::/32")], lifted: [] };
  bans.change(changes);
  t.true(has(bans, "192.0.2.9"));
  t.true(has(bans, "2001:db8:1::1"));
  t.false(has(bans, "192.0.3.1"));
  t.deepEqual(bans.waiting, changes);
  t.false(bans.settle(bans.waiting, changes.added));
  t.deepEqual(bans.waiting, none);
});

test("L05: bans that other programs have saved or lifted are taken over", (t) => {
  const bans = new UserBans();
  t.true(bans.settle(none, [ban("192.0.2.7")]));
  t.true(has(bans, "192.0.2.7"));
  t.false(bans.settle(none, [ban("192.0.2.7")]));
  t.true(bans.settle(none, []));
  t.is(bans.pack(), undefined);
});

test("a change during a save waits for the next one", (t) => {
  const bans = new UserBans();
  bans.change({ added: [ban("192.0.2.1")], lifted: [] });
  const sent = bans.waiting;
  bans.change({ added: [ban("192.0.2.2")], lifted: ["192.0.2.1"] });
  bans.settle(sent, [ban("192.0.2.1")]);
  t.deepEqual(
    bans.list.map(({ prefix }) => prefix),
    ["192.0.2.2"],
  );
  t.deepEqual(bans.waiting, { added: [ban("192.0.2.2")], lifted: ["192.0.2.1"] });
});

test("the number of bans is bounded", (t) => {
  const bans = new UserBans();
  const many = Array.from({ length: mostBans }, (_, i) => ban(`10.0.${i >> 8}.${i & 255}`));
  t.true(bans.hasRoomFor({ added: many, lifted: [] }));
  bans.change({ added: many, lifted: [] });
  t.true(bans.hasRoomFor({ added: many.slice(0, 5), lifted: [] }));
  t.false(bans.hasRoomFor({ added: [ban("11.0.0.1")], lifted: [] }));
});

test("the changes that wait for the database are bounded", (t) => {
  const bans = new UserBans();
  const lifted = Array.from(
    { length: 2 * mostBans },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
  );
  t.true(bans.hasRoomFor({ added: [], lifted }));
  bans.change({ added: [], lifted });
  t.true(bans.hasRoomFor({ added: [], lifted: ["10.0.0.1"] }));
  t.false(bans.hasRoomFor({ added: [], lifted: ["11.0.0.1"] }));
});
