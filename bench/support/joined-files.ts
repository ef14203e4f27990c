import { fileURLToPath } from "node:url";

/**
 * The folder of the command's joined files, for the option `workerUrls`: a thread of the sources starts several times slower.
 * `scripts/make-bundle.ts` makes it.
 */
export const joinedFiles: string = fileURLToPath(
  new URL("../../packages/cli/bundle", import.meta.url),
);
