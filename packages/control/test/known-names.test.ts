import test from "ava";
import { refuseUnknownNames } from "../src/known-names.ts";

test("a misspelt name is refused with the known names, and with the nearest of them", (t) => {
  t.notThrows(() => refuseUnknownNames("option", ["port"], ["port", "bind"]));
  t.throws(() => refuseUnknownNames("option", ["prot"], ["port", "bind"]), {
    code: "option-unknown",
    message: 'there is no option "prot"; there are port, bind; did you mean port?',
  });
  t.throws(() => refuseUnknownNames("command", ["ad"], ["add"]), { code: "command-unknown" });
  t.throws(() => refuseUnknownNames("event", ["toString"], ["stopped"]), {
    code: "event-unknown",
    message: 'there is no event "toString"; there are stopped',
  });
});
