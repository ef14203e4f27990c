import { ActorError } from "@troupe/actor-runtime";
import test from "ava";
import { isGone } from "../src/index.ts";

test("a call failed because its actor is not running, or for another reason", (t) => {
  t.true(isGone(new ActorError("actor-gone", { operation: "call", message: "gone" })));
  t.false(isGone(new ActorError("call-deadline", { operation: "call", message: "late" })));
  t.false(isGone(undefined));
});
