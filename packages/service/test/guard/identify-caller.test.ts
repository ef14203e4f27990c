import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import type { Credential } from "../../src/guard/credential-choice.ts";
import { GuessDelays } from "../../src/guard/guess-delays.ts";
import { identifyCaller } from "../../src/guard/identify-caller.ts";
import { PasswordChecks } from "../../src/guard/password-checks.ts";
import { makePasswordRecord } from "../../src/guard/password-store.ts";
import { LoginSessions } from "../../src/guard/sessions.ts";
import { Tokens } from "../../src/guard/tokens.ts";
import { VerifiedPasswords } from "../../src/guard/verified-passwords.ts";
import { allowed, refused } from "../support/refused.ts";
import { hmacSha256, quickScrypt, sha256 } from "../support/secrets.ts";

const login: Credential = { kind: "login", login: { user: "troupe", password: "password" } };
const wrongLogin: Credential = { kind: "login", login: { user: "troupe", password: "passwort" } };

async function makeKnown() {
  const clock = new ManualTime();
  const random = seededRandom(1);
  const { scrypt } = quickScrypt();
  const tokens = new Tokens({ clock, random, sha256 });
  const sessions = new LoginSessions({ clock, random, sha256, onEnded: () => undefined });
  const passwords = new PasswordChecks(
    {
      user: "troupe",
      random,
      scrypt,
      delays: new GuessDelays(clock),
      queue: new CheckQueue(),
      verified: new VerifiedPasswords({ clock, random, hmac: hmacSha256 }),
      onFirstLogin: () => undefined,
    },
    await makePasswordRecord("password", random, scrypt),
  );
  return { tokens, sessions, passwords };
}

test("a token, a cookie and a password each prove their caller", async (t) => {
  const known = await makeKnown();
  const { record, text } = allowed(known.tokens.create("page", "read"));
  const page = known.sessions.open("password", "page");
  const id = known.sessions.use(page, "page")?.id ?? "";
  const callers = [
    await identifyCaller([{ kind: "token", text }], "a", known),
    await identifyCaller([{ kind: "page-session", texts: ["x", page] }], "a", known),
    await identifyCaller([login], "a", known),
  ];
  t.deepEqual(callers, [
    { kind: "token", right: "read", use: `token:${record.id}` },
    { kind: "page-session", right: "control", use: `session:${id}` },
    { kind: "login", right: "control", use: "password" },
  ]);
});

test("a login session has the right of the token that opened it, and none after it", async (t) => {
  const known = await makeKnown();
  const { record } = allowed(known.tokens.create("program", "read"));
  const text = known.sessions.open(`token:${record.id}`, "dialect");
  const credentials = [{ kind: "dialect-session", texts: [text] }] as const;
  t.like(await identifyCaller(credentials, "a", known), { right: "read" });
  known.tokens.revoke(record.id);
  refused(t, await identifyCaller(credentials, "a", known), "login-needed", 401);
});

test("an ended cookie gives way to a password, a wrong token to nothing", async (t) => {
  const known = await makeKnown();
  const old: Credential = { kind: "page-session", texts: ["old"] };
  t.like(await identifyCaller([old, login], "a", known), { kind: "login" });
  const token: Credential = { kind: "token", text: "troupe_x" };
  refused(t, await identifyCaller([token, login], "a", known), "token-unknown", 401);
});

test("a valid cookie is not delayed by wrong passwords of its address", async (t) => {
  const known = await makeKnown();
  const { text } = allowed(known.tokens.create("program", "control"));
  const page = known.sessions.open("password", "page");
  refused(t, await identifyCaller([wrongLogin], "a", known), "login-failed", 401);
  refused(t, await identifyCaller([login], "a", known), "too-many-guesses", 429);
  t.like(await identifyCaller([{ kind: "token", text }], "a", known), { kind: "token" });
  const cookie: Credential = { kind: "page-session", texts: [page] };
  t.like(await identifyCaller([cookie, wrongLogin], "a", known), { kind: "page-session" });
});

test("a request without a credential is told what is allowed", async (t) => {
  const known = await makeKnown();
  refused(t, await identifyCaller([], "a", known), "login-needed", 401);
});
