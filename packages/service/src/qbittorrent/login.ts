// Logins of the dialect, which have the cookie `SID`.

import { textResponse } from "../routes/route.ts";
import { hasCode, type Answer } from "./dialect-call.ts";

const forbidden = 403;

/** Answers `auth/login`: 200 with `Ok.` or `Fails.`, and 403 while the passwords of the address are delayed. */
export const login: Answer = async ({ fields, logins }) => {
  try {
    const cookie = await logins.login(fields.text("username") ?? "", fields.text("password") ?? "");
    return cookie === undefined
      ? textResponse("Fails.")
      : textResponse("Ok.", 200, { "Set-Cookie": cookie });
  } catch (error) {
    if (!hasCode(error, "too-many-guesses", "too-many-logins")) throw error;
    return textResponse(error.message, forbidden);
  }
};

/** Answers `auth/logout`. */
export const logout: Answer = ({ logins }) =>
  textResponse("", 200, { "Set-Cookie": logins.logout() });
