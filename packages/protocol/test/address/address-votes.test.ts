import test from "ava";
import { AddressVotes } from "../../src/address/index.ts";

const ours = "203.0.113.9";

/** Hosts of `count` networks. */
function networks(count: number, region = 1): string[] {
  return Array.from({ length: count }, (_, n) => `8.${region}.${n}.1`);
}

function vote(votes: AddressVotes, host: string, witnesses: readonly string[]): boolean[] {
  return witnesses.map((witness) => votes.vote(host, witness));
}

test("an address is believed when five networks name it, and the change is reported once", (t) => {
  const votes = new AddressVotes();
  t.deepEqual(vote(votes, ours, networks(6)), [false, false, false, false, true, false]);
  t.is(votes.believed, ours);
});

test("a network has one vote, the latest", (t) => {
  const votes = new AddressVotes();
  vote(votes, ours, ["8.0.1.1", "8.0.1.2", "8.0.1.3", "8.0.1.4", "8.0.1.5"]);
  t.is(votes.believed, undefined);
  vote(votes, ours, networks(5));
  vote(votes, "203.0.113.10", networks(4));
  t.is(votes.believed, ours);
});

test("most votes are needed, not five alone", (t) => {
  const votes = new AddressVotes();
  vote(votes, ours, networks(8));
  vote(votes, "198.51.100.7", networks(8, 2));
  t.is(votes.believed, ours);
  t.true(votes.vote("198.51.100.7", "8.3.0.1"));
});

test("votes of local hosts, for local addresses and of the other family do not count", (t) => {
  const votes = new AddressVotes();
  vote(
    votes,
    ours,
    Array.from({ length: 9 }, (_, n) => `192.168.${n}.1`),
  );
  vote(votes, "10.0.0.1", networks(9));
  vote(
    votes,
    ours,
    Array.from({ length: 9 }, (_, n) => `2001:db8:${n + 1}::1`),
  );
  t.is(votes.believed, undefined);
});
