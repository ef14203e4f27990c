import { ManualTime, seededRandom, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import { GuessDelays } from "../../src/guard/guess-delays.ts";
import { PasswordChecks } from "../../src/guard/password-checks.ts";
import { makePasswordRecord, type PasswordRecord } from "../../src/guard/password-store.ts";
import { isRefusal } from "../../src/guard/refusal.ts";
import type { Scrypt } from "../../src/guard/secret-ports.ts";
import { VerifiedPasswords } from "../../src/guard/verified-passwords.ts";
import { allowed, refused } from "../support/refused.ts";
import { hmacSha256, quickScrypt } from "../support/secrets.ts";

const right = { user: "troupe", password: "password" };
const wrong = { user: "troupe", password: "passwort" };

async function makeChecks(derive?: Scrypt, save?: (record: PasswordRecord) => Promise<void>) {
  const time = new ManualTime();
  const random = seededRandom(1);
  const { scrypt, calls } = quickScrypt();
  const record = await makePasswordRecord(right.password, random, scrypt);
  let firstLogins = 0;
  const replaced: string[] = [];
  const checks = new PasswordChecks(
    {
      user: "troupe",
      random,
      scrypt: derive ?? scrypt,
      delays: new GuessDelays(time),
      queue: new CheckQueue(time),
      verified: new VerifiedPasswords({ clock: time, random, hmac: hmacSha256 }),
      onFirstLogin: () => firstLogins++,
      save: save ?? (() => Promise.resolve()),
      onReplaced: (credential) => replaced.push(credential),
    },
    record,
  );
  const before = calls();
  return {
    time,
    checks,
    replaced,
    scryptCalls: () => calls() - before,
    firstLogins: () => firstLogins,
  };
}

test("the right password is derived once in 10 min for each address", async (t) => {
  const { time, checks, scryptCalls } = await makeChecks();
  for (let call = 0; call < 3; call++) t.is(await checks.check("a", right), "password:1");
  t.is(scryptCalls(), 1);
  t.is(await checks.check("b", right), "password:1");
  t.is(scryptCalls(), 2);
  time.advance(10 * 60_000);
  t.is(await checks.check("a", right), "password:1");
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
  t.is(await checks.check("a", right), "password:1");
  refused(t, await checks.check("a", wrong), "login-failed", 401);
  refused(t, await checks.check("a", right), "too-many-guesses", 429);
  t.is(await checks.check("b", right), "password:1");
  const calls = scryptCalls();
  time.advance(1_000);
  t.is(await checks.check("a", right), "password:1");
  t.is(scryptCalls(), calls);
});

test("a user or a password of more than 1,024 bytes is wrong at once, and delays no address", async (t) => {
  const { checks, scryptCalls } = await makeChecks();
  const long = "é".repeat(513);
  const running = checks.check("a", right);
  for (const login of [
    { user: "troupe", password: long },
    { user: long, password: right.password },
  ])
    refused(t, await checks.check("a", login), "login-failed", 401);
  t.is(await running, "password:1");
  t.is(await checks.check("a", right), "password:1");
  t.is(scryptCalls(), 1);
});

test("a second password of an address is refused while the first is checked", async (t) => {
  const { checks } = await makeChecks();
  const results = [checks.check("a", right), checks.check("a", wrong)];
  refused(t, await results[1], "too-many-logins", 429);
  t.is(await results[0], "password:1");
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
  t.is(await checks.check("a", right), "password:1");
  refused(t, await checks.change("short"), "password-not-allowed", 400);
  allowed(await checks.change("another password"));
  refused(t, await checks.check("a", right), "login-failed", 401);
  t.is(await checks.check("b", { user: "troupe", password: "another password" }), "password:2");
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

test("a password that is replaced in the turn in which its check ends is not remembered", async (t) => {
  const { scrypt } = quickScrypt();
  const other = await makePasswordRecord("another password", seededRandom(2), scrypt);
  // Each number of turns after the end of the derivation: in one of them the check has been compared and not remembered.
  for (let turns = 0; turns < 12; turns++) {
    const { checks: late } = await makeChecks(scrypt);
    const result = late.check("a", right);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    late.replace(other);
    await result;
    t.true(isRefusal(await late.check("a", right)));
  }
});

test("a changed password is saved before it holds, and ends the old one in the turn in which it holds", async (t) => {
  const saved: PasswordRecord[] = [];
  const gate = Promise.withResolvers<void>();
  const { checks, replaced } = await makeChecks(undefined, async (record) => {
    saved.push(record);
    await gate.promise;
  });
  const change = checks.change("another password");
  await settle();
  t.is(saved.length, 1);
  t.is(await checks.check("a", right), "password:1");
  t.deepEqual(replaced, []);
  gate.resolve();
  t.deepEqual([allowed(await change)], saved);
  t.deepEqual(replaced, ["password:1"]);
  t.is(checks.credential, "password:2");
});

test("a changed password has the cost of the one before", async (t) => {
  const { checks } = await makeChecks();
  const before = allowed(await checks.change("another password"));
  checks.replace({ ...before, cost: 16 });
  t.is(allowed(await checks.change("third password")).cost, 16);
});

test("a password that is not saved is not changed", async (t) => {
  const failing = () => Promise.reject(new Error("no space"));
  const { checks, replaced } = await makeChecks(undefined, failing);
  await t.throwsAsync(checks.change("another password"), { message: "no space" });
  t.is(await checks.check("a", right), "password:1");
  t.deepEqual(replaced, []);
});
