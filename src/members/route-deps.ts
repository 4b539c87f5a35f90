import { Type } from "typebox";
import type { Consent } from "../../consent/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Vault } from "../vault/index.ts";
import type { ReadDerived } from "./derived.ts";
import type { KnownSources } from "./read-profile.ts";

export interface MemberRouteDeps {
  readonly db: Db;
  readonly consent: Consent;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Names, kinds, priorities and phone regions of the registered sources. */
  readonly sources: () => Promise<KnownSources & { readonly regions: readonly string[] }>;
  /** Called after the priorities were changed, before the answer. */
  readonly prioritiesChanged: () => Promise<void>;
  /** Loyalty and segments, where those rooms are there. */
  readonly readDerived?: ReadDerived;
}

/** Who may read members. */
export const READERS = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;

/** A member's or one of its subjects' id in the path. */
export const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
