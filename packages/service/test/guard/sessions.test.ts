import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { LoginSessions, type LoginSession } from "../../src/guard/sessions.ts";
import { sha256 } from "../support/secrets.ts";

const dayMs = 24 * 3_600_000;

function makeSessions() {
  const time = new ManualTime();
  const ended: LoginSession[] = [];
  const sessions = new LoginSessions({
    clock: time,
    random: seededRandom(1),
    sha256,
    onEnded: (session) => ended.push(session),
  });
  return { time, sessions, ended };
}

test("the text of a login session proves its caller, and its id does not", (t) => {
  const { sessions } = makeSessions();
  const text = sessions.open("password", "page");
  t.regex(text, /^[\w-]{43}$/);
  const session = sessions.use(text, "page");
  t.like(session, { credential: "password", use: "page" });
  t.is(sessions.use(session?.id ?? "", "page"), undefined);
  t.is(sessions.use("", "page"), undefined);
});

test("the cookie of the page and the SID of programs do not stand for each other", (t) => {
  const { sessions } = makeSessions();
  const [page, dialect] = [sessions.open("password", "page"), sessions.open("password", "dialect")];
  t.is(sessions.use(page, "dialect"), undefined);
  t.is(sessions.use(dialect, "page"), undefined);
  t.truthy(sessions.use(page, "page"));
  t.truthy(sessions.use(dialect, "dialect"));
});

test("a login session ends after 30 days without a call", (t) => {
  const { time, sessions, ended } = makeSessions();
  const [used, idle] = [sessions.open("password", "page"), sessions.open("password", "page")];
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
  const { time, sessions, ended } = makeSessions();
  const texts = Array.from({ length: 256 }, () => {
    time.advance(1);
    return sessions.open("password", "page");
  });
  t.truthy(sessions.use(texts[0] ?? "", "page"));
  sessions.open("password", "page");
  t.is(sessions.count, 256);
  t.is(ended.length, 1);
  t.truthy(sessions.use(texts[0] ?? "", "page"));
  t.is(sessions.use(texts[1] ?? "", "page"), undefined);
});

test("login sessions end by themselves, with their credential, and all at once; each end is told once", (t) => {
  const { sessions, ended } = makeSessions();
  const one = sessions.open("password", "page");
  const id = sessions.use(one, "page")?.id ?? "";
  sessions.end(id);
  sessions.end(id);
  t.deepEqual(
    ended.map((session) => session.id),
    [id],
  );
  const byToken = sessions.open("token:1", "dialect");
  const byPassword = sessions.open("password", "dialect");
  sessions.endOf("token:1");
  t.is(sessions.use(byToken, "dialect"), undefined);
  t.truthy(sessions.use(byPassword, "dialect"));
  sessions.endAll();
  t.is(sessions.use(byPassword, "dialect"), undefined);
  t.is(ended.length, 3);
});
