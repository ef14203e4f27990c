export { spellEnd, startFailure } from "./program-end.ts";
export { runProgram, type ProgramEnd, type ProgramOptions } from "./run-program.ts";
export { torrentVariables } from "./torrent-variables.ts";
