// Reports of load tests in a real browser, opened from disk.

import test from "ava";
import { reportHtml } from "../../packages/load-tester/src/report/report-html.ts";
import { syntheticResult } from "../../packages/load-tester/test/support/synthetic-result.ts";
import { isLongLane, seriousFindings, type OpenPage } from "../support/browser.ts";
import { freshBrowser } from "../support/file-browser.ts";

const hostileName = "<script>alert(1)</script>";
const shape = {
  seconds: 40,
  groups: ["leech", "crowd", "free riders"],
  measures: ["request_block", "connect", "completion"],
  client: hostileName,
} as const;
const single = reportHtml([syntheticResult(shape)]);
const compared = reportHtml(
  [syntheticResult({ ...shape, seed: 2 }), syntheticResult({ ...shape, seed: 3 })],
  [syntheticResult({ ...shape, seed: 4, slowness: 2 })],
);

const openAllTables = `document.querySelectorAll("details").forEach((folded) => { folded.open = true; })`;
/** Each table is made once its part is open. */
const hasAllTables = `[...document.querySelectorAll("details")].every((folded) => folded.childElementCount > 1)`;

async function overflow(open: OpenPage): Promise<number> {
  return open.run<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}

// Findings on colours depend on the theme, an overflow on the width. The gate looks at one report in each, by turns.
for (const [width, theme, turn] of [
  [360, "light", compared],
  [800, "dark", single],
  [1440, "light", compared],
] as const) {
  test.serial(
    `a report at ${width} px in ${theme} colours has no error, request, overflow or serious finding`,
    async (t) => {
      await using browser = await freshBrowser();
      for (const html of isLongLane ? [single, compared] : [turn]) {
        const open = await browser.open(html, { width, theme });
        const [figures, plots] = await open.run<[number, number]>(
          `[document.querySelectorAll("figure").length, document.querySelectorAll(".uplot canvas").length]`,
        );
        t.true(figures > 10);
        t.is(plots, figures);
        await open.run(openAllTables);
        await open.until(hasAllTables);
        await open.draws();
        t.is(await overflow(open), 0);
        t.deepEqual(await seriousFindings(open), []);
        t.deepEqual(open.errors, []);
        t.deepEqual(open.requests, []);
      }
    },
  );
}

test.serial("names of latencies break between words alone, also at 360 px", async (t) => {
  await using browser = await freshBrowser();
  const open = await browser.open(single, { width: 360, theme: "light" });
  const heights = await open.run<[string, number][]>(
    `[...document.querySelectorAll('[aria-label="Percentiles"] tbody th')].map((cell) => {
      const range = document.createRange();
      const word = /\\w{8,}/.exec(cell.innerText);
      if (word === null) return [cell.innerText, 1];
      range.setStart(cell.firstChild, word.index);
      range.setEnd(cell.firstChild, word.index + word[0].length);
      return [word[0], range.getClientRects().length];
    })`,
  );
  t.true(heights.some(([word]) => word === "completion"));
  t.deepEqual(
    heights.filter(([, lines]) => lines > 1),
    [],
  );
});

test.serial(
  "a report of compared runs names the run that proves nothing, and its reason",
  async (t) => {
    await using browser = await freshBrowser();
    const run = syntheticResult({ ...shape, seconds: 5 });
    const outcome = { kind: "generator-saturated", reason: "14 ms late" } as const;
    const html = reportHtml([run], [run, { ...run, outcome }]);
    const open = await browser.open(html, { width: 1440, theme: "light" });
    const rows = await open.run<string[]>(
      `[...document.querySelectorAll('[aria-label="Runs"] tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText).join(" | "))`,
    );
    t.deepEqual(rows, [
      "A | ✓ ok | –",
      "B1 | ✓ ok | –",
      "B2 | ✕ proves nothing | generator-saturated: 14 ms late",
    ]);
    const head = await open.run<string>(`document.querySelector(".outcome").innerText`);
    t.regex(head, /Comparison failed/);
    t.deepEqual(open.errors, []);
  },
);

test.serial("a client that calls itself a script is shown as text", async (t) => {
  await using browser = await freshBrowser();
  const open = await browser.open(single, { width: 800, theme: "light" });
  t.true(
    await open.run<boolean>(`document.body.innerText.includes(${JSON.stringify(hostileName)})`),
  );
  t.is(await open.run<number>(`document.querySelectorAll("script").length`), 3);
  t.deepEqual(open.errors, []);
});

test.serial("the policy of a report stops a script that is not its own", async (t) => {
  await using browser = await freshBrowser();
  const open = await browser.open(
    single.replace("</body>", "<script>window.wasRun = true</script></body>"),
    { width: 800, theme: "light" },
  );
  t.is(await open.run("String(window.wasRun)"), "undefined");
  t.true(open.errors.some((text) => text.includes("Content Security Policy")));
});

test.serial("each choice of latency, phase and event shows plots without an error", async (t) => {
  await using browser = await freshBrowser();
  for (const html of [single, compared]) {
    const open = await browser.open(html, { width: 1440, theme: "dark" });
    const shown = await open.run<number>(`(() => {
      let shown = 0;
      for (const select of document.querySelectorAll("select")) {
        for (const { value } of select.options) {
          select.value = value;
          select.dispatchEvent(new Event("change"));
          shown += 1;
        }
      }
      return shown;
    })()`);
    t.true(shown > 20);
    t.deepEqual(open.errors, []);
  }
});

test.serial("a report is printed in light colours, and is dark again afterwards", async (t) => {
  await using browser = await freshBrowser();
  const open = await browser.open(single, { width: 1440, theme: "dark" });
  const background = (event: string) =>
    open.run<string>(
      `dispatchEvent(new Event("${event}")); getComputedStyle(document.body).backgroundColor`,
    );
  t.is(await background("beforeprint"), "rgb(244, 244, 242)");
  t.is(await background("afterprint"), "rgb(16, 18, 20)");
  t.deepEqual(open.errors, []);
});

test.serial("a button of the legend hides its line and shows it again", async (t) => {
  await using browser = await freshBrowser();
  const open = await browser.open(single, { width: 1440, theme: "light" });
  const pressed = `(() => {
    const button = document.querySelector(".legend button");
    button.click();
    return [button.getAttribute("aria-pressed"), document.querySelectorAll(".plot")[0].querySelectorAll("canvas").length];
  })()`;
  t.deepEqual(await open.run(pressed), ["false", 1]);
  t.deepEqual(await open.run(pressed), ["true", 1]);
  t.deepEqual(open.errors, []);
});

test.serial(
  "a report of a run that ended in its first second has no plots over time and no error",
  async (t) => {
    await using browser = await freshBrowser();
    const empty = {
      ...syntheticResult({ seconds: 0, groups: [], measures: [] }),
      outcome: { kind: "stopped" },
    } as const;
    const open = await browser.open(reportHtml([empty]), { width: 360, theme: "light" });
    t.true(await open.run<boolean>(`document.body.innerText.includes("it ended before its time")`));
    t.is(await overflow(open), 0);
    t.deepEqual(await seriousFindings(open), []);
    t.deepEqual(open.errors, []);
  },
);
