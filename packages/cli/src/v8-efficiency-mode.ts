import { setFlagsFromString } from "node:v8";

/**
 * V8 recompiles hot functions on its own threads. Its efficiency mode waits three times as long before it uses the slowest
 * compiler, with fewer threads: a download of 1 GiB in a second takes 4 % less CPU time in all, a long download is as fast.
 * The first peer whose payload is encrypted by RC4 ends it.
 *
 * Call it when the threads of the start run: under another flag V8 refuses the compiled code of Node's modules, which then
 * take twice as long to load.
 */
export function useEfficiencyMode(): void {
  setFlagsFromString("--efficiency-mode");
}
