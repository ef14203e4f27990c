import test from "ava";
import { isRefusal, refusalFrom, systemCode } from "../src/refusals.ts";
import { systemError } from "@troupe/actor-runtime";

const refusedAs = test.macro<[code: string, refused: string]>({
  exec: (t, code: string, refused: string) => {
    t.is(refusalFrom(systemError(code, "x"), "open", "/a").refused, refused);
  },
  title: (_title, code, refused) => `${code} is refused as ${refused}`,
});

test(refusedAs, "ENOSPC", "disk-full");
test(refusedAs, "EDQUOT", "disk-full");
test(refusedAs, "ELOOP", "not-a-file");
test(refusedAs, "EISDIR", "not-a-file");
test(refusedAs, "EFTYPE", "not-a-file");
test(refusedAs, "ENXIO", "not-a-file");
test(refusedAs, "EROFS", "EROFS");

test("the sentence has the action, the path, and the system's reason", (t) => {
  const error = systemError("EIO", "i/o error, write");
  t.deepEqual(refusalFrom(error, "write 4 bytes to", "/data/a"), {
    refused: "EIO",
    message: `cannot write 4 bytes to "/data/a": i/o error`,
    path: "/data/a",
  });
});

test("an error without a system code is rethrown", (t) => {
  const bug = Object.assign(new TypeError("x"), { code: "ERR_INVALID_ARG_TYPE" });
  t.is(systemCode(bug), undefined);
  t.throws(() => refusalFrom(bug, "open", "/a"), { is: bug });
  t.is(systemCode("ENOENT"), undefined);
  t.is(systemCode(new Error("plain")), undefined);
});

test("a number, undefined and other objects are not refusals", (t) => {
  t.true(isRefusal({ refused: "x", message: "y" }));
  for (const other of [5, undefined, null, {}, new Uint8Array(1)]) t.false(isRefusal(other));
});
