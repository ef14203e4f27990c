import test from "ava";

import { plainTcp, sharedKind } from "../src/connection-kind.ts";

test("equal kinds of connections share an object", (t) => {
  t.is(sharedKind({ transport: "tcp", encryption: "none" }), plainTcp);
});

test("an unknown kind of connection is refused", (t) => {
  const kind = { transport: "tcp", encryption: "rot13" as "none" } as const;
  t.throws(() => sharedKind(kind), { message: /tcp, rot13/ });
});
