export * from "./fulfil/port.ts";
