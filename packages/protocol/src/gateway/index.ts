export * from "./port-mapping.ts";
export * from "./rfc-6886-nat-pmp.ts";
export * from "./rfc-6887-pcp.ts";
export * from "./ssdp.ts";
export * from "./upnp-description.ts";
export * from "./upnp-soap.ts";
export { maxXmlBytes, readXml, type XmlElement } from "./xml-tree.ts";
