import test from "ava";
import fc from "fast-check";
import { decodeDontHave, encodeDontHave } from "../../src/peer/index.ts";
import { refuses } from "../support/refusals.ts";

test("a lost piece is spelled as BEP 54 spells it", (t) => {
  t.is(Buffer.from(encodeDontHave(7, 258)).toString("hex"), "00000006140700000102");
});

test("any piece of the torrent is read as it was written, others are refused", (t) => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 2 ** 21 }), (piece, pieceCount) => {
      const payload = encodeDontHave(1, piece).subarray(6);
      if (piece < pieceCount) t.is(Number(decodeDontHave(payload, pieceCount)), piece);
      else refuses(t, "piece-out-of-range", () => decodeDontHave(payload, pieceCount));
    }),
  );
  refuses(t, "piece-out-of-range", () => decodeDontHave(Uint8Array.of(0, 0x20, 0, 0)));
});

test("a message that is not 4 bytes long is refused", (t) => {
  for (const lengthBytes of [0, 3, 5, 60])
    refuses(t, "frame-wrong-length", () => decodeDontHave(new Uint8Array(lengthBytes), 10));
});
