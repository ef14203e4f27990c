// The fields `Content-Type` and `Content-Encoding` of a request.

import { headerParameters } from "./header-parameters.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

/** 1 to 70 characters (RFC 2046, 5.1.1), without a space. */
const boundaryForm = /^[\w'()+,./:=?-]{1,70}$/;

/** The reader of a body. */
type BodyKind =
  | { readonly kind: "json" | "form" }
  | { readonly kind: "multipart"; readonly boundary: string };

/** @returns The kind; else a refusal with the status 415. A body without a type is refused: browsers may send it anywhere. */
export function bodyKindOf(
  contentType: string | undefined,
  contentEncoding: string | undefined,
): BodyKind | Refusal {
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== "identity") {
    const message = `cannot read a body with the encoding ${shownText(contentEncoding)}: a body must not be compressed`;
    return refuse(415, "body-compressed", message);
  }
  const [, type = "", rest = ""] =
    /^\s*([\w.+-]+\/[\w.+-]+)\s*((?:;.*)?)$/s.exec(contentType ?? "") ?? [];
  // Some programs end the field with a semicolon.
  const parameters = headerParameters(rest.trimEnd().replace(/;$/, ""));
  if (parameters === undefined) return kindNotAllowed(contentType);
  switch (type.toLowerCase()) {
    case "application/json":
      return isUtf8(parameters) ? { kind: "json" } : kindNotAllowed(contentType);
    case "application/x-www-form-urlencoded":
      return isUtf8(parameters) ? { kind: "form" } : kindNotAllowed(contentType);
    case "multipart/form-data": {
      const boundary = parameters.get("boundary") ?? "";
      return boundaryForm.test(boundary)
        ? { kind: "multipart", boundary }
        : kindNotAllowed(contentType);
    }
    default:
      return kindNotAllowed(contentType);
  }
}

function isUtf8(parameters: ReadonlyMap<string, string>): boolean {
  return /^utf-?8$/i.test(parameters.get("charset") ?? "utf-8");
}

function kindNotAllowed(contentType: string | undefined): Refusal {
  const seen =
    contentType === undefined ? "without a Content-Type" : `of the type ${shownText(contentType)}`;
  const message = `cannot read a body ${seen}: allowed are application/json, application/x-www-form-urlencoded and multipart/form-data with a boundary, in UTF-8`;
  return refuse(415, "body-kind-not-allowed", message);
}
