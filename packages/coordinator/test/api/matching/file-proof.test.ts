import test from "ava";
import fc from "fast-check";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { FileProofs, probeKey, proofByRoot } from "../../../src/api/matching/file-proof.ts";
import {
  content,
  fileRoot,
  pieceLengthBytes,
  torrentV1,
  torrentV2,
} from "./support/made-torrents.ts";

function proofsOf(torrent: Uint8Array): FileProofs {
  return new FileProofs(parseTorrent(torrent));
}

test("E15: a file is proven by the pieces that lie in it alone", (t) => {
  const half = pieceLengthBytes / 2;
  const proofs = proofsOf(
    torrentV1({ a: content("a", half), b: content("b", 3 * pieceLengthBytes), c: content("c", 9) }),
  );
  t.is(proofs.of(0), undefined);
  t.like(proofs.of(1)?.probe, { fileOffset: half, lengthBytes: pieceLengthBytes, zerosBefore: 0 });
  t.deepEqual(proofs.of(1)?.rest?.range, [2, 2]);
  t.is(proofs.of(2), undefined);
});

test("E15: padding after a file makes its last piece its own", (t) => {
  const [file, padding] = [content("a", 100), new Uint8Array(pieceLengthBytes - 100)];
  const files = { a: file, ".pad/1": padding, b: content("b", 50) };
  const proofs = proofsOf(torrentV1(files, [".pad/1"]));
  t.like(proofs.of(0)?.probe, { lengthBytes: 100, zerosAfter: pieceLengthBytes - 100 });
  t.like(proofs.of(2)?.probe, { lengthBytes: 50, zerosAfter: 0 });
});

test("E15: files whose pieces begin at the same place share a probe", (t) => {
  const [one, other] = [content(1, pieceLengthBytes), content(2, pieceLengthBytes)];
  const proofs = proofsOf(torrentV1({ a: one, b: other }));
  const [first, second] = [proofs.of(0), proofs.of(1)];
  t.truthy(first && second && probeKey(first.probe) === probeKey(second.probe));
  t.notDeepEqual(first?.expected, second?.expected);
});

test("E15: a file of version 2 is proven by its root where its piece layer is absent", (t) => {
  const bytes = content("long", 5 * pieceLengthBytes + 1);
  const proof = proofsOf(torrentV2({ a: bytes })).of(0);
  t.is(proof?.rest, undefined);
  t.deepEqual(Buffer.from(proof?.expected ?? []), Buffer.from(fileRoot(bytes)));
  t.like(proof?.probe, { fileOffset: 0, lengthBytes: bytes.length });
});

test("E15: the probe of a root reads the whole file, whatever its length", (t) => {
  const root = new Uint8Array(32);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 36 }), (lengthBytes) => {
      const proof = proofByRoot(0, lengthBytes, root);
      t.is(proof?.probe.lengthBytes, lengthBytes);
      const { pieceLayer = 0 } = proof?.probe.rule ?? {};
      t.true(2 ** pieceLayer * 16_384 >= lengthBytes);
    }),
  );
  t.is(proofByRoot(0, 0, root), undefined);
  t.is(proofByRoot(0, 2 ** 36 + 1, root), undefined);
});
