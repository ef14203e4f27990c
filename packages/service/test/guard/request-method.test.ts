import test from "ava";
import { refuseMethod } from "../../src/guard/request-method.ts";
import { refuse } from "../../src/guard/refusal.ts";
import { refused } from "../support/refused.ts";

test("POST, PUT, PATCH and DELETE may change something, other methods may not", (t) => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "BREW", ""]) {
    t.is(refuseMethod(method, false), undefined);
    const refusal = refused(t, refuseMethod(method, true), "method-not-allowed", 405);
    t.is(refusal.allow, "POST, PUT, PATCH, DELETE");
  }
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    t.is(refuseMethod(method, true), undefined);
});

test("a refusal with the status 401 names the scheme of a credential", (t) => {
  t.is(refuse(401, "login-needed", "cannot answer").authenticate, 'Bearer realm="Troupe"');
  t.is(refuse(403, "origin-not-allowed", "cannot answer").authenticate, undefined);
});
