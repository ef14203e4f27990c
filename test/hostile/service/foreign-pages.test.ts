// Pages of other sites in a browser that has a login, and pages of another port of this machine: every route of every dialect
// refuses them. CVE-2009-1757 and CVE-2017-7178 were such requests.

import test, { type ExecutionContext } from "ava";
import type { Route } from "../../../packages/service/src/routes/route.ts";
import { actionParameters, everyRoute, pathOf } from "../../support/service/every-route.ts";
import { guardFields } from "../../support/service/raw-request.ts";
import { httpRestarts, Served, type Answered } from "../../support/service/served.ts";

const routes = everyRoute();
const form = { "content-type": "application/x-www-form-urlencoded" };
const torrent = "a".repeat(40);

async function loginCookie(served: Served): Promise<string> {
  const text = new URLSearchParams({ username: "troupe", password: served.password }).toString();
  const answer = await served.ask("/api/v2/auth/login", { text, headers: form });
  return String(answer.headers["set-cookie"]).split(";")[0] ?? "";
}

/** Asks every route. */
async function askAll(
  served: Served,
  headers: Readonly<Record<string, string>>,
  asked: readonly Route[] = routes,
): Promise<(readonly [string, Answered])[]> {
  const answers: (readonly [string, Answered])[] = [];
  for (const route of asked) {
    const text = route.method === "POST" ? { text: actionParameters } : {};
    const answer = await served.ask(pathOf(route), {
      method: route.method,
      headers: { ...headers, ...form },
      ...text,
    });
    answers.push([`${route.method} ${route.path}`, answer]);
  }
  return answers;
}

function assertRefused(
  t: ExecutionContext,
  answers: readonly (readonly [string, Answered])[],
): void {
  t.is(answers.length, routes.length);
  for (const [route, { status, headers }] of answers) {
    t.is(status, 403, route);
    for (const field of guardFields) t.true(field in headers, `${route}: ${field}`);
    t.is(headers["access-control-allow-origin"], undefined, route);
  }
}

const strangers: readonly [string, (port: number) => Readonly<Record<string, string>>][] = [
  ["another port of this machine", (port) => ({ origin: `http://127.0.0.1:${port + 1}` })],
  ["a site that Sec-Fetch-Site tells", () => ({ "sec-fetch-site": "same-site" })],
  ["a form without Origin and Referer", () => ({ "sec-fetch-site": "cross-site" })],
  ["a sandboxed frame", () => ({ origin: "null" })],
];

for (const [name, fields] of strangers) {
  test(`case 92: a page of ${name} is refused on every route, with the cookie, the token and the password of the user`, async (t) => {
    await using served = await Served.open();
    const cookie = await loginCookie(served);
    const stranger = fields(served.port);
    assertRefused(t, await askAll(served, { cookie, ...stranger }));
    assertRefused(t, await askAll(served, { ...(await served.token("control")), ...stranger }));
    assertRefused(t, await askAll(served, { ...served.basic(), ...stranger }));
    t.is(served.coordinator.torrents.length, 0);
    t.is(await httpRestarts(served), 0);
  });
}

test("a cached password alone, without Origin and Sec-Fetch-Site, changes nothing on any route", async (t) => {
  await using served = await Served.open();
  await served.run("add", { source: torrent, state: "stopped" });
  const rows = async (): Promise<unknown> => {
    const { body } = await served.ask("/api/v1/torrents", { isLocal: true });
    return {
      torrents: body.torrents,
      engine: (await served.run("engine-settings", {})).body.result,
    };
  };
  const before = await rows();
  const changing = routes.filter(({ method }) => method === "POST");
  const answers = await askAll(served, served.basic(), changing);
  t.is(answers.length, changing.length);
  t.deepEqual(await rows(), before);
  for (const [route, { status }] of answers) t.true(status < 500 && status !== 404, route);
  t.is(await httpRestarts(served), 0);
});
