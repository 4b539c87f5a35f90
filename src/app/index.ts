import type * as start from "./start.ts";

export type { Candor } from "./candor.ts";
export type { OpenCandor, RunningCandor } from "./start.ts";
export { migrateStore, openStores, type Stores } from "./stores.ts";
export { VERSION } from "./version.ts";

// A whole Candor is loaded when one is opened: commands that need the stores alone, such as a restore, start with half
// of all modules.

/** See `openCandor` of start.ts. */
export const openCandor: typeof start.openCandor = async (options) =>
  (await import("./start.ts")).openCandor(options);

/** See `startApp` of start.ts. */
export const startApp: typeof start.startApp = async (options) =>
  (await import("./start.ts")).startApp(options);
