import { styleFor } from "../display/style.ts";
import { plainRoom } from "../display/table.ts";
import type { TableRoom } from "../display/table.ts";
import type { Environment } from "../environment.ts";

/** A terminal has a width and perhaps colours, other outputs neither. */
export function tableRoom({ stdout, variables, platform }: Environment): TableRoom {
  if (stdout.isTTY !== true) return plainRoom;
  const hasColours = stdout.hasColors?.() === true && variables["TERM"] !== "dumb";
  return { style: styleFor(variables, platform, hasColours), columns: stdout.columns };
}
