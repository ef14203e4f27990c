import test from "ava";
import { crc32c } from "../../src/bytes/index.ts";

test("the checks of RFC 3720 and of the usual digits hold", (t) => {
  t.is(crc32c(new Uint8Array()), 0);
  t.is(crc32c(new TextEncoder().encode("123456789")), 0xe3_06_92_83);
  t.is(crc32c(new Uint8Array(32)), 0x8a_91_36_aa);
  t.is(crc32c(new Uint8Array(32).fill(0xff)), 0x62_a8_ab_43);
  t.is(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46_dd_79_4e);
});
