import type { RegimePacks } from "../../consent/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { MailSettings } from "../mail/index.ts";
import type { Metrics } from "../metrics.ts";
import type { Fulfilment, OpenDsrSigner } from "../privacy/index.ts";
import type { SignOnSettings } from "../staff/index.ts";
import type { ErasureMirror, Vault } from "../vault/index.ts";
import type { SettingShown } from "./system-routes.ts";

/** What the rooms are wired over: open stores, the time, and what the settings say. */
export interface CandorDeps {
  readonly db: Db;
  readonly keystore: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Metrics;
  readonly adminKey: string | null;
  readonly outboundAllow?: readonly string[];
  /** Which settings are set, for the system page. */
  readonly settings?: readonly SettingShown[];
  /** Where the embedded stores lie. */
  readonly dataDir?: string | null;
  /** The OpenID provider by which staff may log in; absent: passwords alone. */
  readonly signOn?: SignOnSettings | null;
  readonly mail?: MailSettings;
  /** The mailbox where reports of delivery arrive. */
  readonly bounceMailbox?: string | null;
  /** The regime packs in force; those that come with Candor unless stated. */
  readonly regimes?: RegimePacks;
  /** Keys a second that a rotation rewraps beside other work. */
  readonly rotationRate?: number;
  /** Absent: one without an anchor. */
  readonly erasures?: ErasureMirror;
  /** What carries out requests; the room's own unless stated. */
  readonly fulfilment?: Fulfilment;
  /** Called before, within and after each step of a run about a person; tests throw there. */
  readonly fault?: (point: string) => void | Promise<void>;
  /** Who signs OpenDSR answers; absent: OpenDSR is not set up. */
  readonly openDsr?: OpenDsrSigner;
}
