import test from "ava";
import { LackedFiles } from "../../../src/torrent/web-seeds/lacked-files.ts";

test("a missing file is lacked until the next start, a refused file until it has rested", (t) => {
  const lacked = new LackedFiles();
  lacked.addMissing(1, "status 404");
  lacked.addRefused(2, "status 416", false, 1_000);
  t.deepEqual(lacked.at(30_999), [1, 2]);
  t.is(lacked.nextRestedMs(1_000), 31_000);
  t.deepEqual(lacked.at(31_000), [1]);
  t.is(lacked.nextRestedMs(31_000), Infinity);
  t.is(lacked.faultAt(30_999), "status 416");
  t.is(lacked.faultAt(31_000), "status 404");
  lacked.forget();
  t.deepEqual(lacked.at(0), []);
  t.is(lacked.faultAt(0), undefined);
});

test("a file that is refused again rests twice as long, up to half an hour", (t) => {
  const lacked = new LackedFiles();
  const rests = Array.from({ length: 12 }, () => {
    lacked.addRefused(0, "status 416", true, 0);
    return lacked.nextRestedMs(0) / 1_000;
  });
  t.deepEqual(rests.slice(0, 4), [2, 4, 8, 16]);
  t.is(rests.at(-1), 1_800);
});

test("an end of all rests leaves the missing files", (t) => {
  const lacked = new LackedFiles();
  lacked.addMissing(1, "status 404");
  lacked.addRefused(2, "status 416", false, 0);
  lacked.endRests();
  t.deepEqual(lacked.at(0), [1]);
});

test("good data of a file ends its refusals in a row, unless the file rests", (t) => {
  const lacked = new LackedFiles();
  const refuse = (nowMs: number) => {
    lacked.addRefused(1, "status 416", true, nowMs);
    lacked.addRefused(2, "status 416", true, nowMs);
  };
  refuse(0);
  lacked.endRefusals((file) => file === 1, 1_999);
  t.deepEqual(lacked.at(1_999), [1, 2]);
  lacked.endRefusals((file) => file === 1, 2_000);
  refuse(2_000);
  t.deepEqual(lacked.at(4_000), [2], "the other file rests twice as long");
});
