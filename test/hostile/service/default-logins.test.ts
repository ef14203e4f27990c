// CVE-2023-30801: strangers logged in with the password that everybody has. No default login of any program is one here.

import test from "ava";
import { Served } from "../../support/service/served.ts";

const logins = [
  ["admin", "adminadmin"],
  ["admin", "admin"],
  ["admin", "password"],
  ["admin", ""],
  ["", ""],
  ["root", "root"],
  ["transmission", "transmission"],
  ["transmission", "{1df9ac1b2c1fa3e2e2e2}"],
  ["debian-transmission", "transmission"],
  ["deluge", "deluge"],
  ["rutorrent", "rutorrent"],
  ["troupe", ""],
  ["troupe", "troupe"],
  ["troupe", "password"],
  ["troupe", "adminadmin"],
  ["troupe", "first-password"],
] as const;

test("case 93: CVE-2023-30801: no default login counts, by Basic and by the login of qBittorrent's API", async (t) => {
  await using served = await Served.open();
  for (const [index, [user, password]] of logins.entries()) {
    // An address each: a wrong password delays the next check of its address.
    const basic = await served.ask("/api/v1/torrents", {
      headers: served.basic(password, user),
      from: `127.1.0.${index + 1}`,
    });
    t.is(basic.status, 401, `${user}:${password}`);
    const login = await served.ask("/api/v2/auth/login", {
      text: new URLSearchParams({ username: user, password }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      from: `127.2.0.${index + 1}`,
    });
    t.is(login.text, "Fails.", `${user}:${password}`);
    t.is(login.headers["set-cookie"], undefined);
  }
});

test("two services have two first passwords of 128 bits", async (t) => {
  await using one = await Served.open();
  await using other = await Served.open();
  t.not(one.password, other.password);
  t.true(one.password.replaceAll(/[^\da-z]/gi, "").length >= 20);
});
