// A headless Chromium that opens one file and counts what the file does.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** Debian's. */
const executablePath = "/usr/bin/chromium";
const axePath = createRequire(import.meta.url).resolve("axe-core");

/** How a page is shown. */
export interface PageView {
  readonly width: number;
  readonly theme: "light" | "dark";
}

/** A page that was opened from disk. */
export interface OpenPage {
  readonly page: Page;
  /** Texts of the console's errors and warnings, and of exceptions. */
  readonly errors: readonly string[];
  /** Addresses that the page asked for, itself left out. */
  readonly requests: readonly string[];
  /** The result of an expression in the page. */
  run<Result>(expression: string): Promise<Result>;
}

/** A browser, and a folder for the files that it opens. */
export class HeadlessBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Starts Chromium; as root it runs without its sandbox, which needs another user. */
  static async start(): Promise<HeadlessBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "troupe-browser-"));
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const browser = await puppeteer.launch({
      executablePath,
      args: [...sandbox, "--disable-gpu", "--disable-dev-shm-usage"],
    });
    return new HeadlessBrowser(browser, folder);
  }

  /** Opens an HTML text as a file; resolves when its plots are drawn. */
  async open(html: string, { width, theme }: PageView): Promise<OpenPage> {
    const path = join(this.#folder, "page.html");
    await writeFile(path, html);
    const page = await this.#browser.newPage();
    const [errors, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    const address = pathToFileURL(path).href;
    page.on("request", (request) => {
      if (request.url() !== address) requests.push(request.url());
    });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.setViewport({ width, height: 900 });
    await page.goto(address);
    // Two frames: the plots are drawn when their width is known.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    const run = async <Result>(expression: string) => (await page.evaluate(expression)) as Result;
    return { page, errors, requests, run };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Findings of axe-core that are serious or critical: rule, and the elements that break it. */
export async function seriousFindings({ page }: OpenPage): Promise<string[]> {
  // The policy of the page forbids other scripts, and the debugger's are not bound by it.
  await page.evaluate(readFileSync(axePath, "utf8"));
  const { violations } = (await page.evaluate("axe.run(document)")) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" · ")}`);
}
