// The login sessions of the page: a cookie that browsers send.

import { checkGate, flag, jsonSchema, record, text, word } from "@troupe/control";
import { jsonResponse } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";

const given = record(
  {
    secret: text(String.raw`[\s\S]{1,2000}`, "a text of 2,000 characters at most"),
  },
  ["secret"],
);
const session = record(
  { isKnown: flag, right: word("read", "control", "local"), isGuarded: flag },
  ["isKnown", "isGuarded"],
);
const nothing = record({});

/** The operations of login sessions. */
export const sessionOperations: readonly ApiOperation[] = [
  {
    method: "GET",
    path: `${apiPrefix}/session`,
    id: "session",
    text: "Tells whether the caller is known, its right, and whether the service asks for credentials.",
    right: "open",
    takesUnknown: true,
    body: "none",
    query: {},
    errors: [],
    result: () => jsonSchema(session),
    answer: withErrors(({ calls, logins, query }) => {
      readQuery({}, query);
      const { isGuarded, isKnown } = logins;
      return jsonResponse({ isKnown, isGuarded, ...(isKnown && { right: calls.right }) });
    }),
  },
  {
    method: "POST",
    path: `${apiPrefix}/session/open`,
    id: "open-session",
    text: "Logs a browser in by the password or a token: the answer sets the cookie of the page.",
    right: "open",
    body: "login",
    arguments: () => jsonSchema(given),
    errors: ["login-failed", "too-many-guesses", "too-many-logins"],
    result: () => jsonSchema(nothing),
    answer: withErrors(async ({ body, logins }) => {
      const { secret } = checkGate(given, "", body.kind === "json" ? body.value : undefined);
      return jsonResponse({}, 200, { "Set-Cookie": await logins.openPage(secret) });
    }),
  },
  {
    method: "POST",
    path: `${apiPrefix}/session/close`,
    id: "close-session",
    text: "Ends the login session of the browser, with its events and streams.",
    right: "read",
    body: "login",
    arguments: () => jsonSchema(nothing),
    errors: [],
    result: () => jsonSchema(nothing),
    answer: withErrors(({ logins }) => jsonResponse({}, 200, { "Set-Cookie": logins.closePage() })),
  },
];
