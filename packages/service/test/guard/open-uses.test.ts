import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { endCredential } from "../../src/guard/end-credential.ts";
import { OpenUses } from "../../src/guard/open-uses.ts";
import { LoginSessions } from "../../src/guard/sessions.ts";
import { sha256 } from "../support/secrets.ts";

test("streams end with what proved their caller, once", (t) => {
  const uses = new OpenUses();
  const ended: string[] = [];
  uses.open("token:1", () => ended.push("a"));
  uses.open("token:1", () => ended.push("b"));
  uses.open("token:2", () => ended.push("c"));
  uses.endOf("token:1");
  uses.endOf("token:1");
  t.deepEqual(ended, ["a", "b"]);
  t.is(uses.count, 1);
});

test("a stream that has ended by itself is not ended again, and leaves nothing behind", (t) => {
  const uses = new OpenUses();
  const release = uses.open("password", () => t.fail());
  const later = uses.open("password", () => undefined);
  release();
  release();
  t.is(uses.count, 1);
  later();
  t.is(uses.count, 0);
  uses.endOf("password");
});

test("a late release does not touch the streams that came after the end", (t) => {
  const uses = new OpenUses();
  const release = uses.open("password", () => undefined);
  uses.endOf("password");
  uses.open("password", () => undefined);
  release();
  t.is(uses.count, 1);
});

test("a changed password ends its login sessions and their streams in the same turn", (t) => {
  const uses = new OpenUses();
  const sessions = new LoginSessions({
    clock: new ManualTime(),
    random: seededRandom(1),
    sha256,
    onEnded: ({ id }) => uses.endOf(`session:${id}`),
  });
  const session = sessions.use(sessions.open("password", "page"), "page");
  const other = sessions.use(sessions.open("token:1", "dialect"), "dialect");
  const ended: string[] = [];
  uses.open(`session:${session?.id ?? ""}`, () => ended.push("session"));
  uses.open(`session:${other?.id ?? ""}`, () => ended.push("session of the token"));
  uses.open("password", () => ended.push("password"));
  uses.open("token:1", () => ended.push("token"));
  endCredential("password", sessions, uses);
  t.deepEqual(ended, ["session", "password"]);
  endCredential("token:1", sessions, uses);
  t.deepEqual(ended, ["session", "password", "session of the token", "token"]);
});
