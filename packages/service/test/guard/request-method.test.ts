import test from "ava";
import { refuseMethod } from "../../src/guard/request-method.ts";
import { refused } from "../support/refused.ts";

test("GET and HEAD change nothing", (t) => {
  for (const method of ["GET", "HEAD"]) {
    t.is(refuseMethod(method, false), undefined);
    refused(t, refuseMethod(method, true), "method-not-allowed", 405);
  }
  for (const method of ["POST", "PUT", "DELETE"]) t.is(refuseMethod(method, true), undefined);
});
