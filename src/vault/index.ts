export type { DataKey, KeyUse, Place, Vault } from "./vault.ts";
