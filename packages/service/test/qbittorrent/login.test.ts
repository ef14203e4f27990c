import { TroupeError } from "@troupe/control";
import test from "ava";
import { QbittorrentClient } from "../support/qbittorrent-client.ts";

test("a login answers Ok. and the cookie", async (t) => {
  const seen: string[] = [];
  const login = (user: string, password: string) => {
    seen.push(user, password);
    return Promise.resolve("SID=abc; HttpOnly");
  };
  const client = new QbittorrentClient([], {}, { login });
  const form = { username: "troupe", password: "a&b" };
  const { headers, status, text } = await client.post("auth/login", form);
  t.deepEqual([status, text, headers["Set-Cookie"]], [200, "Ok.", "SID=abc; HttpOnly"]);
  t.deepEqual(seen, ["troupe", "a&b"]);
});

test("a wrong password, and none, answers Fails. with 200 and without a cookie", async (t) => {
  const client = new QbittorrentClient();
  for (const form of [{ username: "troupe", password: "x" }, {}]) {
    const { headers, status, text } = await client.post("auth/login", form);
    t.deepEqual([status, text], [200, "Fails."]);
    t.false("Set-Cookie" in headers);
  }
});

test("while passwords are delayed a login is refused with 403 and the sentence", async (t) => {
  for (const code of ["too-many-guesses", "too-many-logins"]) {
    const login = () => Promise.reject(new TroupeError(code, "wait for 8 s"));
    const client = new QbittorrentClient([], {}, { login });
    const { status, text } = await client.post("auth/login", { username: "a", password: "b" });
    t.deepEqual([status, text], [403, "wait for 8 s"], code);
  }
});

test("a logout drops the cookie", async (t) => {
  const client = new QbittorrentClient([], {}, { logout: () => "SID=; Max-Age=0" });
  const { headers, status } = await client.post("auth/logout");
  t.deepEqual([status, headers["Set-Cookie"]], [200, "SID=; Max-Age=0"]);
});

test("only the login is open to callers without a credential", (t) => {
  const open = new QbittorrentClient().routes.filter(({ isOpen }) => isOpen === true);
  t.deepEqual(
    open.map(({ path }) => path),
    ["/api/v2/auth/login"],
  );
});
