// Attacks on a service by pages that its user opens in Chromium: DNS rebinding, forms and requests of other sites, frames, and
// script in the names that strangers choose.

import test, { type ExecutionContext } from "ava";
import { HeadlessBrowser } from "../support/browser.ts";
import {
  AttackedService,
  networkAddress,
  ownTorrent,
  strangeHosts,
  strangeSite,
} from "../support/service/attacked-service.ts";
import { everyRoute } from "../support/service/every-route.ts";
import { framesIn, recordRequests, type SentRequest } from "../support/service/sent-requests.ts";
import { httpRestarts } from "../support/service/served.ts";
import { formsTo, harmful, requestsTo } from "../support/service/strange-requests.ts";
import {
  callAll,
  elementNames,
  embedAll,
  fetchAll,
  fetchWithPreflight,
  submitForms,
} from "../support/service/strange-scripts.ts";

const routes = everyRoute();
/** Elements whose event does not tell an error page from a page. */
const frames: readonly string[] = ["iframe", "embed"];
/** Addresses that answer with data. */
const readable = ["/api/v1/torrents", "/api/v2/torrents/info", "/transmission/rpc"];
const script = "<script>document.title=1</script><img src=x onerror=document.title=2>";

/** Services of all tests: with a password, and without. */
const services: { guarded: AttackedService; open: AttackedService }[] = [];
const stack = new AsyncDisposableStack();
test.before(async () => {
  const browser = stack.use(await HeadlessBrowser.start({ mappedHosts: strangeHosts }));
  const guarded = stack.use(await AttackedService.open(browser));
  const open = stack.use(await AttackedService.open(browser, { auth: false }));
  services.push({ guarded, open });
});
test.after.always(async () => await stack.disposeAsync());

/** Runs an attack, and holds that it has changed nothing. */
async function attack(
  t: ExecutionContext,
  kind: "guarded" | "open",
  act: (attacked: AttackedService) => Promise<void>,
): Promise<void> {
  const attacked = services[0]?.[kind];
  if (attacked === undefined) throw new Error("the service has not started");
  const before = await attacked.state();
  await act(attacked);
  t.deepEqual(await attacked.state(), before);
  t.is(await httpRestarts(attacked.served), 0);
}

/** Holds that the browser has sent the cookie of the user, and the password to the addresses that have asked for it. */
function assertLoggedIn(t: ExecutionContext, sent: readonly SentRequest[]): void {
  t.true(sent.length > 0);
  for (const { fields, method, url } of sent) {
    t.regex(fields["cookie"] ?? "", /^SID=/, `${method} ${url}`);
    if (url.includes("/transmission/"))
      t.regex(fields["authorization"] ?? "", /^Basic /, `${method} ${url}`);
  }
}

