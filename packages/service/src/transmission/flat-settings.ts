import type { SettingRows } from "@troupe/control";
import type { Values } from "./values.ts";

/** Settings by names such as `goals.ratio`, from options whose folders, such as `goals`, are objects. */
export function flatSettings(rows: SettingRows, options: object): Values {
  const entries = Object.entries(options).flatMap(([name, value]: [string, unknown]) =>
    Object.hasOwn(rows, name) ? [[name, value] as const] : leavesOf(name, value),
  );
  return Object.fromEntries(entries);
}

function leavesOf(folder: string, values: unknown): (readonly [string, unknown])[] {
  const leaves = Object.entries({ ...(values as object) });
  return leaves.map(([leaf, value]) => [`${folder}.${leaf}`, value] as const);
}
