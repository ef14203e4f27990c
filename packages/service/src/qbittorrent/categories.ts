// Categories: the groups that have settings, and those of torrents.

import { TroupeError } from "@troupe/control";
import { jsonResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { setEach } from "./control-torrents.ts";
import { done, type Answer } from "./dialect-call.ts";
import { groupsOf, type Groups } from "./group-changes.ts";
import { forEachRow } from "./named-torrents.ts";
import { partsOf } from "./request-fields.ts";

/** A category as the API shows it. */
export interface Category {
  readonly name: string;
  /** Empty for the default folder. */
  readonly savePath: string;
}

/** Names between single slashes, without a backslash. */
const categoryName = /^[^\\/]+(?:\/[^\\/]+)*$/;

/** The categories by name. @param named The groups of torrents. */
export function categoriesOf(
  groups: Groups,
  named: Iterable<string>,
): Readonly<Record<string, Category>> {
  const names = new Set([...Object.keys(groups), ...named]);
  const shown = [...names].toSorted().map((name) => {
    const { directory = "" } = settingsOf(groups, name);
    return [name, { name, savePath: directory }] as const;
  });
  return Object.fromEntries(shown);
}

/** Answers `torrents/categories`. */
export const showCategories: Answer = async ({ calls }) => {
  const [{ rows }, groups] = await Promise.all([calls.view(), groupsOf(calls)]);
  return jsonResponse(categoriesOf(groups, groupsIn(rows)));
};

/** Answers `torrents/createCategory`. */
export const createCategory: Answer = async ({ calls, fields, state }) => {
  const name = requiredName(fields.required("category"));
  if (!categoryName.test(name))
    throw conflict("the name of a category has no backslash and no empty part");
  const directory = (fields.text("savePath") ?? "").trim();
  await state.groups.change(calls, (groups) => {
    if (Object.hasOwn(groups, name)) throw conflict("the category is there already");
    return withGroup(groups, name, directory === "" ? {} : { directory });
  });
  return done;
};

/** Answers `torrents/editCategory`. */
export const editCategory: Answer = async ({ calls, fields, state }) => {
  const name = requiredName(fields.required("category"));
  const directory = fields.required("savePath").trim();
  await state.groups.change(calls, (groups) => {
    const { directory: before = "", ...others } = settingsOf(groups, name);
    if (!Object.hasOwn(groups, name)) throw conflict("there is no such category");
    if (before === directory) throw conflict("the category has this folder already");
    return withGroup(groups, name, directory === "" ? others : { ...others, directory });
  });
  return done;
};

/** Answers `torrents/removeCategories`: names a line. Their torrents have no category then. */
export const removeCategories: Answer = async ({ calls, fields, state }) => {
  const names = new Set(partsOf(fields.required("categories"), "\n"));
  await state.groups.change(calls, (groups) =>
    Object.fromEntries(Object.entries(groups).filter(([name]) => !names.has(name))),
  );
  const { rows } = await calls.view();
  await forEachRow(
    rows.filter(({ group }) => group !== undefined && names.has(group)),
    ({ torrent }) => calls.run("set", { torrent, group: null }),
  );
  return done;
};

/** Answers `torrents/setCategory`. An empty name ends the category. */
export const setCategory: Answer = async (call) => {
  call.fields.required("hashes");
  const name = call.fields.required("category");
  if (name === "") return await setEach(call, () => ({ group: null }));
  const [{ rows }, groups] = await Promise.all([call.calls.view(), groupsOf(call.calls)]);
  if (!Object.hasOwn(categoriesOf(groups, groupsIn(rows)), name))
    throw conflict("there is no such category");
  return await setEach(call, () => ({ group: name }));
};

function settingsOf(groups: Groups, name: string): Groups[string] {
  return (Object.hasOwn(groups, name) ? groups[name] : undefined) ?? {};
}

/** The name may be that of a member of each object. */
function withGroup(groups: Groups, name: string, settings: Groups[string]): Groups {
  return Object.fromEntries([...Object.entries(groups), [name, settings]]);
}

function requiredName(name: string): string {
  if (name === "")
    throw new TroupeError("parameter-wrong", "the name of a category must not be empty");
  return name;
}

function conflict(message: string): TroupeError {
  return new TroupeError("parameter-conflict", message);
}

function groupsIn(rows: readonly TorrentRow[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ group }) => group ?? []));
}
