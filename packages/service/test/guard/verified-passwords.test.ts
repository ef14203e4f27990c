import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { VerifiedPasswords } from "../../src/guard/verified-passwords.ts";
import { hmacSha256 } from "../support/secrets.ts";

function memory(clock = new ManualTime(), seed = 1) {
  return new VerifiedPasswords({ clock, random: seededRandom(seed), hmac: hmacSha256 });
}

test("a verified password is remembered for 10 min, and no look-up prolongs it", (t) => {
  const time = new ManualTime();
  const verified = memory(time);
  const fingerprint = verified.fingerprint("192.0.2.1", "troupe", "password");
  t.false(verified.has(fingerprint));
  verified.remember(fingerprint);
  time.advance(9 * 60_000);
  t.true(verified.has(fingerprint));
  time.advance(60_000 - 1);
  t.true(verified.has(fingerprint));
  time.advance(1);
  t.false(verified.has(fingerprint));
});

test("another address, user, password or process has another fingerprint", (t) => {
  const verified = memory();
  const fingerprints = [
    verified.fingerprint("192.0.2.1", "troupe", "password"),
    verified.fingerprint("192.0.2.2", "troupe", "password"),
    verified.fingerprint("192.0.2.1", "troupe2", "password"),
    verified.fingerprint("192.0.2.1", "troupe", "2password"),
    verified.fingerprint("192.0.2.1", 'troupe","', "password"),
    memory(new ManualTime(), 2).fingerprint("192.0.2.1", "troupe", "password"),
  ];
  t.is(new Set(fingerprints).size, fingerprints.length);
  t.is(fingerprints[0], verified.fingerprint("192.0.2.1", "troupe", "password"));
});

test("the 257th forgets the one that was verified longest ago", (t) => {
  const verified = memory();
  for (let at = 0; at < 256; at++) verified.remember(`${at}`);
  verified.remember("0");
  verified.remember("256");
  t.true(verified.has("0"));
  t.false(verified.has("1"));
  t.true(verified.has("2"));
  t.true(verified.has("256"));
});

test("a changed password forgets all", (t) => {
  const verified = memory();
  verified.remember("a");
  verified.forgetAll();
  t.false(verified.has("a"));
});
