// The routes of the Transmission dialects.

import {
  textResponse,
  type Route,
  type ServiceRequest,
  type ServiceResponse,
} from "../routes/route.ts";
import type { TransmissionPorts } from "./call.ts";
import { answerJson } from "./endpoint.ts";
import { DialectMemory } from "./memory/dialect-memory.ts";
import { hasTransmissionSession, sessionIdHeader } from "./session-ids.ts";
import { protocolVersions, versionHeader } from "./versions.ts";

/** transmission-remote sends its requests to the second one. */
const paths = ["/transmission/rpc", "/transmission/rpc/"] as const;

const jsonType = { "Content-Type": "application/json; charset=UTF-8" };
/** The header of a response that a client should ask again for. */
const later = { "Retry-After": "1" };

/** The routes of both dialects. Those of GET answer with the session id too: some clients ask for it so. */
export function transmissionRoutes(ports: TransmissionPorts): readonly Route[] {
  const memory = new DialectMemory();
  return paths.flatMap((path): readonly Route[] => [
    {
      method: "GET",
      path,
      body: "none",
      answer: (request) => handshake(request, ports) ?? methodNotAllowed(),
    },
    {
      method: "POST",
      path,
      body: "add",
      // transmission-remote calls its JSON a form.
      reads: "json",
      answer: async (request) =>
        handshake(request, ports) ?? (await answerPost(request, ports, memory)),
    },
  ]);
}

/** The response to a request without the present session id. */
function handshake(
  request: ServiceRequest,
  { sessionIds }: TransmissionPorts,
): ServiceResponse | undefined {
  if (hasTransmissionSession((name) => request.header(name), sessionIds)) return undefined;
  const { current } = sessionIds;
  const text = `409: Conflict. Send the request again with the header ${sessionIdHeader}: ${current}\n`;
  return textResponse(text, 409, {
    [sessionIdHeader]: current,
    [versionHeader]: protocolVersions.rpc_version_semver,
  });
}

function methodNotAllowed(): ServiceResponse {
  const text = "cannot answer a GET: allowed is POST with a request in JSON\n";
  return textResponse(text, 405, { Allow: "POST" });
}

async function answerPost(
  { body, calls }: ServiceRequest,
  ports: TransmissionPorts,
  memory: DialectMemory,
): Promise<ServiceResponse> {
  const value = body.kind === "json" ? body.value : undefined;
  const { status, json } = await answerJson(value, { calls, ports, memory });
  if (json === undefined) return { status };
  return { status, headers: { ...jsonType, ...(status === 503 && later) }, body: json };
}
