import { isUnderWay, type WeekMoment } from "@troupe/control";
import type { EngineLimits, RateLimits } from "@troupe/messages";

/** The limits that hold at this moment: those of the first period that is under way, or else the usual limits. */
export function limitsAt(limits: EngineLimits, moment: WeekMoment): RateLimits {
  const period = limits.schedule?.find((one) => isUnderWay(one, moment));
  return period?.limits ?? limits;
}
