import test from "ava";

import { AskedAddresses } from "../../src/udp/asked-addresses.ts";

const at = (port: number) => ({ host: "203.0.113.9", port });

test("2,048 addresses are remembered, and the one that was asked longest ago is forgotten", (t) => {
  const asked = new AskedAddresses();
  for (let port = 1; port <= 2_048; port++) asked.add(at(port));
  asked.add(at(1));
  asked.add(at(9_000));
  t.deepEqual(
    [1, 2, 3, 2_048, 9_000].map((port) => asked.has(at(port))),
    [true, false, true, true, true],
  );
  t.false(asked.has({ host: "203.0.113.10", port: 1 }));
});
