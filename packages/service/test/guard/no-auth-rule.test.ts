import test from "ava";
import { refuseNoAuth } from "../../src/guard/no-auth-rule.ts";
import { refused } from "../support/refused.ts";

test("a service without a password listens on loopback and a socket only", (t) => {
  t.is(refuseNoAuth(["127.0.0.1", "::1", "socket", "127.8.9.1"]), undefined);
  for (const address of ["0.0.0.0", "::", "192.168.0.2", "localhost"]) {
    const { message } = refused(t, refuseNoAuth(["::1", address]), "no-auth-not-allowed", 400);
    t.true(message.includes(` ${address} `), message);
  }
});
