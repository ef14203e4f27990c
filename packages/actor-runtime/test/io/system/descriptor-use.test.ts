import { closeSync, openSync } from "node:fs";
import test from "ava";
import { descriptorUse, openFilesLimit } from "../../../src/io/system/descriptor-use.ts";

test("the soft limit is read", (t) => {
  const text = [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max processes             96432                96432                processes ",
    "Max open files            1024                 1048576              files     ",
    "Max locked memory         8388608              8388608              bytes     ",
  ].join("\n");
  t.is(openFilesLimit(text), 1_024);
});

test("no limit is a very large number, and other text gives no limit", (t) => {
  t.is(openFilesLimit("Max open files unlimited unlimited files"), Number.MAX_SAFE_INTEGER);
  t.is(openFilesLimit("Max processes 1 1 processes"), undefined);
});

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("open descriptors are counted", (t) => {
  const before = descriptorUse();
  const file = openSync("/dev/null", "r");
  t.is(descriptorUse().open, before.open + 1);
  closeSync(file);
  t.is(descriptorUse().open, before.open);
  t.true(before.limit > before.open);
});
