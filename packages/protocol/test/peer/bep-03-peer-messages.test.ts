import test from "ava";
import {
  writeBitfield,
  writeBlockHeader,
  writeCancel,
  writeChoke,
  writeHave,
  writeInterested,
  writeKeepAlive,
  writeNotInterested,
  writePort,
  writeRequest,
  writeUnchoke,
} from "../../src/peer/index.ts";

test("PI5: messages are encoded as the bytes of the specification", (t) => {
  const buffer = new Uint8Array(100);
  let at = 0;
  const written = (next: number) => {
    const hex = Buffer.from(buffer.subarray(at, next)).toString("hex");
    at = next;
    return hex;
  };
  t.is(written(writeKeepAlive(buffer, at)), "00000000");
  t.is(written(writeChoke(buffer, at)), "0000000100");
  t.is(written(writeUnchoke(buffer, at)), "0000000101");
  t.is(written(writeInterested(buffer, at)), "0000000102");
  t.is(written(writeNotInterested(buffer, at)), "0000000103");
  t.is(written(writeHave(buffer, at, 0xfffffffe)), "0000000504fffffffe");
  t.is(written(writeBitfield(buffer, at, Uint8Array.of(0xa0, 1))), "0000000305a001");
  t.is(written(writeRequest(buffer, at, 1, 2, 16_384)), "0000000d06000000010000000200004000");
  t.is(written(writeBlockHeader(buffer, at, 1, 0x4000, 16_384)), "00004009070000000100004000");
  t.is(written(writeCancel(buffer, at, 1, 2, 3)), "0000000d08000000010000000200000003");
  t.is(written(writePort(buffer, at, 0xfffe)), "0000000309fffe");
});