for (const kind of ["guarded", "open"] as const) {
  test.serial(
    `CVE-2018-5702: a name that was bound anew to this machine gets 421 on every route, ${kind === "guarded" ? "with the right password" : "without passwords too"}`,
    async (t) => {
      await attack(t, kind, async ({ browser, originAt, password }) => {
        const origin = originAt(strangeSite);
        // The stranger's own server has answered for the page; then its name leads to the service.
        const { run } = await browser.visit(`${origin}/page`, async (page) => {
          await page.setRequestInterception(true);
          page.on("request", (request) => {
            void (request.url() === `${origin}/page`
              ? request.respond({ contentType: "text/html", body: "<title>stranger</title>" })
              : request.continue());
          });
        });
        t.is(await run("location.origin"), origin, "the page and the service are one site");
        const asked = requestsTo(origin);
        const answers = await run<[number, string][]>(callAll(asked, password));
        t.is(answers.length, routes.length);
        for (const [index, [status, text]] of answers.entries()) {
          t.is(status, 421, asked[index]?.url);
          t.regex(text, /^\{"error":\{"code":"host-not-allowed"/);
          t.false(text.includes(ownTorrent));
        }
      });
    },
  );
}

for (const host of ["127.0.0.1", networkAddress]) {
  const isNetwork = host === networkAddress;

  test.serial(
    `a page of another port of ${host} changes and reads nothing by fetch, with the user's cookie and password on its way`,
    async (t) => {
      await attack(t, "guarded", async (attacked) => {
        await attacked.login(host);
        const { page, run } = await attacked.openStrangePage(host);
        const requests = await recordRequests(page, attacked.originAt(host));
        const asked = requestsTo(attacked.originAt(host));
        t.deepEqual(await run(fetchAll(asked, "no-cors")), []);
        const sent = await requests();
        const posts = routes.filter(({ method }) => method === "POST").length;
        t.is(sent.length, 3 * posts + (routes.length - posts));
        assertLoggedIn(t, sent);
        // Over plain http the browser names no site with a GET: the service answers, and the page does not get it.
        const isRefused = ({ method, status }: SentRequest): boolean =>
          status === 403 || (isNetwork && method === "GET");
        t.deepEqual(
          sent.filter((request) => !isRefused(request)),
          [],
        );
        const questions = asked.filter(({ method }) => method === "GET");
        t.deepEqual(await run(fetchAll(questions, "cors")), []);
        const rpc = `${attacked.originAt(host)}/transmission/rpc`;
        t.deepEqual(await run(fetchWithPreflight(rpc, "X-Transmission-Session-Id")), []);
      });
    },
  );

  test.serial(
    `forms of another port of ${host} change nothing: urlencoded, multipart, text/plain and by GET`,
    async (t) => {
      await attack(t, "guarded", async (attacked) => {
        await attacked.login(host);
        const { page, run } = await attacked.openStrangePage(host);
        const requests = await recordRequests(page, attacked.originAt(host));
        const forms = formsTo(attacked.originAt(host));
        await run(submitForms(forms));
        const sent = await requests();
        t.is(sent.length, forms.length);
        assertLoggedIn(t, sent);
        for (const { method: by, status, url } of sent) {
          if (by === "POST" || !isNetwork) t.is(status, 403, `${by} ${url}`);
          else t.true(status === 405 || status === 409, `${by} ${url}`);
        }
      });
    },
  );

  test.serial(
    `pictures, scripts, frames and links of another port of ${host} are not loaded, and call nothing`,
    async (t) => {
      await attack(t, "guarded", async (attacked) => {
        await attacked.login(host);
        const { page, run } = await attacked.openStrangePage(host);
        const requests = await recordRequests(page, attacked.originAt(host));
        const urls = [...readable, ...harmful].map((path) => attacked.originAt(host) + path);
        const loaded = await run<[string, string][]>(embedAll(urls));
        t.is(loaded.length, urls.length * elementNames.length);
        // The event of a frame does not tell an error page from a page.
        for (const [name, end] of loaded) t.is(end, frames.includes(name) ? "load" : "error", name);
        assertLoggedIn(t, await requests());
        const opened = await framesIn(page);
        t.true(opened.length >= urls.length * frames.length);
        for (const frame of opened) t.is(frame.url(), "chrome-error://chromewebdata/");
      });
    },
  );
}

test.serial("a page of another site sends no cookie, and changes and reads nothing", async (t) => {
  await attack(t, "guarded", async (attacked) => {
    await attacked.login("127.0.0.1");
    const { page, run } = await attacked.openStrangePage(strangeSite);
    const requests = await recordRequests(page, attacked.originAt("127.0.0.1"));
    const asked = requestsTo(attacked.originAt("127.0.0.1"));
    t.deepEqual(await run(fetchAll(asked, "no-cors")), []);
    const sent = await requests();
    t.true(sent.length > routes.length);
    for (const { fields, status, url } of sent) {
      t.is(fields["cookie"], undefined, url);
      t.is(status, 403, url);
    }
  });
});

test.serial(
  "without passwords, a page of another port of this machine changes and reads nothing",
  async (t) => {
    await attack(t, "open", async (attacked) => {
      const { page, run } = await attacked.openStrangePage("127.0.0.1");
      const requests = await recordRequests(page, attacked.originAt("127.0.0.1"));
      t.deepEqual(await run(fetchAll(requestsTo(attacked.originAt("127.0.0.1")), "no-cors")), []);
      const sent = await requests();
      t.true(sent.length > routes.length);
      for (const { status, url } of sent) t.is(status, 403, url);
    });
  },
);

test.serial(
  "script in names and in the errors of trackers does not run when an answer is opened",
  async (t) => {
    await attack(t, "guarded", async (attacked) => {
      const { served } = attacked;
      await attacked.login("127.0.0.1");
      const { page, run } = await attacked.openStrangePage("127.0.0.1");
      const hash = await attacked.addScriptedTorrent(script);
      const paths = [
        "/api/v1/torrents",
        `/api/v1/torrents/${hash}`,
        `/api/v1/commands/tiers?torrent=${hash}`,
        `/api/v1/torrents/${encodeURIComponent(script)}`,
        "/api/v2/torrents/info",
        `/api/v2/torrents/trackers?hash=${hash}`,
        `/api/v2/torrents/files?hash=${hash}`,
        "/api/v2/sync/maindata",
        `/${encodeURIComponent(script)}`,
      ];
      for (const path of paths) {
        const response = await page.goto(attacked.originAt("127.0.0.1") + path);
        t.true((await response?.text())?.includes("onerror"), path);
        t.is(await run("document.title"), "", path);
        t.is(await run("document.scripts.length + document.images.length"), 0, path);
      }
      await served.run("remove", { torrent: hash });
    });
  },
);
