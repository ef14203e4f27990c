import test from "ava";
import { listenRefusal } from "../../../src/io/system/listen-refusal.ts";

test("each reason why a port cannot be listened on has a code and words, without the system's code", (t) => {
  for (const [systemCode, port, code, reason] of [
    ["EADDRINUSE", 7101, "port-in-use", "is in use"],
    ["EACCES", 80, "port-not-allowed", "needs root"],
    ["EACCES", 7101, "port-not-allowed", "is not allowed to this user"],
    ["EADDRNOTAVAIL", 7101, "address-not-available", "it is no address of this machine"],
    ["EAFNOSUPPORT", 7101, "address-not-available", "this machine has no addresses of its kind"],
    ["EMFILE", 7101, "listen-failed", "fails: too many open files"],
    ["actor-gone", 7101, "listen-failed", "fails: actor-gone"],
  ] as const) {
    t.deepEqual(listenRefusal(systemCode, port), { code, reason });
  }
});
