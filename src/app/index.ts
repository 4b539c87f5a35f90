export { type Candor, createCandor } from "./candor.ts";
export { type OpenCandor, openCandor, type RunningCandor, startApp } from "./start.ts";
export { migrateStore, openStores, type Stores } from "./stores.ts";
export { VERSION } from "./version.ts";
