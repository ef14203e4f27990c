export { oneOf, outOfRange, spelled, within } from "./checked-values.ts";
export {
  durationUnitsMs,
  parseBytes,
  parseLine,
  parseRate,
  parseShare,
  parseTime,
  type QuantityKind,
  quantityTexts,
  quantityTitles,
  withUnit,
} from "./quantities.ts";
export { TroupeError } from "./troupe-error.ts";
