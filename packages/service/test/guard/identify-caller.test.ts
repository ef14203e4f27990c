import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { CheckQueue } from "../../src/guard/check-queue.ts";
import type { Credential } from "../../src/guard/credential-choice.ts";
import { GuessDelays } from "../../src/guard/guess-delays.ts";
import { endCredential } from "../../src/guard/end-credential.ts";
import { identifyCaller, type Caller } from "../../src/guard/identify-caller.ts";
import { isLiveKey } from "../../src/guard/live-keys.ts";
import { OpenUses } from "../../src/guard/open-uses.ts";
import { PasswordChecks } from "../../src/guard/password-checks.ts";
import { makePasswordRecord } from "../../src/guard/password-store.ts";
import { LoginSessions, type CredentialId } from "../../src/guard/sessions.ts";
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
  const uses: OpenUses = new OpenUses((key) => isLiveKey(key, known));
  const sessions: LoginSessions = new LoginSessions({
    clock,
    random,
    sha256,
    isLive: (credential) => isLiveKey(credential, known),
    onEnded: ({ id }) => uses.endOf(`session:${id}`),
  });
  const passwords: PasswordChecks = new PasswordChecks(
    {
      user: "troupe",
      random,
      scrypt,
      delays: new GuessDelays(clock),
      queue: new CheckQueue(clock),
      verified: new VerifiedPasswords({ clock, random, hmac: hmacSha256 }),
      onFirstLogin: () => undefined,
      save: () => Promise.resolve(),
      onReplaced: (credential) => endCredential(credential, sessions, uses),
    },
    await makePasswordRecord("password", random, scrypt),
  );
  const known = { tokens, sessions, passwords };
  const open = (credential: CredentialId, use: "page" | "dialect") =>
    allowed(sessions.open(credential, use));
  const identify = async (...credentials: Credential[]): Promise<Caller> =>
    allowed(await identifyCaller(credentials, "a", known));
  return { ...known, uses, open, identify };
}

test("a token, a cookie and a password each prove their caller", async (t) => {
  const known = await makeKnown();
  const { record, text } = allowed(known.tokens.create("page", "read"));
  const page = known.open("password:1", "page");
  const id = known.sessions.use(page, "page")?.id ?? "";
  const callers = [
    await identifyCaller([{ kind: "token", text }], "a", known),
    await identifyCaller([{ kind: "page-session", texts: ["x", page] }], "a", known),
    await identifyCaller([login], "a", known),
  ];
  t.deepEqual(callers, [
    { kind: "token", right: "read", use: `token:${record.id}` },
    { kind: "page-session", right: "control", use: `session:${id}` },
    { kind: "login", right: "control", use: "password:1" },
  ]);
});

test("a login session has the right of the token that opened it, and none after it", async (t) => {
  const known = await makeKnown();
  const { record } = allowed(known.tokens.create("program", "read"));
  const text = known.open(`token:${record.id}`, "dialect");
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
  const page = known.open("password:1", "page");
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

test("a token that is revoked while a body is read opens no stream and no login session", async (t) => {
  const known = await makeKnown();
  const { record, text } = allowed(known.tokens.create("program", "control"));
  const { use } = await known.identify({ kind: "token", text });
  known.tokens.revoke(record.id);
  endCredential(`token:${record.id}`, known.sessions, known.uses);
  refused(t, known.uses.open(use, t.fail), "login-needed", 401);
  refused(t, known.sessions.open(`token:${record.id}`, "dialect"), "login-needed", 401);
});

test("a password that is changed while a body is read opens no stream and no login session", async (t) => {
  const known = await makeKnown();
  const { use } = await known.identify(login);
  t.is(use, "password:1");
  const page = known.open("password:1", "page");
  const session = await known.identify({ kind: "page-session", texts: [page] });
  allowed(await known.passwords.change("another password"));
  refused(t, known.uses.open(use, t.fail), "login-needed", 401);
  refused(t, known.uses.open(session.use, t.fail), "login-needed", 401);
  refused(t, known.sessions.open("password:1", "page"), "login-needed", 401);
  const changed = { user: "troupe", password: "another password" };
  const again = await known.identify({ kind: "login", login: changed });
  t.is(again.use, "password:2");
  allowed(known.uses.open(again.use, () => undefined));
  t.is(known.uses.count, 1);
});

test("a login session ends its stream, and opens no other one after its end", async (t) => {
  const known = await makeKnown();
  const page = known.open("password:1", "page");
  const { use } = await known.identify({ kind: "page-session", texts: [page] });
  let ends = 0;
  allowed(known.uses.open(use, () => ends++));
  known.sessions.endAll();
  t.is(ends, 1);
  refused(t, known.uses.open(use, t.fail), "login-needed", 401);
});
