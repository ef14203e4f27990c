// The OpenAPI document of the own API. https://spec.openapis.org/oas/v3.1.0

import { feedSetting, jsonSchema, type JsonSchema } from "@troupe/control";
import { apiPrefix, type ApiOperation, type QueryRows } from "./api-operation.ts";
import { argumentSchema, torrentSchema } from "./command-schemas.ts";
import { reference } from "./openapi-reference.ts";

type Part = Readonly<Record<string, unknown>>;

/** The document. @param version That of Troupe. */
export function openApiDocument(operations: readonly ApiOperation[], version: string): Part {
  const paths: Record<string, Record<string, Part>> = {};
  for (const operation of operations) {
    const path = documentPath(operation.path);
    (paths[path] ??= {})[operation.method.toLowerCase()] = operationPart(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Troupe",
      version,
      description:
        "The BitTorrent engine as a service. `x-right` names the right that a caller needs.",
    },
    // Relative to the document, so that it holds behind a proxy with a base path.
    servers: [{ url: "../v1" }],
    security: [{ token: [] }, { password: [] }],
    paths,
    components: {
      schemas: { Error: errorSchema, Torrent: torrentSchema() },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        password: { type: "http", scheme: "basic", description: "May read." },
      },
    },
  };
}

/** `/api/v1/torrents/:torrent` → `/torrents/{torrent}`. */
export function documentPath(path: string): string {
  return path.slice(apiPrefix.length).replaceAll(/:(\w+)/g, "{$1}");
}

function operationPart(operation: ApiOperation): Part {
  const { id, text, right, path, query = {}, errors } = operation;
  const codes = errors.map((code) => `\`${code}\``).join(", ");
  const parameters = [...pathParameters(path), ...queryParameters(query)];
  return {
    operationId: id,
    summary: text,
    ...(codes !== "" && { description: `Errors besides those of wrong arguments: ${codes}.` }),
    "x-right": right,
    ...(right === "open" && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.arguments && { requestBody: { content: json(operation.arguments()) } }),
    responses: {
      "200": { description: "Done.", content: contentOf(operation) },
      default: { description: "Refused or failed.", content: json(reference("Error")) },
    },
  };
}

function contentOf({ mediaType = "application/json", result }: ApiOperation): Part {
  return { [mediaType]: { schema: result() } };
}

function pathParameters(path: string): Part[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...(name === "feed"
      ? { description: "The name of a feed.", schema: jsonSchema(feedSetting.fields.name) }
      : {
          description: "An info-hash.",
          schema: { type: "string", pattern: "^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$" },
        }),
  }));
}

function queryParameters(rows: QueryRows): Part[] {
  return Object.entries(rows).map(([name, row]) => ({
    name,
    in: "query",
    ...(row.gate.kind === "list" && { style: "form", explode: false }),
    schema: argumentSchema(row),
  }));
}

function json(schema: JsonSchema): Part {
  return { "application/json": { schema } };
}

const errorSchema: JsonSchema = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        code: { type: "string", description: "Never changes its meaning." },
        message: { type: "string", description: "A sentence." },
        details: { type: "object" },
      },
      required: ["code", "message"],
    },
  },
  required: ["error"],
};
