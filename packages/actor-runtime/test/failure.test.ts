import { openSync } from "node:fs";
import fc from "fast-check";
import test from "ava";
import { ActorError, decodeFailure, encodeFailure } from "../src/failure.ts";
import { rejection } from "./support/rejection.ts";

const roundTrip = (thrown: unknown) => decodeFailure(structuredClone(encodeFailure(thrown)));

test("an error with a code arrives complete", (t) => {
  class StorageError extends Error {
    override readonly name = "StorageError";
    readonly code = "write-out-of-range";
    readonly operation = "write-block";
    readonly details = { piece: 12, path: "/a", bytes: Uint8Array.of(1), nested: { list: [1n] } };
  }
  const sent = new StorageError("cannot write block 3", { cause: new RangeError("too far") });
  const error = roundTrip(sent);
  t.true(error instanceof ActorError);
  t.like(error, {
    name: "StorageError",
    code: "write-out-of-range",
    operation: "write-block",
    message: "cannot write block 3",
    stack: sent.stack,
  });
  t.deepEqual(error.details, sent.details);
  t.like(error.cause, { name: "RangeError", message: "too far" });
});

test("a system error keeps its code, and its other fields become details", async (t) => {
  const thrown = await rejection((async () => openSync("/no/such/folder/file", "r"))());
  const error = roundTrip(thrown);
  t.is(error.code, "ENOENT");
  t.like(error.details, { syscall: "open", path: "/no/such/folder/file" });
});

test("an error without code gets one", (t) => {
  t.is(roundTrip(new Error("plain")).code, "failure");
});

test("a chain of causes is followed eight deep", (t) => {
  let error = new Error("0");
  for (let depth = 1; depth < 20; depth += 1) error = new Error(String(depth), { cause: error });
  const messages: string[] = [];
  for (let at: unknown = roundTrip(error); at instanceof Error; at = at.cause)
    messages.push(at.message);
  t.deepEqual(messages, ["19", "18", "17", "16", "15", "14", "13", "12", "11"]);
});

test("an error that is its own cause ends", (t) => {
  const error = new Error("again");
  error.cause = error;
  t.is(roundTrip(error).message, "again");
});

test("details that are not plain data become text", (t) => {
  const details = {
    run: () => 1,
    map: new Map(),
    symbol: Symbol("s"),
    deep: { a: { b: { c: { d: 1 } } } },
  };
  const error = roundTrip(new ActorError("odd", { message: "odd", details }));
  t.deepEqual(error.details, {
    run: "() => 1",
    map: "[object Map]",
    symbol: "Symbol(s)",
    deep: { a: { b: { c: "[object Object]" } } },
  });
});

test("long text is cut", (t) => {
  t.is(roundTrip(new Error("x".repeat(100_000))).message.length, 8_193);
});

test("every thrown value can be sent to any thread", (t) => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withTypedArray: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      (thrown) => {
        const error = roundTrip(thrown);
        return typeof error.message === "string" && typeof error.code === "string";
      },
    ),
  );
  t.pass();
});

test("thrown values that are not errors are sent as text", (t) => {
  t.like(roundTrip("just text"), { code: "not-an-error", message: "thrown: just text" });
  t.like(roundTrip(undefined), { message: "thrown: undefined" });
  t.like(roundTrip(Object.create(null)), { message: "thrown: a value without text" });
});
