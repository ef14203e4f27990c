import test from "ava";
import fc from "fast-check";
import { Opinions } from "../../../src/torrent/metadata/opinions.ts";

const right = Uint8Array.of(1);
const wrong = Uint8Array.of(0);
const peer = (name: string): { readonly name: string } => ({ name });

test("a block needs two peers that agree", (t) => {
  const opinions = new Opinions(1);
  t.true(opinions.add(0, right, peer("a")), "the first opinion leads");
  t.false(opinions.isSettled);
  t.false(opinions.add(0, wrong, peer("b")), "a single other opinion does not");
  t.false(opinions.isSettled);
  t.true(opinions.add(0, right, peer("c")));
  t.true(opinions.isSettled);
});

test("a peer has one opinion on a block", (t) => {
  const opinions = new Opinions(2);
  const a = peer("a");
  t.deepEqual([...opinions.openFor(a)], [1, 0]);
  opinions.add(1, right, a);
  t.deepEqual([...opinions.openFor(a)], [0]);
  t.false(opinions.add(1, right, a));
  t.false(opinions.isSettled);
});

test("when the agreed bytes are wrong together, contradicted peers count no more", (t) => {
  const opinions = new Opinions(5);
  const [liar, accomplice] = [peer("liar"), peer("accomplice")];
  const honest = [peer("a"), peer("b"), peer("c")];
  for (const block of [0, 1, 2, 3]) {
    opinions.add(block, wrong, block > 1 ? accomplice : liar);
    for (const each of honest.slice(0, 2)) opinions.add(block, right, each);
  }
  for (const each of [liar, accomplice]) opinions.add(4, wrong, each);
  t.true(opinions.isSettled);
  opinions.doubt();
  t.deepEqual([...opinions.openFor(peer("new"))], [4], "blocks of honest peers stay as they are");
  const [a, b] = honest;
  t.true(opinions.add(4, right, a ?? liar));
  t.true(opinions.add(4, right, b ?? liar));
  t.true(opinions.isSettled);
});

test("without a contradicted peer one more peer must agree", (t) => {
  const opinions = new Opinions(1);
  opinions.add(0, wrong, peer("a"));
  opinions.add(0, wrong, peer("b"));
  opinions.doubt();
  t.false(opinions.isSettled);
  opinions.add(0, wrong, peer("c"));
  t.true(opinions.isSettled);
});

test("nine opinions on a block are enough, whatever they are", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 9, maxLength: 9 }), fc.nat(12), (said, doubts) => {
      const opinions = new Opinions(1);
      for (const [at, byte] of said.entries())
        opinions.add(0, Uint8Array.of(byte), peer(String(at)));
      for (let count = 0; count < doubts; count++) opinions.doubt();
      return opinions.isSettled;
    }),
  );
  t.pass();
});

test("the tenth opinion on a block does not count: hostile peers that come again fill no memory", (t) => {
  const opinions = new Opinions(1);
  for (let count = 1; count <= 9; count++) opinions.add(0, Uint8Array.of(count), peer("early"));
  const late = peer("late");
  t.false(opinions.add(0, right, late));
  t.deepEqual([...opinions.openFor(late)], []);
  t.false(opinions.add(0, right, peer("later")), "two more peers for the first bytes do not lead");
});
