import test from "ava";
import fc from "fast-check";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { apiRoute } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";
import { textOf } from "../support/response-text.ts";

interface Page {
  readonly version: number;
  readonly reset?: true;
  readonly torrents: readonly Partial<TorrentRow>[];
  readonly removed?: readonly string[];
  readonly cursor?: string;
}

const route = apiRoute("GET", "torrents");

async function list(calls: RecordedCalls, query = ""): Promise<Page> {
  const response = await answerOf(route, calls, { url: `/api/v1/torrents?${query}` });
  if (response.status !== 200) throw new Error(textOf(response));
  return jsonOf(response) as unknown as Page;
}

/** All pages. @param between Called after each page. */
async function pages(
  calls: RecordedCalls,
  query: string,
  between: () => void = () => {},
): Promise<Page[]> {
  const found: Page[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const more = cursor === "" ? "" : `&cursor=${cursor}`;
    // A page names the next. oxlint-disable-next-line no-await-in-loop
    const page: Page = await list(calls, `${query}${more}`);
    found.push(page);
    cursor = page.cursor;
    between();
  }
  return found;
}

function hash(number: number): string {
  return number.toString(16).padStart(40, "0");
}

function rowsOf(count: number, row: (number: number) => Partial<TorrentRow> = () => ({})) {
  return Array.from({ length: count }, (_, index) =>
    exampleRow({ torrent: hash(index), number: index, ...row(index) }),
  );
}

const numbers = ({ torrents }: Page): unknown[] => torrents.map(({ number }) => number);

const mixed = [
  exampleRow({ torrent: hash(1), number: 1, name: "Ä film", state: "active", labels: ["a", "b"] }),
  exampleRow({ torrent: hash(2), number: 2, name: "a FILM", state: "stopped", group: "films" }),
  exampleRow({ torrent: hash(3), number: 3, name: "music", isComplete: false, etaSeconds: 7 }),
];

for (const [query, expected] of [
  ["", [1, 2, 3]],
  ["state=stopped", [2]],
  ["label=b", [1]],
  ["label=", [2, 3]],
  ["group=films", [2]],
  ["group=", [1, 3]],
  ["text=film", [1, 2]],
  ["text=%C3%A4", [1]],
  ["complete=false", [3]],
  ["complete=true&state=active", [1]],
  ["sort=name", [2, 3, 1]],
  ["sort=-number", [3, 2, 1]],
  ["sort=etaSeconds", [3, 1, 2]],
  ["sort=-etaSeconds", [3, 2, 1]],
  ["sort=isComplete", [3, 1, 2]],
] as const) {
  test(`the list with ${query || "no parameters"} has the torrents ${expected.join(", ")}`, async (t) => {
    const page = await list(new RecordedCalls(mixed), query);
    t.deepEqual(numbers(page), [...expected]);
    t.is(page.version, 1);
    t.deepEqual([page.cursor, page.removed, page.reset], [undefined, undefined, undefined]);
  });
}

test("a row has all fields, or those that are asked for", async (t) => {
  const calls = new RecordedCalls(mixed.slice(2));
  t.deepEqual((await list(calls)).torrents, [mixed[2]]);
  t.deepEqual((await list(calls, "fields=name,etaSeconds,group")).torrents, [
    { torrent: hash(3), name: "music", etaSeconds: 7 },
  ]);
});

test("G05: a page has 500 torrents at most, and its cursor leads to the next", async (t) => {
  const calls = new RecordedCalls(rowsOf(1_001));
  const all = await pages(calls, "fields=number");
  t.deepEqual(
    all.map(({ torrents }) => torrents.length),
    [500, 500, 1],
  );
  t.deepEqual(
    all.flatMap(numbers),
    Array.from({ length: 1_001 }, (_, index) => index),
  );
});

test("a list of exactly one page has no cursor", async (t) => {
  const page = await list(new RecordedCalls(rowsOf(3)), "limit=3");
  t.is(page.torrents.length, 3);
  t.is(page.cursor, undefined);
});

