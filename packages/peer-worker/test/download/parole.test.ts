import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";

import { noPeer } from "../../src/download/piece-in-progress.ts";
import { Parole } from "../../src/download/parole.ts";

const [ann, ben, cid] = [0, 1, 2] as PeerRowIndex[] as [PeerRowIndex, PeerRowIndex, PeerRowIndex];

function parole({ mistrusted = [] as PeerRowIndex[], pieceLengthBytes = 16_384 } = {}) {
  let blocks = 0;
  const made = new Parole(mistrusted, pieceLengthBytes);
  return {
    made,
    admitted: () => [ann, ben, cid].map((peer) => made.mayRequestFrom(peer)),
    /** @param gained Blocks that come in each second. */
    pass(seconds: number, gained = 1) {
      const late: (PeerRowIndex | undefined)[] = [];
      for (let second = 0; second < seconds; second++) {
        blocks += gained;
        late.push(made.tick(blocks));
      }
      return late.filter((peer) => peer !== undefined);
    },
  };
}

test("the first peer has the piece alone until it fails", (t) => {
  const { made, admitted } = parole();
  t.deepEqual(admitted(), [true, true, true]);
  made.claim(ben);
  t.deepEqual(admitted(), [false, true, false]);
  made.release(ann);
  t.is(made.sole, ben);
  made.release(ben);
  t.deepEqual(admitted(), [true, false, true], "the next one first");
});

test("a peer without a block for six seconds loses the piece", (t) => {
  const { made, pass, admitted } = parole();
  made.claim(ann);
  t.deepEqual(pass(1), []);
  t.deepEqual(pass(5, 0), []);
  t.deepEqual(pass(1, 0), [ann]);
  t.deepEqual(admitted(), [false, true, true]);
});

test("when no trusted peer takes the piece, several peers may send it together", (t) => {
  const { made, pass, admitted } = parole({ mistrusted: [ann, ben] });
  pass(5);
  made.claim(ann);
  t.is(made.sole, noPeer);
  t.deepEqual(admitted(), [true, true, true]);
});

test("mistrusted peers wait for others, but not for ever", (t) => {
  const { admitted, pass } = parole({ mistrusted: [ann, ben] });
  pass(4);
  t.deepEqual(admitted(), [false, false, true]);
  pass(1);
  t.deepEqual(admitted(), [true, true, true]);
});

test("a row that has another peer is not mistrusted any more", (t) => {
  const { made, admitted } = parole({ mistrusted: [ann] });
  made.forget(ann);
  t.deepEqual(admitted(), [true, true, true]);
  made.claim(ben);
  made.forget(ben);
  t.deepEqual(admitted(), [true, true, true]);
});

test("a peer that takes longer than 20 s, and 4 s a MiB, loses the piece", (t) => {
  const { made, pass } = parole({ pieceLengthBytes: 5 << 20 });
  made.claim(ann);
  t.deepEqual(pass(39), []);
  made.claim(ann);
  t.deepEqual(pass(1), [], "the last of 40.96 s has not passed");
  t.deepEqual(pass(1), [ann]);
  t.is(made.sole, noPeer);
  t.false(made.mayRequestFrom(ann));
});
