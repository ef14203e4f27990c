// The login of the page, and what a caller sees who may only read.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { OpenedPage } from "../support/page/opened-page.ts";
import { until } from "../support/time/until.ts";
import { Served } from "../support/service/served.ts";

const hash = "ab".repeat(20);

test.serial(
  "G12: a wrong password is told, the right one opens the list, and after the logout no call is answered",
  async (t) => {
    await using served = await Served.open();
    await served.run("add", { source: hash, state: "stopped" });
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`);
    await opened.appears("#password");
    t.deepEqual(opened.errors, []);
    await opened.type("Password or token", "no password");
    await opened.press("Enter");
    await opened.until(
      `document.querySelector("#login-problem").textContent === "The password is wrong."`,
    );
    // After a wrong password the service checks none for a second.
    await opened.type("Password or token", served.password);
    await until("the login", async () => {
      await opened.press("Enter");
      return (await opened.page.$(".head")) !== null;
    });
    await opened.lists(hash);
    await opened.run(
      `window.wholeFetch = fetch, window.fetch = () => Promise.reject(new TypeError("cut")), 0`,
    );
    await opened.click("Log out");
    await opened.until(
      `document.querySelector(".notice")?.textContent === "The service did not answer."`,
    );
    await opened.run(`window.fetch = wholeFetch, 0`);
    await opened.click("Log out");
    await opened.appears("#password");
    t.is(await opened.run(`fetch("api/v1/torrents").then(({ status }) => status)`), 401);
    t.deepEqual(opened.foreignRequests, []);
  },
);

test.serial("G12: a login in one tab opens the list in the others", async (t) => {
  await using served = await Served.open();
  await served.run("add", { source: hash, state: "stopped" });
  await using browser = await freshBrowser();
  const address = `http://127.0.0.1:${served.port}/`;
  const other = await OpenedPage.open(browser, address);
  await other.appears("#password");
  await OpenedPage.open(browser, address, { secret: served.password });
  await other.page.bringToFront();
  await other.lists(hash);
  t.deepEqual(other.errors, []);
});

test.serial("G12: a guess too many is told with the time to wait", async (t) => {
  await using served = await Served.open();
  await using browser = await freshBrowser();
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`);
  await opened.appears("#password");
  await opened.type("Password or token", "a guess");
  const told = `document.querySelector("#login-problem").textContent.startsWith("Too many wrong passwords. Try again in ")`;
  // The first wait is a second, and each further guess doubles it: a slow browser meets a longer one.
  await until("the time to wait", async () => {
    await opened.press("Enter");
    return await opened.run<boolean>(told);
  });
  t.pass();
});

test.serial("G12: a caller who may only read sees torrents and no controls", async (t) => {
  await using served = await Served.open();
  await served.run("add", { source: hash, state: "stopped" });
  await using browser = await freshBrowser();
  const { authorization = "" } = await served.token("read");
  const secret = authorization.replace("Bearer ", "");
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, { secret });
  await opened.lists(hash);
  await opened.page.focus("[role=grid]");
  await opened.press("ArrowDown", "Control+a", "Delete");
  const buttons = await opened.run<string[]>(
    `[...document.querySelectorAll("button")].map((button) => button.textContent.trim())`,
  );
  const acts = ["Add", "Start", "Stop", "Check data", "Change …", "Remove …"];
  t.deepEqual(
    buttons.filter((name) => acts.includes(name)),
    [],
  );
  t.is(await opened.run(`document.querySelectorAll("dialog, .cell-choose").length`), 0);
  await opened.drop("a.torrent", new Uint8Array([1]));
  await opened.paste(`magnet:?xt=urn:btih:${hash}`);
  t.is(await opened.run(`document.querySelectorAll("dialog").length`), 0);
  t.deepEqual(opened.errors, []);
});

test.serial(
  "G12: the files of the page need no login, and their policy allows no other script",
  async (t) => {
    await using served = await Served.open({ basePath: "/troupe" });
    await using browser = await freshBrowser();
    await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/troupe/`);
    const slash = await served.ask("/troupe");
    t.is(slash.status, 308);
    t.is(slash.headers.location, "/troupe/");
    for (const path of [
      "",
      "page.js",
      "chunk.js",
      "later.js",
      "page.css",
      "stream-worker.js",
      "icon.svg",
    ]) {
      const { headers, status } = await served.ask(`/troupe/${path}`);
      t.is(status, 200, path);
      t.regex(String(headers["content-security-policy"]), /script-src 'self';/);
      const again = { headers: { "if-none-match": String(headers.etag) } };
      t.is((await served.ask(`/troupe/${path}`, again)).status, 304, path);
    }
    for (const path of ["index.html", "..%2fpackage.json", "page.js.gz", "src/main.tsx"])
      t.is((await served.ask(`/troupe/${path}`, { headers: served.basic() })).status, 404, path);
    const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/troupe`, {
      secret: served.password,
    });
    await opened.shows("Add");
    t.deepEqual(opened.errors, []);
  },
);
