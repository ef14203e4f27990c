import test from "ava";
import fc from "fast-check";
import { credentialsOf, refuseWrite } from "../../src/guard/credential-choice.ts";
import { refused } from "../support/refused.ts";

const pageCookie = "troupe-session-9090";

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

function kindsOf(authorization: string | undefined, cookie?: string): string[] {
  return credentialsOf({ authorization, cookie }, pageCookie).map(({ kind }) => kind);
}

test("a token comes before a cookie, and a cookie before a password", (t) => {
  const cookie = `SID=b; ${pageCookie}=a`;
  t.deepEqual(kindsOf("Bearer x", cookie), ["token", "page-session", "dialect-session"]);
  t.deepEqual(kindsOf(basic("a:b"), cookie), ["page-session", "dialect-session", "login"]);
  t.deepEqual(kindsOf(undefined), []);
});

test("the scheme of a credential is read in any case", (t) => {
  t.deepEqual(credentialsOf({ authorization: "bEaReR  abc " }, pageCookie), [
    { kind: "token", text: "abc" },
  ]);
});

test("a user and a password are read from Basic, colons and all", (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      (name, password) => {
        const user = name.replaceAll(":", "");
        t.deepEqual(credentialsOf({ authorization: basic(`${user}:${password}`) }, pageCookie), [
          { kind: "login", login: { user, password } },
        ]);
      },
    ),
  );
});

test("other text in the field is no credential", (t) => {
  for (const authorization of [
    "",
    "Bearer",
    "Bearer a b",
    "Basic ",
    "Basic YTpi!",
    "Basic YQ==",
    "Digest a",
    `Bearer ${"x".repeat(4_096)}`,
  ])
    t.deepEqual(kindsOf(authorization), [], authorization);
});

const senders = ["page", "unnamed"] as const;

test("tokens and the SID of programs may write from anywhere if they may control", (t) => {
  for (const kind of ["token", "dialect-session"] as const) {
    for (const sender of senders)
      t.is(refuseWrite({ kind, right: "control" }, sender, false), undefined);
  }
});

test("no credential with the right to read writes", (t) => {
  for (const kind of ["token", "page-session", "dialect-session", "login"] as const) {
    for (const sender of senders) {
      const refusal = refuseWrite({ kind, right: "read" }, sender, true);
      refused(t, refusal, "read-only-credential", 403);
    }
  }
});

test("the cookie of the page writes with our Origin only", (t) => {
  const caller = { kind: "page-session", right: "control" } as const;
  t.is(refuseWrite(caller, "page", false), undefined);
  for (const hasDialectSession of [false, true]) {
    const refusal = refuseWrite(caller, "unnamed", hasDialectSession);
    refused(t, refusal, "read-only-credential", 403);
  }
});

test("a password writes with the session id of its dialect only", (t) => {
  const caller = { kind: "login", right: "control" } as const;
  t.is(refuseWrite(caller, "unnamed", true), undefined);
  for (const sender of senders)
    refused(t, refuseWrite(caller, sender, false), "read-only-credential", 403);
});
