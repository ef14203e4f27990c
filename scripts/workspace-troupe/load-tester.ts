export * from "@troupe/load-tester";
