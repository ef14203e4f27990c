// A service behind nginx, with TLS and a base path: the clients that people have.

import test from "ava";
import { authority, startNginxProxy } from "../support/clients/nginx-proxy.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runProcess, startProcess } from "../support/programs/process.ts";
import { ServedProcess } from "../support/service/served-process.ts";

const hash = "a".repeat(40);
const magnet = `magnet:?xt=urn:btih:${hash}&dn=film`;

/** A service behind nginx, at a path. */
async function scene() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("behind-nginx"));
  const proxied = ["--base-path", "/troupe", "--trusted-proxy", "127.0.0.1"];
  const service = stack.use(await ServedProcess.start({ folder: folder.path, arguments: proxied }));
  const { host } = stack.use(await startNginxProxy(service.port));
  const { password } = service;
  const url = `https://${host}/troupe`;
  const curl = async (...words: readonly string[]): Promise<string> =>
    (await runProcess(["curl", "--silent", "--show-error", "--cacert", authority, ...words])).join(
      "\n",
    );
  const own = stack.move();
  return {
    ...{ service, host, url, password, curl },
    [Symbol.asyncDispose]: async () => await own.disposeAsync(),
  };
}

test("transmission-remote adds, lists and removes a torrent through nginx, with TLS and a base path", async (t) => {
  await using behind = await scene();
  const { password, service, url } = behind;
  const remote = async (...words: readonly string[]): Promise<string> => {
    const line = ["transmission-remote", `${url}/transmission`, "-n", `troupe:${password}`];
    return (await runProcess([...line, ...words])).join("\n");
  };
  t.regex(await remote("-a", magnet), /success/);
  t.regex(await remote("-l"), /film/);
  t.regex(await service.call("list"), /\tfilm\n$/);
  t.regex(await remote("-t", "1", "-r"), /success/);
  t.is(await service.call("list"), "");
});

test("curl and qBittorrent's login go through nginx; the cookie is for the base path and for TLS alone", async (t) => {
  await using behind = await scene();
  const { curl, host, password, service, url } = behind;
  t.regex(await curl(`${url}/api/v1/health`), /"ok"/);
  const form = ["--data-urlencode", "username=troupe", "--data-urlencode", `password=${password}`];
  const login = await curl("--include", ...form, `${url}/api/v2/auth/login`);
  t.regex(login, /Ok\.$/);
  t.regex(login, /^set-cookie: SID=[^;]+; (?=.*Path=\/troupe\/)(?=.*Secure).*HttpOnly/im);
  const [, session = ""] = /SID=([^;]+)/.exec(login) ?? [];
  const cookie = ["--cookie", `SID=${session}`];
  t.is(await curl(...cookie, `${url}/api/v2/app/version`), "v4.5.2");
  const add = [...cookie, "--form", `urls=${magnet}`, "--form", "paused=true"];
  t.is(await curl(...add, `${url}/api/v2/torrents/add`), "Ok.");
  t.regex(await service.call("list"), /\tfilm\n$/);
  const status = async (origin: string): Promise<string> =>
    await curl(
      ...["--output", "/dev/null", "--write-out", "%{http_code}", "--header", `Origin: ${origin}`],
      ...[...cookie, `${url}/api/v2/app/version`],
    );
  t.is(await status(`https://${host}`), "200", "the page of the service itself");
  t.is(await status(`http://${host}`), "403");
  t.is(await status("https://evil.example"), "403");
});

test("events come through nginx at once: the next change is sent while the answer lasts", async (t) => {
  await using behind = await scene();
  const { password, service, url } = behind;
  const words = ["--silent", "--no-buffer", "--cacert", authority, "--user", `troupe:${password}`];
  await using events = await startProcess(["curl", ...words, `${url}/api/v1/events`]);
  const comes = async (text: string): Promise<boolean> =>
    await events.lineWhere(text, (line) => line.includes(text) || undefined);
  t.true(await comes("event: reset"));
  await service.call("add", magnet, "--stopped");
  t.true(await comes(`"torrent":"${hash}"`));
  await service.call("remove", "film", "--yes");
  t.true(await comes(`"removed":["${hash}"]`));
  t.false(events.hasExited);
});
