// Tokens and the password, for the user's own commands by the socket in the state folder.

import { checkGate, record, text, word, type Gate, type ValueOf } from "@troupe/control";
import { jsonResponse, type Route, type ServiceRequest } from "../routes/route.ts";

const anyText = text(String.raw`[\s\S]{1,2000}`, "a text of 2,000 characters at most");
const created = record({ name: anyText, right: word("read", "control") }, ["name", "right"]);
const revoked = record({ id: anyText }, ["id"]);
const changed = record({ password: anyText });

/** Routes of what proves callers. */
export const secretRoutes: readonly Route[] = [
  {
    ...{ method: "GET", path: "/api/v1/tokens", body: "none" },
    answer: ({ secrets }) => jsonResponse({ tokens: secrets.tokens() }),
  },
  {
    ...{ method: "POST", path: "/api/v1/tokens", body: "login" },
    answer: async (request) => {
      const { name, right } = given(request, created);
      return jsonResponse(await request.secrets.createToken(name, right));
    },
  },
  {
    ...{ method: "POST", path: "/api/v1/tokens/revoke", body: "login" },
    answer: async (request) => {
      await request.secrets.revokeToken(given(request, revoked).id);
      return jsonResponse({});
    },
  },
  {
    ...{ method: "POST", path: "/api/v1/password", body: "login" },
    answer: async (request) => {
      const made = await request.secrets.setPassword(given(request, changed).password);
      return jsonResponse(made === undefined ? {} : { password: made });
    },
  },
];

/** @throws TroupeError `option-out-of-range`, `option-unknown` */
function given<const Of extends Gate>({ body }: ServiceRequest, gate: Of): ValueOf<Of> {
  return checkGate(gate, "", body.kind === "json" ? body.value : undefined);
}
