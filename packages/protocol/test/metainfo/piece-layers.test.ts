import test from "ava";
import { encode } from "../../src/bencode/index.ts";
import { sha256 } from "../../src/bytes/index.ts";
import { rootOf } from "../../src/merkle/index.ts";
import { parseTorrent, withPieceLayers } from "../../src/metainfo/index.ts";

const pieceLengthBytes = 16_384;

function nodesOf(count: number, seed: number): Uint8Array {
  const nodes = Array.from({ length: count }, (_, at) => sha256(Uint8Array.of(seed, at)));
  return Uint8Array.from(nodes.flatMap((node) => [...node]));
}

/** Files of three, one, two, and again three pieces; the first and the last are alike. */
const layers = [nodesOf(3, 1), nodesOf(1, 2), nodesOf(2, 3), nodesOf(3, 1)];

function torrentWith(others: Parameters<typeof encode>[0]): Uint8Array {
  const tree = Object.fromEntries(
    layers.map((layer, file) => [
      String(file),
      { "": { length: (layer.length / 32) * pieceLengthBytes, "pieces root": rootOf(layer, 0) } },
    ]),
  );
  const info = {
    "file tree": tree,
    "meta version": 2,
    name: "v2",
    "piece length": pieceLengthBytes,
  };
  return encode({ ...(others as object), info });
}

test("layers are written beside info, which stays byte for byte; equal files have one", (t) => {
  const bare = torrentWith({ announce: "http://a/", "url-list": "http://b/", zz: 1, comment: "c" });
  const metainfo = parseTorrent(bare);
  t.false(metainfo.pieceHashes.isKnown(0));
  t.true(metainfo.pieceHashes.isKnown(3), "a file of one piece has no layer");
  const all = Uint8Array.from(layers.flatMap((layer) => [...layer]));
  metainfo.pieceHashes.bytes.set(all);
  const whole = withPieceLayers(bare, metainfo);
  const again = parseTorrent(whole);
  t.deepEqual(again.pieceHashes.bytes, all);
  t.deepEqual(again.warnings, []);
  t.is(again.infoHash, metainfo.infoHash);
  t.deepEqual(
    [again.trackers, again.webSeeds, again.comment],
    [[["http://a/"]], ["http://b/"], "c"],
  );
  const text = Buffer.from(whole).toString("latin1");
  t.is(text.split("12:piece layers").length, 2);
  t.true(text.indexOf("12:piece layers") < text.indexOf("8:url-list"));
  t.deepEqual(withPieceLayers(whole, again), whole, "again");
});
