import test from "ava";
import fc from "fast-check";
import { cookieValues, pageCookieName, serialiseCookie } from "../../src/guard/cookies.ts";

const cookie = {
  name: pageCookieName(9_090),
  value: "abc_-9",
  path: "/",
  isSecure: false,
  maxAgeSeconds: 60,
};

test("a cookie of ours is for this site alone and hidden from scripts", (t) => {
  t.is(
    serialiseCookie(cookie),
    "troupe-session-9090=abc_-9; Path=/; Max-Age=60; HttpOnly; SameSite=Strict",
  );
  t.regex(serialiseCookie({ ...cookie, isSecure: true }), /; Secure$/);
  t.regex(serialiseCookie({ ...cookie, value: "", maxAgeSeconds: 0 }), /=; Path=\/; Max-Age=0;/);
});

test("no value or path can add an attribute", (t) => {
  for (const part of [{ value: "a;b" }, { value: "a\r\nb" }, { path: "/;x" }, { path: "x" }])
    t.throws(() => serialiseCookie({ ...cookie, ...part }), { message: /^bug: / });
});

test("the values of a name are found among other cookies", (t) => {
  t.deepEqual(cookieValues('a=1; SID=x;b="2"; SID="y"', "SID"), ["x", "y"]);
  t.deepEqual(cookieValues("SIDE=1; xSID=2; SID", "SID"), []);
  t.deepEqual(cookieValues(undefined, "SID"), []);
  t.deepEqual(cookieValues("SID=a=b", "SID"), ["a=b"]);
  t.deepEqual(cookieValues('SID="', "SID"), ['"']);
});

test("eight values of a name are looked at, and 16,384 characters of the field", (t) => {
  t.is(cookieValues("SID=x;".repeat(50), "SID").length, 8);
  t.deepEqual(cookieValues(`${"a=1;".repeat(5_000)}SID=x`, "SID"), []);
});

test("a value that we set is read again, whatever stands beside it", (t) => {
  const values = fc.stringMatching(/^[\w-]{1,60}$/);
  const others = fc.array(
    fc.string().map((text) => text.replaceAll(";", "")),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(values, others, others, (value, before, after) => {
      const [sent = ""] = serialiseCookie({ ...cookie, value }).split(";");
      const field = [...before, sent, ...after].join(";");
      t.true(cookieValues(field, cookie.name).includes(value));
    }),
  );
});
