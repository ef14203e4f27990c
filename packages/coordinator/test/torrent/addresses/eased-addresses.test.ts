import test from "ava";
import { EasedAddresses } from "../../../src/torrent/addresses/eased-addresses.ts";

test("addresses are told since a number, and the latest thousand are kept", (t) => {
  const eased = new EasedAddresses();
  for (let port = 0; port < 10; port++) eased.add({ host: "8.0.0.1", port });
  t.deepEqual(
    [...eased.since(8)].map(({ port }) => port),
    [8, 9],
  );
  t.deepEqual([...eased.since(eased.end)], []);
  for (let port = 10; port < 2_500; port++) eased.add({ host: "8.0.0.1", port });
  const ports = [...eased.since(8)].map(({ port }) => port);
  t.deepEqual([ports.length, ports[0], ports.at(-1)], [1_000, 1_500, 2_499]);
});
