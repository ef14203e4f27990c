// Where a table is shown: on a terminal it has a width and perhaps colours, elsewhere neither.

import { styleFor } from "../display/style.ts";
import { plainRoom } from "../display/table.ts";
import type { TableRoom } from "../display/table.ts";
import type { Surroundings } from "../surroundings.ts";

/** The room that stdout has for a table. */
export function tableRoom({ stdout, environment, platform }: Surroundings): TableRoom {
  if (stdout.isTTY !== true) return plainRoom;
  const hasColours = stdout.hasColors?.() === true && environment["TERM"] !== "dumb";
  return { style: styleFor(environment, platform, hasColours), columns: stdout.columns };
}
