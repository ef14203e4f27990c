import test from "ava";
import { packPadding, unpackPadding } from "../src/padding.ts";

function file(lengthBytes: number, isPadding = false) {
  return { path: ["f"], lengthBytes, isPadding };
}

test("padding is packed as runs of bytes of the torrent", (t) => {
  const big = 2 ** 40;
  const files = [
    file(5, true),
    file(big),
    file(3, true),
    file(0),
    file(4, true),
    file(1),
    file(0, true),
  ];
  t.deepEqual(unpackPadding(packPadding(files)), [
    [0, 5],
    [big + 5, big + 12],
  ]);
});

test("a torrent without padding packs nothing", (t) => {
  t.is(packPadding([file(5), file(0, true)]), undefined);
  t.deepEqual(unpackPadding(undefined), []);
});
