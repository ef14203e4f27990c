import test from "ava";

import { parseHosts, readHostsFile } from "../../../src/io/network/hosts-file.ts";

test("every name of a line has the line's address", (t) => {
  const table = parseHosts(`
# comment
127.0.0.1\tlocalhost  Tracker.LAN # trailing
::1 localhost
192.0.2.1
nonsense tracker.lan
2001:DB8::1 six`);
  t.deepEqual(
    [...table],
    [
      ["localhost", ["127.0.0.1", "::1"]],
      ["tracker.lan", ["127.0.0.1"]],
      ["six", ["2001:db8::1"]],
    ],
  );
});

test("an unreadable hosts file is an empty table", (t) => {
  t.is(readHostsFile("/no/such/file").size, 0);
});
