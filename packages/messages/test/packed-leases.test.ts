import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";
import type { LeaseId, PeerRowIndex } from "../src/ids.ts";
import { packLeases, unpackLeases } from "../src/packed-leases.ts";

const lease = (piece: number) => ({
  piece: piece as PieceIndex,
  lease: (2 ** 32 + piece) as LeaseId,
});

test("leases come back in their order, fresh pieces as two numbers each", (t) => {
  const mistrusted = [3 as PeerRowIndex];
  const onParole = { ...lease(1), parole: { mistrusted } };
  const leases = [lease(7), onParole, lease(0), lease(2)];
  const packed = packLeases(leases);
  t.deepEqual(packed, [7, 2 ** 32 + 7, onParole, 0, 2 ** 32, 2, 2 ** 32 + 2]);
  t.deepEqual(unpackLeases(packed), leases);
  t.deepEqual(unpackLeases([]), []);
});
