import { TroupeError } from "@troupe/control";
import { errorStatus, retryAfter } from "../routes/error-status.ts";
import { jsonResponse, type Route, type ServiceResponse } from "../routes/route.ts";

/** Answers with `{"error": {"code", "message", "details"?}}` where a call fails. Other throws are bugs, and pass. */
export function withErrors(answer: Route["answer"]): Route["answer"] {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof TroupeError) return errorResponse(error);
      throw error;
    }
  };
}

/** The response that tells of an error. */
export function errorResponse(error: TroupeError): ServiceResponse {
  const { code, details, message } = error;
  const more = Object.keys(details).length > 0 && { details };
  return jsonResponse({ error: { code, message, ...more } }, errorStatus(error), retryAfter(error));
}
