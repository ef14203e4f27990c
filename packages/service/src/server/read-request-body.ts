import type { IncomingMessage } from "node:http";
import type { Timers } from "@troupe/actor-runtime";
import type { BodyBudget } from "../guard/body-budget.ts";
import { bodyKindOf } from "../guard/body-kind.ts";
import { addBodyBytes, callBodyBytes, loginBodyBytes, readBody } from "../guard/body-reader.ts";
import { parseFormBody } from "../guard/form-body.ts";
import { parseJsonBody } from "../guard/json-body.ts";
import { parseMultipartBody } from "../guard/multipart-body.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { RequestBody, Route } from "../routes/route.ts";

const limits: Readonly<Record<Route["body"], number>> = {
  add: addBodyBytes,
  call: callBodyBytes,
  login: loginBodyBytes,
  none: 0,
};

/** A body that was read. Disposing gives its bytes back to the budget. */
interface HeldBody extends Disposable {
  readonly body: RequestBody;
}

/** Whether a request says that it has a body. */
export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Reads and parses the body of a request, as far as its route allows. */
export async function readRequestBody(
  incoming: IncomingMessage,
  { body: size, reads }: Pick<Route, "body" | "reads">,
  ports: { readonly budget: BodyBudget; readonly timers: Pick<Timers, "after"> },
): Promise<HeldBody | Refusal> {
  const { headers } = incoming;
  if (!hasBody(incoming)) return { body: { kind: "none" }, [Symbol.dispose]: () => undefined };
  const length = headers["content-length"];
  const declaredBytes = length === undefined ? undefined : Number(length);
  // A refusal must reach the client: the end of the reading ends no connection.
  const source = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const read = await readBody(source, { ...ports, limitBytes: limits[size], declaredBytes });
  if (isRefusal(read)) return read;
  const type = reads === "json" ? { "content-type": "application/json" } : {};
  const body = parseBody(read.bytes, { ...headers, ...type });
  if (!isRefusal(body)) return { body, [Symbol.dispose]: () => read[Symbol.dispose]() };
  read[Symbol.dispose]();
  return body;
}

function parseBody(bytes: Uint8Array, headers: IncomingMessage["headers"]): RequestBody | Refusal {
  const type = bodyKindOf(headers["content-type"], headers["content-encoding"]);
  if (isRefusal(type)) return type;
  switch (type.kind) {
    case "json": {
      const json = parseJsonBody(bytes);
      return isRefusal(json) ? json : { kind: "json", value: json.value };
    }
    case "form": {
      const fields = parseFormBody(bytes);
      return isRefusal(fields) ? fields : { kind: "form", fields };
    }
    case "multipart": {
      const parts = parseMultipartBody(bytes, type.boundary);
      return isRefusal(parts) ? parts : { kind: "multipart", parts };
    }
  }
}
