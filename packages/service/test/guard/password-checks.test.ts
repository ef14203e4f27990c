import { ManualTime, seededRandom, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import { GuessDelays } from "../../src/guard/guess-delays.ts";
import { PasswordChecks } from "../../src/guard/password-checks.ts";
import { makePasswordRecord } from "../../src/guard/password-store.ts";
import type { Scrypt } from "../../src/guard/secret-ports.ts";
import { VerifiedPasswords } from "../../src/guard/verified-passwords.ts";
import { allowed, refused } from "../support/refused.ts";
import { hmacSha256, quickScrypt } from "../support/secrets.ts";

const right = { user: "troupe", password: "password" };
const wrong = { user: "troupe", password: "passwort" };

async function makeChecks(derive?: Scrypt) {
  const time = new ManualTime();
  const random = seededRandom(1);
  const { scrypt, calls } = quickScrypt();
  const record = await makePasswordRecord(right.password, random, scrypt);
  let firstLogins = 0;
  const checks = new PasswordChecks(
    {
      user: "troupe",
      random,
      scrypt: derive ?? scrypt,
      delays: new GuessDelays(time),
      queue: new CheckQueue(),
      verified: new VerifiedPasswords({ clock: time, random, hmac: hmacSha256 }),
      onFirstLogin: () => firstLogins++,
    },
    record,
  );
  const before = calls();
  return { time, checks, scryptCalls: () => calls() - before, firstLogins: () => firstLogins };
}

test("the right password is derived once in 10 min for each address", async (t) => {
  const { time, checks, scryptCalls } = await makeChecks();
  for (let call = 0; call < 3; call++) t.is(await checks.check("a", right), undefined);
  t.is(scryptCalls(), 1);
  t.is(await checks.check("b", right), undefined);
  t.is(scryptCalls(), 2);
  time.advance(10 * 60_000);
  t.is(await checks.check("a", right), undefined);
  t.is(scryptCalls(), 3);
});

test("a wrong user takes the same work as a wrong password, and gets the same sentence", async (t) => {
  const { checks, scryptCalls } = await makeChecks();
  const one = refused(t, await checks.check("a", wrong), "login-failed", 401);
  const other = await checks.check("b", { user: "admin", password: right.password });
  t.is(refused(t, other, "login-failed", 401).message, one.message);
  t.is(scryptCalls(), 2);
});

test("a delayed address is refused without work, also with a remembered password", async (t) => {
  const { time, checks, scryptCalls } = await makeChecks();
  t.is(await checks.check("a", right), undefined);
  refused(t, await checks.check("a", wrong), "login-failed", 401);
  refused(t, await checks.check("a", right), "too-many-guesses", 429);
  t.is(await checks.check("b", right), undefined);
  const calls = scryptCalls();
  time.advance(1_000);
  t.is(await checks.check("a", right), undefined);
  t.is(scryptCalls(), calls);
});

test("a password of more than 1,024 bytes is a wrong guess without a derivation", async (t) => {
  const { checks, scryptCalls } = await makeChecks();
  const long = { user: "troupe", password: "x".repeat(1_025) };
  refused(t, await checks.check("a", long), "login-failed", 401);
  refused(t, await checks.check("a", right), "too-many-guesses", 429);
  t.is(scryptCalls(), 0);
});

test("a second password of an address waits for the first", async (t) => {
  const { checks } = await makeChecks();
  const results = [checks.check("a", right), checks.check("a", wrong)];
  refused(t, await results[1], "too-many-logins", 429);
  t.is(await results[0], undefined);
});

test("the first right password after a start is told once", async (t) => {
  const { checks, firstLogins } = await makeChecks();
  await checks.check("a", wrong);
  t.is(firstLogins(), 0);
  await checks.check("b", right);
  await checks.check("c", right);
  t.is(firstLogins(), 1);
});

test("a changed password holds at once, and the old one is no longer remembered", async (t) => {
  const { checks } = await makeChecks();
  t.is(await checks.check("a", right), undefined);
  refused(t, await checks.change("short"), "password-not-allowed", 400);
  allowed(await checks.change("another password"));
  refused(t, await checks.check("a", right), "login-failed", 401);
  t.is(await checks.check("b", { user: "troupe", password: "another password" }), undefined);
});

test("a password that is replaced during its check does not pass", async (t) => {
  const { scrypt } = quickScrypt();
  const gate = Promise.withResolvers<void>();
  const { checks } = await makeChecks(async (...parts) => {
    await gate.promise;
    return await scrypt(...parts);
  });
  const result = checks.check("a", right);
  await settle();
  checks.replace(await makePasswordRecord("another password", seededRandom(2), scrypt));
  gate.resolve();
  refused(t, await result, "login-failed", 401);
});