test("pages have each torrent once that stays, while others come, go and change", async (t) => {
  const sorts = fc.constantFrom("number", "-number", "name", "-peers", "etaSeconds");
  await fc.assert(
    fc.asyncProperty(
      sorts,
      fc.integer({ min: 1, max: 7 }),
      fc.infiniteStream(fc.nat(99)),
      async (sort, limit, random) => {
        const next = (): number => random.next().value ?? 0;
        const stay = rowsOf(20, (number) => ({
          name: `n${number % 4}`,
          peers: number % 3,
          ...(number % 2 === 0 && { etaSeconds: number % 5 }),
        }));
        const others = (): TorrentRow[] =>
          Array.from({ length: 5 }, () => {
            const number = 100 + next();
            return exampleRow({
              torrent: hash(number),
              number,
              name: `n${next() % 4}`,
              peers: next(),
            });
          });
        const calls = new RecordedCalls([...stay, ...others()]);
        const found = await pages(calls, `sort=${sort}&limit=${limit}&fields=number`, () => {
          const gone = calls.live.rows.filter(({ number }) => number >= 100 && next() < 50);
          calls.change(
            others().slice(0, next() < 30 ? 1 : 0),
            gone.map(({ torrent }) => torrent),
          );
        });
        const stayed = found.flatMap(numbers).filter((number) => Number(number) < 100);
        t.deepEqual(
          stayed.toSorted((one, other) => Number(one) - Number(other)),
          stay.map(({ number }) => number),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("G05: a list since a version has the rows that changed, and the torrents that are gone", async (t) => {
  const calls = new RecordedCalls(rowsOf(4));
  calls.change([exampleRow({ torrent: hash(2), number: 2, peers: 5 })]);
  calls.change([], [hash(0)]);
  const page = await list(calls, "since=1");
  t.is(page.version, 3);
  t.deepEqual(numbers(page), [2]);
  t.deepEqual(page.removed, [hash(0)]);
  t.is(page.reset, undefined);
  t.deepEqual(await list(calls, "since=3"), { version: 3, torrents: [], removed: [] });
});

test("a torrent that a change takes out of a filtered list counts as removed", async (t) => {
  const calls = new RecordedCalls(rowsOf(3));
  calls.change([exampleRow({ torrent: hash(1), number: 1, state: "stopped" })]);
  const page = await list(calls, "since=1&state=active");
  t.deepEqual(page, { version: 2, torrents: [], removed: [hash(1)] });
});

test("a version that is not known gives all torrents in pages, of which the first says reset", async (t) => {
  const calls = new RecordedCalls(rowsOf(5));
  const found = await pages(calls, "since=99&limit=2&fields=number");
  t.deepEqual(found.flatMap(numbers), [0, 1, 2, 3, 4]);
  t.deepEqual(
    found.map(({ reset }) => reset),
    [true, undefined, undefined],
  );
  t.true(found.every(({ removed }) => removed === undefined));
});

test("changes come in pages too: the first names removals, and all have the first page's version", async (t) => {
  const calls = new RecordedCalls(rowsOf(5));
  calls.change(rowsOf(5, () => ({ peers: 7 })).slice(1), [hash(0)]);
  let peers = 7;
  const found = await pages(calls, "since=1&limit=2&fields=number", () => {
    calls.change([exampleRow({ torrent: hash(1), number: 1, peers: ++peers })]);
  });
  t.deepEqual(found.map(numbers), [
    [1, 2],
    [3, 4],
  ]);
  t.deepEqual(
    found.map(({ version }) => version),
    [2, 2],
  );
  t.deepEqual(
    found.map(({ removed }) => removed),
    [[hash(0)], undefined],
  );
  t.deepEqual(numbers(await list(calls, "since=2")), [1], "changes between the pages follow");
});

test("pages of changes that are no longer known begin again with all torrents", async (t) => {
  const calls = new RecordedCalls(rowsOf(4));
  calls.change(rowsOf(4, () => ({ peers: 7 })));
  const first = await list(calls, "since=1&limit=2&fields=number");
  const gone = rowsOf(10_005).slice(4);
  calls.change(gone);
  calls.change(
    [],
    gone.map(({ torrent }) => torrent),
  );
  t.is(calls.live.since(1), undefined);
  const second = await list(calls, `since=1&limit=2&fields=number&cursor=${first.cursor}`);
  t.is(second.reset, true);
  t.deepEqual(numbers(second), [0, 1]);
  t.is(second.version, calls.live.version);
});

test("long names are compared by their first 100 characters, and their cursors fit", async (t) => {
  const name = "\ud800\u0000".repeat(500);
  const calls = new RecordedCalls(rowsOf(3, (number) => ({ name: `${name}${9 - number}` })));
  const found = await pages(calls, "sort=name&limit=1&fields=number");
  t.deepEqual(found.flatMap(numbers), [0, 1, 2]);
});

for (const [query, code] of [
  ["limit=0", "option-out-of-range"],
  ["limit=501", "option-out-of-range"],
  ["limit=1&limit=2", "option-out-of-range"],
  ["limit=1e2", "option-out-of-range"],
  ["state=done", "option-out-of-range"],
  ["complete=1", "option-out-of-range"],
  ["sort=labels", "option-out-of-range"],
  ["sort=--name", "option-out-of-range"],
  ["since=-1", "option-out-of-range"],
  ["since=99999999999999999999", "option-out-of-range"],
  ["fields=", "option-out-of-range"],
  ["fields=name,secret", "option-out-of-range"],
  [`text=${"x".repeat(101)}`, "option-out-of-range"],
  ["cursor=!", "option-out-of-range"],
  ["cursor=abc", "option-out-of-range"],
  [`cursor=${"a".repeat(1_201)}`, "option-out-of-range"],
  ["order=name", "option-unknown"],
  ["__proto__=1", "option-unknown"],
] as const) {
  test(`the list with ${query.slice(0, 30)} is refused ${code}`, async (t) => {
    const response = await answerOf(route, new RecordedCalls(mixed), {
      url: `/api/v1/torrents?${query}`,
    });
    t.is(response.status, 400);
    t.like(jsonOf(response)["error"], { code });
  });
}

test("the cursor of a list with another sort is refused", async (t) => {
  const calls = new RecordedCalls(mixed);
  const { cursor } = await list(calls, "sort=name&limit=1");
  const response = await answerOf(route, calls, {
    url: `/api/v1/torrents?sort=-name&limit=1&cursor=${cursor}`,
  });
  t.regex(textOf(response), /allowed is the cursor of a page with the sort -name/);
});

test("no cursor that a stranger makes up breaks the list", async (t) => {
  const calls = new RecordedCalls(mixed);
  const made = fc.oneof(
    fc.string().map((text) => Buffer.from(text).toString("base64url")),
    fc
      .tuple(fc.anything(), fc.anything(), fc.anything(), fc.anything(), fc.anything())
      .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
    fc
      .tuple(fc.nat(), fc.boolean(), fc.constant("number"), fc.string(), fc.json())
      .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
  );
  await fc.assert(
    fc.asyncProperty(made, async (cursor) => {
      const response = await answerOf(route, calls, { url: `/api/v1/torrents?cursor=${cursor}` });
      t.true(response.status === 200 || response.status === 400);
    }),
    { numRuns: 500 },
  );
});
