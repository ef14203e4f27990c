import test from "ava";

import { asFault, codeOf, messageOf, systemError } from "../src/errors.ts";

test("the code of an error is its text code, and nothing else", (t) => {
  t.is(codeOf(systemError("ENOSPC", "no room")), "ENOSPC");
  t.is(codeOf({ code: "plain" }), "plain");
  for (const thrown of [new Error("plain"), new DOMException("x"), "ENOENT", 5, null, undefined]) {
    t.is(codeOf(thrown), undefined);
  }
});

test("every thrown value has a sentence", (t) => {
  t.is(messageOf(systemError("ENOSPC", "no room")), "ENOSPC: no room");
  t.is(messageOf("odd"), "odd");
  t.is(messageOf(undefined), "undefined");
});

test("an error without a code becomes a fault with the code that its caller names", (t) => {
  t.deepEqual(asFault(systemError("EIO", "broken")), { code: "EIO", message: "EIO: broken" });
  t.deepEqual(asFault(new Error("odd")), { code: "internal", message: "odd" });
  t.deepEqual(asFault(undefined, "check-failed"), { code: "check-failed", message: "undefined" });
});
