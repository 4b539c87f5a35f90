import type { Page } from "../area.ts";

/** One's own account: everybody has it. */
export const ACCOUNT_PAGES: readonly Page[] = [
  {
    path: "account",
    roles: ["admin", "compliance", "cx", "store", "analyst", "auditor"],
    load: async () => ({ Page: (await import("./account.tsx")).AccountPage }),
  },
];
