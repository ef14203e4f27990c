import test from "ava";
import { serversIn, usableServers } from "../../../src/io/network/name-servers.ts";

const four = ["192.0.2.1", "192.0.2.1:5353", "::ffff:192.0.2.2", "[::ffff:c000:203]:5353"];
const six = ["2001:db8::1", "[2001:db8::1]:5353"];
const own = ["127.0.0.53", "::1", "[::1]:5353"];

test("L11: name servers of a family that is off are not asked, but for those of this machine", (t) => {
  const all = serversIn([...four, ...six, ...own]);
  t.deepEqual(usableServers(all, [4, 6]), all);
  t.deepEqual(usableServers(all, [4]), serversIn([...four, ...own]));
  t.deepEqual(usableServers(all, [6]), serversIn([...six, ...own]));
});
