// The browser of a test file: one program for all its tests, each of which has a fresh profile.

import test from "ava";
import { HeadlessBrowser } from "./browser.ts";

let started: Promise<HeadlessBrowser> | undefined;
test.after.always("the browser of the file ends", async () => {
  await (await started)?.[Symbol.asyncDispose]();
});

/** Opens a fresh profile in the browser of this file, which starts at the first call. */
export async function freshBrowser(): Promise<HeadlessBrowser> {
  return await (await (started ??= HeadlessBrowser.start())).freshProfile();
}
