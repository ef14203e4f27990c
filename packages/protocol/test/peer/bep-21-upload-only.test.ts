import test from "ava";
import {
  decodeExtendedHandshake,
  decodeUploadOnly,
  encodeExtendedHandshake,
  encodeUploadOnly,
} from "../../src/peer/index.ts";
import { bencoded } from "../support/bytes.ts";

test("upload_only is written into the handshake and read from it", (t) => {
  const handshake = { client: "a", requestQueue: 1 };
  for (const uploadOnly of [true, false, undefined]) {
    const written = uploadOnly === undefined ? handshake : { ...handshake, uploadOnly };
    t.is(
      decodeExtendedHandshake(encodeExtendedHandshake(written).subarray(6)).uploadOnly,
      uploadOnly,
    );
  }
  t.true(decodeExtendedHandshake(bencoded({ upload_only: 9 })).uploadOnly);
  t.is(decodeExtendedHandshake(bencoded({ upload_only: "1" })).uploadOnly, undefined);
});

test("the message of an extension of that name has one byte", (t) => {
  t.deepEqual([...encodeUploadOnly(3, true)], [0, 0, 0, 3, 20, 3, 1]);
  t.true(decodeUploadOnly(encodeUploadOnly(3, true).subarray(6)));
  t.false(decodeUploadOnly(encodeUploadOnly(3, false).subarray(6)));
  t.false(decodeUploadOnly(new Uint8Array(2).fill(1)));
});
