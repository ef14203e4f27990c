import test from "ava";
import fc from "fast-check";
import { BlockVotes } from "../../../src/torrent/metadata/block-votes.ts";

const right = Uint8Array.of(1);
const wrong = Uint8Array.of(0);
const peer = (name: string): { readonly name: string } => ({ name });

test("a block needs two peers that agree", (t) => {
  const votes = new BlockVotes(1);
  t.true(votes.add(0, right, peer("a")), "the first vote leads");
  t.false(votes.isSettled);
  t.false(votes.add(0, wrong, peer("b")), "a single other vote does not");
  t.false(votes.isSettled);
  t.true(votes.add(0, right, peer("c")));
  t.true(votes.isSettled);
});

test("a peer has one vote on a block", (t) => {
  const votes = new BlockVotes(2);
  const a = peer("a");
  t.deepEqual([...votes.openFor(a)], [1, 0]);
  votes.add(1, right, a);
  t.deepEqual([...votes.openFor(a)], [0]);
  t.false(votes.add(1, right, a));
  t.false(votes.isSettled);
});

test("when the agreed bytes are wrong together, contradicted peers count no more", (t) => {
  const votes = new BlockVotes(5);
  const [liar, accomplice] = [peer("liar"), peer("accomplice")];
  const honest = [peer("a"), peer("b"), peer("c")];
  for (const block of [0, 1, 2, 3]) {
    votes.add(block, wrong, block > 1 ? accomplice : liar);
    for (const each of honest.slice(0, 2)) votes.add(block, right, each);
  }
  for (const each of [liar, accomplice]) votes.add(4, wrong, each);
  t.true(votes.isSettled);
  votes.doubt();
  t.deepEqual([...votes.openFor(peer("new"))], [4], "blocks of honest peers stay as they are");
  const [a, b] = honest;
  t.true(votes.add(4, right, a ?? liar));
  t.true(votes.add(4, right, b ?? liar));
  t.true(votes.isSettled);
});

test("without a contradicted peer one more peer must agree", (t) => {
  const votes = new BlockVotes(1);
  votes.add(0, wrong, peer("a"));
  votes.add(0, wrong, peer("b"));
  votes.doubt();
  t.false(votes.isSettled);
  votes.add(0, wrong, peer("c"));
  t.true(votes.isSettled);
});

test("nine votes on a block are enough, whatever they are", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 9, maxLength: 9 }), fc.nat(12), (said, doubts) => {
      const votes = new BlockVotes(1);
      for (const [at, byte] of said.entries()) votes.add(0, Uint8Array.of(byte), peer(String(at)));
      for (let count = 0; count < doubts; count++) votes.doubt();
      return votes.isSettled;
    }),
  );
  t.pass();
});

test("the tenth vote on a block does not count: hostile peers that come again fill no memory", (t) => {
  const votes = new BlockVotes(1);
  for (let count = 1; count <= 9; count++) votes.add(0, Uint8Array.of(count), peer("early"));
  const late = peer("late");
  t.false(votes.add(0, right, late));
  t.deepEqual([...votes.openFor(late)], []);
  t.false(votes.add(0, right, peer("later")), "two more peers for the first bytes do not lead");
});
