import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { endCredential } from "../../src/guard/end-credential.ts";
import { OpenUses, type UseKey } from "../../src/guard/open-uses.ts";
import { LoginSessions } from "../../src/guard/sessions.ts";
import { allowed, refused } from "../support/refused.ts";
import { sha256 } from "../support/secrets.ts";

function open(uses: OpenUses, key: UseKey, end: () => void): () => void {
  return allowed(uses.open(key, end));
}

test("streams end with what proved their caller, once", (t) => {
  const uses = new OpenUses(() => true);
  const ended: string[] = [];
  open(uses, "token:1", () => ended.push("a"));
  open(uses, "token:1", () => ended.push("b"));
  open(uses, "token:2", () => ended.push("c"));
  uses.endOf("token:1");
  uses.endOf("token:1");
  t.deepEqual(ended, ["a", "b"]);
  t.is(uses.count, 1);
});

test("a stream that has ended by itself is not ended again, and leaves nothing behind", (t) => {
  const uses = new OpenUses(() => true);
  const release = open(uses, "password:1", () => t.fail());
  const later = open(uses, "password:1", () => undefined);
  release();
  release();
  t.is(uses.count, 1);
  later();
  t.is(uses.count, 0);
  uses.endOf("password:1");
});

test("a late release does not touch the streams that came after the end", (t) => {
  const uses = new OpenUses(() => true);
  const release = open(uses, "password:1", () => undefined);
  uses.endOf("password:1");
  open(uses, "password:1", () => undefined);
  release();
  t.is(uses.count, 1);
});

test("a changed password ends its login sessions and their streams in the same turn", (t) => {
  const uses = new OpenUses(() => true);
  const sessions = new LoginSessions({
    isLive: () => true,
    clock: new ManualTime(),
    random: seededRandom(1),
    sha256,
    onEnded: ({ id }) => uses.endOf(`session:${id}`),
  });
  const session = sessions.use(allowed(sessions.open("password:1", "page")), "page");
  const other = sessions.use(allowed(sessions.open("token:1", "dialect")), "dialect");
  const ended: string[] = [];
  open(uses, `session:${session?.id ?? ""}`, () => ended.push("session"));
  open(uses, `session:${other?.id ?? ""}`, () => ended.push("session of the token"));
  open(uses, "password:1", () => ended.push("password"));
  open(uses, "token:1", () => ended.push("token"));
  endCredential("password:1", sessions, uses);
  t.deepEqual(ended, ["session", "password"]);
  endCredential("token:1", sessions, uses);
  t.deepEqual(ended, ["session", "password", "session of the token", "token"]);
});

test("a stream whose key was revoked before it opens is refused, and its end is not called", (t) => {
  const uses = new OpenUses((key) => key !== "token:1");
  refused(t, uses.open("token:1", t.fail), "login-needed", 401);
  t.is(uses.count, 0);
});

test("an end that throws does not keep the others open", (t) => {
  const uses = new OpenUses(() => true);
  const ended: string[] = [];
  open(uses, "token:1", () => {
    throw new Error("first");
  });
  open(uses, "token:1", () => ended.push("second"));
  open(uses, "token:1", () => {
    throw new Error("third");
  });
  const error = t.throws(() => uses.endOf("token:1"), { instanceOf: AggregateError });
  t.deepEqual(
    error.errors.map(({ message }) => message as string),
    ["first", "third"],
  );
  t.deepEqual(ended, ["second"]);
  t.is(uses.count, 0);
});

test("a stream whose end throws keeps no login session and no other stream open", (t) => {
  const uses = new OpenUses(() => true);
  const sessions = new LoginSessions({
    isLive: () => true,
    clock: new ManualTime(),
    random: seededRandom(1),
    sha256,
    onEnded: ({ id }) => uses.endOf(`session:${id}`),
  });
  for (let login = 0; login < 2; login++) {
    const text = allowed(sessions.open("password:1", "page"));
    open(uses, `session:${sessions.use(text, "page")?.id ?? ""}`, () => {
      throw new Error("stuck");
    });
  }
  open(uses, "password:1", () => undefined);
  t.throws(() => endCredential("password:1", sessions, uses), { instanceOf: AggregateError });
  t.is(sessions.count, 0);
  t.is(uses.count, 0);
});
