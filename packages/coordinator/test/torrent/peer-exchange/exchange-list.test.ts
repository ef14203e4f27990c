import test from "ava";
import { ExchangeList } from "../../../src/torrent/peer-exchange/exchange-list.ts";

const one = { host: "8.0.0.1", port: 1, flags: 0 };
const other = { host: "2001:db8::1", port: 2, flags: 16 };

test("the version grows with each change of the addresses, and with nothing else", (t) => {
  const list = new ExchangeList();
  const versions = [[], [one], [one], [{ ...one, flags: 2 }], [other], [one, other], []].map(
    (peers) => {
      list.update(peers, 0);
      return list.version;
    },
  );
  t.deepEqual(versions, [0, 1, 1, 1, 2, 3, 4]);
});

test("flags are those of the last time, as a peer becomes a seed", (t) => {
  const list = new ExchangeList();
  list.update([one, other], 0);
  list.update([{ ...one, flags: 2 }, other], 0);
  t.deepEqual(
    list.peers.map(({ flags }) => flags),
    [2, 16],
  );
});

test("two connections to one address are listed once, and local addresses are marked", (t) => {
  const list = new ExchangeList();
  list.update([one, one, { ...one, host: "10.0.0.1" }], 0);
  t.deepEqual(
    list.peers.map(({ key, isLocal }) => [key, isLocal]),
    [
      ["8.0.0.1:1", false],
      ["10.0.0.1:1", true],
    ],
  );
  t.true(list.has("8.0.0.1:1"));
  t.false(list.has("8.0.0.1:2"));
});

test("a list of thousands of peers is made anew after as many seconds", (t) => {
  const list = new ExchangeList();
  t.true(list.isDue(0));
  const peers = Array.from({ length: 3_500 }, (_, n) => ({ ...one, port: n + 1 }));
  list.update(peers.slice(0, 999), 0);
  t.true(list.isDue(0));
  list.update(peers, 0);
  t.false(list.isDue(2_999));
  t.true(list.isDue(3_000));
});
