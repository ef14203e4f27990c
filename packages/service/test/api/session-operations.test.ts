import test from "ava";
import { TroupeError } from "@troupe/control";
import { sessionOperations } from "../../src/api/session-operations.ts";
import type { RequestLogins } from "../../src/routes/route.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

async function answer(id: string, logins: Partial<RequestLogins>, value: unknown = {}) {
  const operation = sessionOperations.find((each) => each.id === id);
  if (operation === undefined) throw new Error(`there is no ${id}`);
  const body =
    operation.method === "POST" ? ({ kind: "json", value } as const) : { kind: "none" as const };
  return await answerOf(operation, new RecordedCalls([]), { url: operation.path, body, logins });
}

test("a caller that is known learns its right, another one only that there is a login", async (t) => {
  t.deepEqual(jsonOf(await answer("session", { isKnown: false })), {
    isKnown: false,
    isGuarded: true,
  });
  const known = jsonOf(await answer("session", { isKnown: true, isGuarded: false }));
  t.deepEqual(known, { isKnown: true, isGuarded: false, right: "control" });
});

test("a right secret sets the cookie; a wrong one is 401, one too soon 429", async (t) => {
  const opened = await answer(
    "open-session",
    { openPage: async (secret) => `c=${secret}` },
    { secret: "s" },
  );
  t.is(opened.status, 200);
  t.is(opened.headers?.["Set-Cookie"], "c=s");
  const refusedBy = async (code: string, details = {}) =>
    await answer(
      "open-session",
      { openPage: () => Promise.reject(new TroupeError(code, "no", { details })) },
      { secret: "s" },
    );
  t.is((await refusedBy("login-failed")).status, 401);
  const delayed = await refusedBy("too-many-guesses", { retryAfterSeconds: 7 });
  t.is(delayed.status, 429);
  t.is(delayed.headers?.["Retry-After"], "7");
});

test("a login without a secret, or with more, is refused before a check", async (t) => {
  for (const value of [{}, { secret: "" }, { secret: 1 }, { secret: "a", user: "b" }, [], "a"]) {
    const { status } = await answer("open-session", { openPage: async () => t.fail() }, value);
    t.is(status, 400, JSON.stringify(value));
  }
});

test("a logout drops the cookie", async (t) => {
  const { headers } = await answer("close-session", { closePage: () => "gone" });
  t.is(headers?.["Set-Cookie"], "gone");
});
