import { plainTcp, type EncryptionMode } from "@troupe/messages";
import test from "ava";

import {
  firstAttempt,
  secondAttempt,
  type AttemptEnd,
} from "../../../src/connection/encryption/dial-attempts.ts";

const rc4 = { transport: "tcp", encryption: "rc4" } as const;
const modes: readonly EncryptionMode[] = ["off", "allow", "prefer", "require"];
const silentClose: AttemptEnd = {
  ...{
    attempt: "plain",
    transport: "tcp",
    isConnected: true,
    hasAnswered: false,
    isEncrypted: false,
  },
  reason: "closed-by-peer",
};
const seconds = (end: Partial<AttemptEnd>): unknown[] =>
  modes.map((mode) => secondAttempt(mode, { ...silentClose, ...end }));

test("B10: a peer is dialled plain, unless encryption is preferred, or it was reached encrypted last", (t) => {
  t.deepEqual(
    modes.map((mode) => firstAttempt(mode, plainTcp)),
    ["plain", "plain", "encrypted", "encrypted"],
  );
  t.deepEqual(
    modes.map((mode) => firstAttempt(mode, rc4)),
    ["plain", "encrypted", "encrypted", "encrypted"],
  );
});

test("B10: a peer that closes without a byte is dialled encrypted", (t) => {
  t.deepEqual(seconds({}), [undefined, "encrypted", undefined, undefined]);
  t.deepEqual(seconds({ reason: "ECONNRESET" }), [undefined, "encrypted", undefined, undefined]);
});

test("a plain dial that is refused, times out, or ends after an answer is the last", (t) => {
  const none = [undefined, undefined, undefined, undefined];
  t.deepEqual(seconds({ isConnected: false, reason: "ECONNREFUSED" }), none);
  t.deepEqual(seconds({ isConnected: false, reason: "dial-timeout" }), none);
  t.deepEqual(seconds({ reason: "handshake-timeout" }), none);
  t.deepEqual(seconds({ hasAnswered: true }), none);
});

test("a peer that refuses the handshake of the encryption, or is silent, is dialled plain", (t) => {
  const plain = [undefined, "plain", "plain", undefined];
  const attempt = "encrypted";
  for (const reason of ["closed-by-peer", "handshake-timeout", "encryption-malformed"])
    t.deepEqual(seconds({ attempt, reason }), plain, reason);
});

test("an encrypted dial that did not connect, or whose handshake was complete, is the last", (t) => {
  const none = [undefined, undefined, undefined, undefined];
  const attempt = "encrypted";
  t.deepEqual(seconds({ attempt, isConnected: false, reason: "dial-timeout" }), none);
  t.deepEqual(seconds({ attempt, isEncrypted: true, hasAnswered: true }), none);
});
