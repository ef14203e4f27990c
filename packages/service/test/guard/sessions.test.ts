import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { LoginSessions, type CredentialId, type LoginSession } from "../../src/guard/sessions.ts";
import { allowed, refused } from "../support/refused.ts";
import { sha256 } from "../support/secrets.ts";

const dayMs = 24 * 3_600_000;

function makeSessions() {
  const time = new ManualTime();
  const ended: LoginSession[] = [];
  const revoked = new Set<CredentialId>();
  const sessions = new LoginSessions({
    isLive: (credential) => !revoked.has(credential),
    clock: time,
    random: seededRandom(1),
    sha256,
    onEnded: (session) => ended.push(session),
  });
  const open = (credential: CredentialId, use: "page" | "dialect") =>
    allowed(sessions.open(credential, use));
  return { time, sessions, open, ended, revoked };
}

test("the text of a login session proves its caller, and its id does not", (t) => {
  const { sessions, open } = makeSessions();
  const text = open("password:1", "page");
  t.regex(text, /^[\w-]{43}$/);
  const session = sessions.use(text, "page");
  t.like(session, { credential: "password:1", use: "page" });
  t.is(sessions.use(session?.id ?? "", "page"), undefined);
  t.is(sessions.use("", "page"), undefined);
});

test("the cookie of the page and the SID of programs do not stand for each other", (t) => {
  const { sessions, open } = makeSessions();
  const [page, dialect] = [open("password:1", "page"), open("password:1", "dialect")];
  t.is(sessions.use(page, "dialect"), undefined);
  t.is(sessions.use(dialect, "page"), undefined);
  t.truthy(sessions.use(page, "page"));
  t.truthy(sessions.use(dialect, "dialect"));
});

test("a login session ends after 30 days without a call", (t) => {
  const { time, sessions, open, ended } = makeSessions();
  const [used, idle] = [open("password:1", "page"), open("password:1", "page")];
  time.advance(29 * dayMs);
  t.truthy(sessions.use(used, "page"));
  time.advance(dayMs - 1);
  t.is(ended.length, 0);
  time.advance(1);
  t.is(sessions.use(idle, "page"), undefined);
  t.truthy(sessions.use(used, "page"));
  t.is(ended.length, 1);
  time.advance(30 * dayMs);
  sessions.endIdle();
  t.is(sessions.count, 0);
  t.is(ended.length, 2);
});

test("the 257th login ends the login session that was idle longest", (t) => {
  const { time, sessions, open, ended } = makeSessions();
  const texts = Array.from({ length: 256 }, () => {
    time.advance(1);
    return open("password:1", "page");
  });
  t.truthy(sessions.use(texts[0] ?? "", "page"));
  open("password:1", "page");
  t.is(sessions.count, 256);
  t.is(ended.length, 1);
  t.truthy(sessions.use(texts[0] ?? "", "page"));
  t.is(sessions.use(texts[1] ?? "", "page"), undefined);
});

test("login sessions end by themselves, with their credential, and all at once; each end is told once", (t) => {
  const { sessions, open, ended } = makeSessions();
  const one = open("password:1", "page");
  const id = sessions.use(one, "page")?.id ?? "";
  sessions.end(id);
  sessions.end(id);
  t.deepEqual(
    ended.map((session) => session.id),
    [id],
  );
  const byToken = open("token:1", "dialect");
  const byPassword = open("password:1", "dialect");
  sessions.endOf("token:1");
  t.is(sessions.use(byToken, "dialect"), undefined);
  t.truthy(sessions.use(byPassword, "dialect"));
  sessions.endAll();
  t.is(sessions.use(byPassword, "dialect"), undefined);
  t.is(ended.length, 3);
});

test("a credential that was revoked opens no login session", (t) => {
  const { sessions, revoked, ended } = makeSessions();
  revoked.add("token:1");
  refused(t, sessions.open("token:1", "dialect"), "login-needed", 401);
  t.is(sessions.count, 0);
  t.deepEqual(ended, []);
});

test("the 17th login of a token ends its login session that was idle longest", (t) => {
  const { sessions, open, ended } = makeSessions();
  open("token:2", "dialect");
  const texts = Array.from({ length: 16 }, () => open("token:1", "dialect"));
  t.truthy(sessions.use(texts[0] ?? "", "dialect"));
  open("token:1", "dialect");
  t.is(sessions.use(texts[1] ?? "", "dialect"), undefined);
  t.truthy(sessions.use(texts[0] ?? "", "dialect"));
  t.deepEqual(
    ended.map(({ credential }) => credential),
    ["token:1"],
  );
});

test("logins with the password end no login session of a token", (t) => {
  const { sessions, open, ended } = makeSessions();
  const text = open("token:1", "dialect");
  for (let login = 0; login < 600; login++) open("password:1", "page");
  t.truthy(sessions.use(text, "dialect"));
  t.is(sessions.count, 256);
  t.true(ended.every(({ credential }) => credential === "password:1"));
});

test("a credential without a login session ends the one that was idle longest of all", (t) => {
  const { sessions, open, ended } = makeSessions();
  for (let login = 0; login < 256; login++) open("password:1", "page");
  open("token:1", "dialect");
  t.is(sessions.count, 256);
  t.is(ended.length, 1);
});
