// A service whose user is logged in by a browser, and a page of a stranger in the same browser.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HeadlessBrowser, OpenPage } from "../browser.ts";
import { buildTorrent } from "./named-torrent.ts";
import { until } from "../time/until.ts";
import { Served } from "./served.ts";

/** An address of a local network; to browsers its http is no secure context, so that they send no `Sec-Fetch-Site`. */
export const networkAddress = "192.168.7.7";
/** The site of a stranger. */
export const strangeSite = "evil.example";
/** Hosts that lead to this machine. */
export const strangeHosts: readonly string[] = [networkAddress, strangeSite];
/** The torrent of the service. */
export const ownTorrent = "a".repeat(40);

const emptyPage = "<!doctype html><title>page of a stranger</title><body>";

/** A service with a stopped torrent, a browser, and a server of strange pages on another port of all its hosts. */
export class AttackedService implements AsyncDisposable {
  readonly served: Served;
  readonly browser: HeadlessBrowser;
  readonly #strangePort: number;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<AttackedService, "browser" | "password" | "served"> & { readonly port: number },
    stack: AsyncDisposableStack,
  ) {
    this.served = parts.served;
    this.browser = parts.browser;
    this.#strangePort = parts.port;
    this.password = parts.password;
    this.#stack = stack;
  }

  /** @param browser Started with {@link strangeHosts}. It stays open. */
  static async open(
    browser: HeadlessBrowser,
    options: Parameters<typeof Served.open>[0] = {},
  ): Promise<AttackedService> {
    await using stack = new AsyncDisposableStack();
    const stranger = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(emptyPage);
    });
    await listen(stranger);
    stack.defer(() => void stranger.close());
    const port = portOf(stranger);
    const served = stack.use(await Served.open(options));
    await served.run("add", { source: ownTorrent, state: "stopped" });
    const password = options.auth === false ? "" : served.password;
    return new AttackedService({ served, browser, password, port }, stack.move());
  }

  /** The origin of the service at a host. */
  readonly originAt = (host: string): string => `http://${host}:${this.served.port}`;

  /** The password; empty without one. */
  readonly password: string;

  /** Logs the browser in: the cookie of qBittorrent's dialect, and a password that the browser sends by itself. */
  async login(host: string): Promise<OpenPage> {
    const { browser, password } = this;
    const username = "troupe";
    const own = await browser.visit(`${this.originAt(host)}/transmission/rpc`, async (page) => {
      // The policy of the response lets no script of it call the service.
      await page.setBypassCSP(true);
      await page.authenticate({ username, password });
    });
    await own.page.authenticate(null);
    const form = new URLSearchParams({ username, password }).toString();
    const answer = await own.run<string>(
      `fetch("/api/v2/auth/login", { method: "POST", body: new URLSearchParams("${form}") }).then((answer) => answer.text())`,
    );
    if (answer !== "Ok.") throw new Error(`the login was answered with ${answer}`);
    return own;
  }

  /** Opens the page of a stranger at a host. */
  async openStrangePage(host: string): Promise<OpenPage> {
    return await this.browser.visit(`http://${host}:${this.#strangePort}/`);
  }

  /** Adds a torrent whose name is a script, as is the error of its tracker; settles when the tracker has answered. */
  async addScriptedTorrent(script: string): Promise<string> {
    const { served } = this;
    const reason = `d14:failure reason${Buffer.byteLength(script)}:${script}e`;
    const tracker = createServer((_, response) => void response.end(reason));
    await listen(tracker);
    this.#stack.defer(() => void tracker.close());
    const announce = `http://127.0.0.1:${portOf(tracker)}/announce`;
    const metainfo = buildTorrent(script.replaceAll("/", ""), announce).toString("base64");
    const torrent = String((await served.run("add", { metainfo })).body.result);
    await until("the tracker has answered", async () =>
      (await served.run("tiers", { torrent })).text.includes("onerror"),
    );
    return torrent;
  }

  /** The parts of the service that an attack could change. */
  async state(): Promise<unknown> {
    const { served } = this;
    const own = { isLocal: true } as const;
    const { torrents } = (await served.ask("/api/v1/torrents", own)).body;
    const engine = (await served.run("engine-settings", {})).body.result;
    const settings = (await served.run("settings", { torrent: ownTorrent })).body.result;
    const bans = (await served.run("bans", {})).body.result;
    const tokens = (await served.ask("/api/v1/tokens", own)).body;
    return { torrents, engine, settings, bans, tokens };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
