export {
  type CommandArguments,
  type CommandName,
  type CommandResults,
  commands,
} from "./commands.ts";
export type { CommandRow } from "./command-row.ts";
export { commandRow, commandSettings } from "./command-settings.ts";
export { nestedSettings } from "../settings/nested-settings.ts";
export { checkValue } from "../gates/check-gate.ts";
export { mapPaths } from "../gates/map-paths.ts";
