import test from "ava";
import { ownReservedBits } from "@troupe/protocol/peer";
import { parseInfoHash } from "@troupe/protocol/units";

import {
  agreedVersion,
  answeredName,
  dialledName,
  isHybrid,
} from "../../src/connection/agree-version.ts";

const v1 = parseInfoHash("1".repeat(40));
const v2 = parseInfoHash("2".repeat(40));
const hybrid = { infoHash: v1, infoHashV2: v2, hasContent: true };
const old = { infoHash: v1, infoHashV2: undefined, hasContent: true };
const alone = { infoHash: v2, infoHashV2: v2, hasContent: true };
const offer = ownReservedBits({ hasV2: true });
const noOffer = ownReservedBits();

test("A16: a hybrid is dialled by the hash that found the address, another torrent by its only hash", (t) => {
  t.deepEqual([isHybrid(hybrid), isHybrid(old), isHybrid(alone)], [true, false, false]);
  for (const [names, ...expected] of [
    [hybrid, v1, v2],
    [old, v1, v1],
    [alone, v2, v2],
  ] as const)
    t.deepEqual([dialledName(names, "v1"), dialledName(names, "v2")], expected);
});

test("A16: the offer of version 2 is answered by its hash, and means nothing without version 2", (t) => {
  t.is(answeredName(hybrid, v1, offer), v2);
  t.is(answeredName(hybrid, v1, noOffer), v1);
  t.is(answeredName(hybrid, v2, noOffer), v2);
  t.is(answeredName(old, v1, offer), v1);
  t.is(answeredName(alone, v2, offer), v2);
  t.is(answeredName({ ...hybrid, hasContent: false }, v1, offer), v1);
});

test("A16: both hashes decide the version; no answer leads back to version 1", (t) => {
  t.is(agreedVersion(hybrid, v1, v1), "v1");
  t.is(agreedVersion(hybrid, v1, v2), "upgraded");
  t.is(agreedVersion(hybrid, v2, v2), "v2");
  t.is(agreedVersion(hybrid, v2, v1), undefined);
  t.is(agreedVersion(old, v1, v1), "v1");
  t.is(agreedVersion(alone, v2, v2), "v2");
});
