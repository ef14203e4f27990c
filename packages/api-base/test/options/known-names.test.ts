import test from "ava";
import { refuseUnknownEvent, refuseUnknownOptions } from "../../src/options/known-names.ts";

const names = { port: true, bind: true } as const;

test("an unknown name is refused, and the message lists the known names", (t) => {
  t.throws(() => refuseUnknownOptions({ prot: 1 }, names), {
    code: "option-unknown",
    message: 'there is no option "prot"; there are port, bind; did you mean port?',
  });
  t.throws(() => refuseUnknownEvent("end", { ended: true }), {
    code: "event-unknown",
    message: 'there is no event "end"; there are ended',
  });
});

test("names of Object.prototype are unknown", (t) => {
  t.throws(() => refuseUnknownEvent("toString", names), { code: "event-unknown" });
});

test("options that are no object are refused", (t) => {
  for (const wrong of [5, null, undefined, "port"]) {
    t.throws(() => refuseUnknownOptions(wrong, names), { code: "option-out-of-range" });
  }
});
