#!/usr/bin/env node
// The TypeScript sources run as they are: tsx compiles them while they load.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/main.ts");
await main(process.argv);
