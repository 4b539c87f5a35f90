import type { Consent, RegimePacks } from "../../../consent/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log, Meter } from "../../kernel/log.ts";
import type { Mailer } from "../../mail/index.ts";
import type { Vault } from "../../vault/index.ts";
import type { Fulfilment } from "../fulfil/port.ts";
import type { RequestRow } from "./requests.store.ts";

/** What the keeper of requests works with. */
export interface RequestDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
  readonly consent: Consent;
  readonly mailer: Mailer;
  readonly regimes: RegimePacks;
  /** Regions whose phone numbers may come without country code. */
  readonly regions: () => Promise<readonly string[]>;
  /** What carries out a decided request; it is built after this room, which it calls back. */
  readonly fulfilment: () => Fulfilment;
  /** Told of every change of state, in its transaction. */
  readonly onChange: (tx: Tx, before: RequestRow | null, after: RequestRow) => Promise<void>;
}
