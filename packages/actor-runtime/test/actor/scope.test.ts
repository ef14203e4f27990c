import test from "ava";
import { Scope } from "../../src/actor/scope.ts";

test("the end releases everything, newest first, even if a release throws", (t) => {
  const scope = new Scope(() => t.fail());
  const released: string[] = [];
  scope.own(() => released.push("first"));
  scope.own(() => {
    throw new Error("cannot close");
  });
  scope.own(() => released.push("last"));
  scope.end();
  scope.end();
  t.deepEqual(released, ["last", "first"]);
});

test("a closed resource is not released again", (t) => {
  const scope = new Scope(() => t.fail());
  const disown = scope.own(() => t.fail());
  disown();
  scope.end();
  t.pass();
});

test("a resource opened after the end is released at once", (t) => {
  const scope = new Scope(() => t.fail());
  scope.end();
  let isReleased = false;
  scope.own(() => (isReleased = true));
  t.true(isReleased);
});

test("an error of a task goes to the owner", (t) => {
  const errors: unknown[] = [];
  const scope = new Scope((error) => errors.push(error));
  const error = new Error("boom");
  scope.run(() => {
    throw error;
  });
  t.deepEqual(errors, [error]);
});

test("after the end no task runs", (t) => {
  const scope = new Scope(() => t.fail());
  scope.end();
  scope.run(() => t.fail());
  t.pass();
});
