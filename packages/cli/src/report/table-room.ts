// Where a table is shown: on a terminal it has a width and perhaps colours, elsewhere neither.

import { styleFor } from "../display/style.ts";
import { plainRoom } from "../display/table.ts";
import type { TableRoom } from "../display/table.ts";
import type { Environment } from "../environment.ts";

/** The room that stdout has for a table. */
export function tableRoom({ stdout, variables, platform }: Environment): TableRoom {
  if (stdout.isTTY !== true) return plainRoom;
  const hasColours = stdout.hasColors?.() === true && variables["TERM"] !== "dumb";
  return { style: styleFor(variables, platform, hasColours), columns: stdout.columns };
}
