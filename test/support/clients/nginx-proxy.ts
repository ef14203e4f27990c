// nginx before a service, by the configurations in examples/nginx: with TLS, and beside the page of Transmission.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRepositoryFile } from "../files/repository.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { listens, untilIn } from "./daemon.ts";

const certificates = fileURLToPath(new URL("../../fixtures/certificates/", import.meta.url));

const mimeTypes = "/etc/nginx/mime.types";

/** The authority that signed the certificate of the proxy. */
export const authority: string = join(certificates, "authority.pem");

/** A running proxy. */
export interface NginxProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
}

type Places = readonly (readonly [string | RegExp, string])[];

/** Starts nginx with the example for TLS. @param port The port of the service. */
export async function startNginxProxy(port: number): Promise<NginxProxy> {
  return await startExample("troupe.conf", (host) => [
    ["listen 443 ssl;", `listen ${host} ssl;`],
    ["listen [::]:443 ssl;", ""],
    [/(?<=ssl_certificate )[^;]+/, join(certificates, "right.pem")],
    [/(?<=ssl_certificate_key )[^;]+/, join(certificates, "key.pem")],
    ["http://127.0.0.1:9091;", `http://127.0.0.1:${port};`],
  ]);
}

/** Starts nginx with the example that serves Transmission's page. @param port The port of the service. */
export async function startTransmissionPage(port: number): Promise<NginxProxy> {
  return await startExample("transmission-page.conf", (host) => [
    ["listen 9092;", `listen ${host};`],
    ["listen [::]:9092;", ""],
    ["http://127.0.0.1:9091;", `http://127.0.0.1:${port};`],
  ]);
}

/** Starts nginx with an example, whose ports and files are those of this machine. */
async function startExample(name: string, places: (host: string) => Places): Promise<NginxProxy> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("nginx-proxy"));
  const host = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder.path, "example.conf"), placedExample(name, places(host)));
  writeFileSync(join(folder.path, "nginx.conf"), mainConfiguration());
  const words = ["-p", folder.path, "-e", "stderr", "-c", join(folder.path, "nginx.conf")];
  const nginx = stack.use(
    await startProcess(["nginx", ...words], { debianPackage: "nginx-light" }),
  );
  await untilIn(nginx, "nginx listens", () => listens(host));
  return closing(host, stack.move(), nginx);
}

function closing(host: string, stack: AsyncDisposableStack, nginx: RunningProcess): NginxProxy {
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      await nginx.stop();
      await stack.disposeAsync();
    },
  };
}

/** An example with other places. @throws for an example that lacks one. */
function placedExample(name: string, places: Places): string {
  const path = `examples/nginx/${name}`;
  return places.reduce((text, [place, value]) => {
    const placed = text.replace(place, value);
    if (placed === text) throw new Error(`${path} has no ${String(place)}`);
    return placed;
  }, readRepositoryFile(path));
}

function mainConfiguration(): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = kinds.map((kind) => `${kind}_temp_path ${kind};`).join(" ");
  return `
daemon off;
pid nginx.pid;
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http { access_log off; ${paths} include ${mimeTypes}; include example.conf; }
`;
}
