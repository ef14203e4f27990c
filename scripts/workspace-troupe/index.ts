export * from "@troupe/coordinator";
