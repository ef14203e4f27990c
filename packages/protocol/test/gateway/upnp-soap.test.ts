import test from "ava";
import { decodeSoapReply, encodeSoapCall, readXml, soapAction } from "../../src/gateway/index.ts";
import { soapFault, soapReply } from "../support/gateway-replies.ts";
import { bytesOf } from "../support/bytes.ts";
import { survivesDamage } from "../support/refusals.ts";

const service = "urn:schemas-upnp-org:service:WANIPConnection:1";

test("a call has its arguments in order, as text", (t) => {
  const call = encodeSoapCall(service, "AddPortMapping", [
    ["NewRemoteHost", ""],
    ["NewExternalPort", 6_881],
    ["NewPortMappingDescription", "<&>"],
  ]);
  const [body] = readXml(call).children;
  t.deepEqual(
    body?.children[0]?.children.map(({ name, text }) => [name, text]),
    [
      ["NewRemoteHost", ""],
      ["NewExternalPort", "6881"],
      ["NewPortMappingDescription", "<&>"],
    ],
  );
  t.is(soapAction(service, "AddPortMapping"), `"${service}#AddPortMapping"`);
});

test("a reply has values, or a code and a reason", (t) => {
  t.deepEqual(decodeSoapReply(bytesOf(soapReply("Get", { NewPort: "1" })), "Get"), {
    kind: "values",
    values: new Map([["NewPort", "1"]]),
  });
  t.deepEqual(decodeSoapReply(bytesOf(soapFault(718, "Con\u001bflict")), "Get"), {
    ...{ kind: "fault", code: 718, reason: "Conflict" },
  });
});

test("a reply to another call, and a document without an error, are a fault without a code", (t) => {
  for (const text of [soapReply("Put"), "<html>no</html>"]) {
    const reply = decodeSoapReply(bytesOf(text), "Get");
    t.deepEqual(reply, { kind: "fault", code: 0, reason: "" });
  }
});

test("64 values of 256 characters are read at most", (t) => {
  const values = Object.fromEntries(
    Array.from({ length: 99 }, (_, i) => [`v${i}`, "x".repeat(300)]),
  );
  const reply = decodeSoapReply(bytesOf(soapReply("Get", values)), "Get");
  t.is(reply.kind === "values" && reply.values.size, 64);
  t.is(reply.kind === "values" && reply.values.get("v0")?.length, 256);
});

test("a reply of SOAP that is cut or changed is refused or read", (t) => {
  survivesDamage(t, bytesOf(soapFault(725, "Only")), (bytes) => decodeSoapReply(bytes, "Get"));
});
