import test from "ava";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const [one, two] = [hashOf("01"), hashOf("02")];
const groups = { films: { directory: "/data/films", limits: { up: 5_000 } }, tv: {} };

function clientWith(): QbittorrentClient {
  const rows = [rowOf("01", { group: "films" }), rowOf("02", { group: "other" })];
  return new QbittorrentClient(rows, { "engine-settings": { groups } });
}

test("categories are the groups that have settings, and those of torrents", async (t) => {
  const { json } = await clientWith().get("torrents/categories");
  t.deepEqual(json, {
    films: { name: "films", savePath: "/data/films" },
    other: { name: "other", savePath: "" },
    tv: { name: "tv", savePath: "" },
  });
});

test("createCategory adds a group, with its folder", async (t) => {
  const client = clientWith();
  t.is((await client.post("torrents/createCategory", { category: "a/b" })).status, 200);
  const form = { category: "c", savePath: "/data/c", downloadPathEnabled: "false" };
  t.is((await client.post("torrents/createCategory", form)).status, 200);
  t.deepEqual(client.made, [
    ["set-engine", { groups: { ...groups, "a/b": {} } }],
    ["set-engine", { groups: { ...groups, c: { directory: "/data/c" } } }],
  ]);
});

test("createCategory refuses as qBittorrent does", async (t) => {
  const client = clientWith();
  const statusOf = async (form: Readonly<Record<string, string>>) =>
    (await client.post("torrents/createCategory", form)).status;
  t.is(await statusOf({}), 400);
  t.is(await statusOf({ category: "" }), 400);
  for (const category of ["films", "a//b", "/a", "a/", String.raw`a\b`])
    t.is(await statusOf({ category }), 409, category);
  t.deepEqual(client.made, []);
});

test("editCategory changes the folder alone", async (t) => {
  const client = clientWith();
  const edit = async (category: string, savePath: string) =>
    (await client.post("torrents/editCategory", { category, savePath })).status;
  t.is(await edit("films", "/data/x"), 200);
  t.is(await edit("films", ""), 200);
  t.is(await edit("films", "/data/films"), 409);
  t.is(await edit("none", "/data/x"), 409);
  t.is(await edit("constructor", "/data/x"), 409);
  t.is(await edit("", "/data/x"), 400);
  t.is((await client.post("torrents/editCategory", { category: "films" })).status, 400);
  const { limits } = groups.films;
  t.deepEqual(client.made, [
    ["set-engine", { groups: { ...groups, films: { limits, directory: "/data/x" } } }],
    ["set-engine", { groups: { ...groups, films: { limits } } }],
  ]);
});

test("removeCategories removes groups, and their torrents have none then", async (t) => {
  const client = clientWith();
  const form = { categories: "films\n\nnone\n" };
  t.is((await client.post("torrents/removeCategories", form)).status, 200);
  t.deepEqual(client.made, [
    ["set-engine", { groups: { tv: {} } }],
    ["set", { torrent: one, group: null }],
  ]);
  t.is((await client.post("torrents/removeCategories")).status, 400);
});

test("setCategory gives torrents a category that is there, or none", async (t) => {
  const client = clientWith();
  const set = async (category: string) =>
    (await client.post("torrents/setCategory", { hashes: one, category })).status;
  t.is(await set("tv"), 200);
  t.is(await set("other"), 200);
  t.is(await set(""), 200);
  t.is(await set("none"), 409);
  t.is(await set("toString"), 409);
  t.deepEqual(client.made, [
    ["set", { torrent: one, group: "tv" }],
    ["set", { torrent: one, group: "other" }],
    ["set", { torrent: one, group: null }],
  ]);
});

test("a category may have the name of a member of each object", async (t) => {
  const client = clientWith();
  t.is((await client.post("torrents/createCategory", { category: "__proto__" })).status, 200);
  const [[, given] = []] = client.made;
  const { groups: made } = given as { readonly groups: object };
  t.deepEqual(Object.keys(made).toSorted(), ["__proto__", "films", "tv"]);
  client.calls.change([rowOf("02", { group: "__proto__" })]);
  const { text } = await client.get("torrents/categories");
  t.true(text.includes('"__proto__":{"name":"__proto__","savePath":""}'));
});

test("two categories that are created at once are both there afterwards", async (t) => {
  const client = clientWith();
  const made: unknown[] = [];
  let present: Readonly<Record<string, unknown>> = {};
  client.calls.run = async (name, given) => {
    made.push(name);
    await Promise.resolve();
    if (name === "engine-settings") return { groups: present } as never;
    present = (given as { readonly groups: typeof present }).groups;
    return undefined as never;
  };
  await Promise.all(
    ["a", "b", "c"].map((category) => client.post("torrents/createCategory", { category })),
  );
  t.deepEqual(Object.keys(present), ["a", "b", "c"]);
  t.is(made.length, 6);
});

test("tags are the labels of all torrents", async (t) => {
  const client = new QbittorrentClient([
    rowOf("01", { labels: ["y", "x"] }),
    rowOf("02", { labels: ["x"] }),
  ]);
  t.deepEqual((await client.get("torrents/tags")).json, ["x", "y"]);
});

/** Actions on tags, and the labels that torrents get. */
const tagActions: readonly (readonly [path: string, form: object, labels: readonly unknown[]])[] = [
  [
    "addTags",
    { hashes: "all", tags: "z, x" },
    [
      [one, ["y", "x", "z"]],
      [two, ["x", "z"]],
    ],
  ],
  ["addTags", { hashes: two, tags: "x" }, []],
  ["removeTags", { hashes: "all", tags: "y,none" }, [[one, ["x"]]]],
  [
    "removeTags",
    { hashes: "all", tags: "" },
    [
      [one, []],
      [two, []],
    ],
  ],
  ["removeTags", { hashes: two }, [[two, []]]],
  [
    "deleteTags",
    { tags: "x" },
    [
      [one, ["y"]],
      [two, []],
    ],
  ],
  ["createTags", { tags: "new" }, []],
];

for (const [path, form, labels] of tagActions)
  test(`torrents/${path} ${JSON.stringify(form)} changes the labels of torrents`, async (t) => {
    const client = new QbittorrentClient([
      rowOf("01", { labels: ["y", "x"] }),
      rowOf("02", { labels: ["x"] }),
    ]);
    t.is((await client.post(`torrents/${path}`, { ...form })).status, 200);
    const made = client.made.map(([name, given]) => [name, given]);
    const expected = labels.map((each) => {
      const [torrent, names] = each as readonly unknown[];
      return ["set", { torrent, labels: names }];
    });
    t.deepEqual(made, expected);
  });

test("tags without the parameter are refused with 400", async (t) => {
  const client = new QbittorrentClient();
  t.is((await client.post("torrents/createTags")).status, 400);
  t.is((await client.post("torrents/deleteTags")).status, 400);
});
