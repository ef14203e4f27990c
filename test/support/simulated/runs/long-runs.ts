import { isLong } from "../../lanes.ts";

/** `pnpm test:simulation` runs the figures that users have; the tests of all packages run smaller ones. */
export const isLongRun: boolean = process.env["SIMULATION"] === "long";

/** The size of a run: the figure that users have in `pnpm test:simulation`, else that of the long lanes or of the gate. */
export function sized<Size>({ gate, long, user }: Record<"gate" | "long" | "user", Size>): Size {
  if (isLongRun) return user;
  return isLong ? long : gate;
}
