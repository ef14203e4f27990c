import type { RequestLogins } from "../../src/routes/route.ts";

/** A caller without login sessions. */
export const noLogins: RequestLogins = {
  isGuarded: true,
  isKnown: true,
  login: () => Promise.reject(new Error("no login here")),
  logout: () => "",
  openPage: () => Promise.reject(new Error("no login here")),
  closePage: () => "",
};
