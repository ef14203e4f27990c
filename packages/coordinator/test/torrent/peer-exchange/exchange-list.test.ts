import test from "ava";
import { ExchangeList } from "../../../src/torrent/peer-exchange/exchange-list.ts";

const one = { host: "8.0.0.1", port: 1, flags: 0 };
const other = { host: "2001:db8::1", port: 2, flags: 16 };

test("the version grows with each change of the addresses, and with nothing else", (t) => {
  const list = new ExchangeList();
  const versions = [[], [one], [one], [{ ...one, flags: 2 }], [other], [one, other], []].map(
    (peers) => {
      list.update(peers);
      return list.version;
    },
  );
  t.deepEqual(versions, [0, 1, 1, 1, 2, 3, 4]);
});

test("flags are those of the last time, as a peer becomes a seed", (t) => {
  const list = new ExchangeList();
  list.update([one, other]);
  list.update([{ ...one, flags: 2 }, other]);
  t.deepEqual(
    list.peers.map(({ flags }) => flags),
    [2, 16],
  );
});

test("two connections to one address are listed once, and local addresses are marked", (t) => {
  const list = new ExchangeList();
  list.update([one, one, { ...one, host: "10.0.0.1" }]);
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
