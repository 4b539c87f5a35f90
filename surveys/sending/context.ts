import type { Consent } from "../../consent/index.ts";
import type { Db, Tx } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import type { Log } from "../../src/kernel/log.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { Mailer } from "../../src/mail/index.ts";
import type { CoarseReader } from "../../src/members/index.ts";
import type { Segments } from "../../src/segments/index.ts";
import { openPack, sealPack, type Vault } from "../../src/vault/index.ts";
import { type CadenceRules, DEFAULT_CADENCE } from "../cadence/rules.schema.ts";
import type { AnswerDoors, PublishedSurvey } from "../port.ts";
import { type PlaceRow, readCadence, readPlaces } from "./campaigns.store.ts";

/** What comes back from a foreign address. */
export type PostAnswer =
  | { readonly kind: "answered"; readonly status: number }
  /** `heard`: the connection stood, so that the call may have been understood although no answer came. */
  | { readonly kind: "failed"; readonly code: string; readonly heard?: true };

/** The outbound door, as the composition hands it in. */
export interface Post {
  post(call: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** Milliseconds for the whole call. */
    readonly timeoutMs?: number;
  }): Promise<PostAnswer>;
  checkUrl(url: string): string | null;
}

/** What the sending half works with. */
export interface SendingDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly consent: Consent;
  readonly mailer: Mailer;
  readonly doors: AnswerDoors;
  readonly segments: Pick<Segments, "page" | "find">;
  readonly coarse: CoarseReader;
  readonly outbound: Post;
  /** Whether events wait to be stored here, so that what follows from them had better wait too. */
  readonly isBusy?: () => boolean;
  /** Loyalty levels: member → level. Whoever asks sees to it that only those who may be profiled are asked about. */
  readonly readLevels: (tx: Tx, memberIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** A store with its addresses opened. */
export interface Place {
  readonly storeId: string;
  readonly name: string;
  readonly region: string | null;
  readonly timeZone: string | null;
  readonly locale: PlaceRow["locale"];
  readonly caseMail: string | null;
  readonly escalationMail: string | null;
  readonly keyId: string;
}

const placeOf = (storeId: string) => ({ table: "survey_place", column: "sealed", recordId: storeId });

/** Seals the addresses of a store under a key of their own. */
export async function sealPlace(
  vault: Vault,
  storeId: string,
  addresses: Pick<Place, "caseMail" | "escalationMail">,
): Promise<{ readonly keyId: string; readonly sealed: Buffer }> {
  const [key] = await vault.createKeys("source", 1);
  if (key === undefined) throw new Error("the vault made no key");
  const pack = new Map<string, unknown>(Object.entries(addresses));
  return { keyId: key.id, sealed: sealPack(vault, key, placeOf(storeId), pack) as Buffer };
}

/** The stores with their addresses: all, or those of some ids. */
export async function readOpenPlaces(
  db: Pick<Tx, "query">,
  vault: Vault,
  storeIds?: readonly string[],
): Promise<Map<string, Place>> {
  const found = await readPlaces(db, storeIds);
  const keys = await vault.loadKeys(found.map((p) => p.keyId));
  return new Map(
    found.map((row) => {
      const key = keys.get(row.keyId);
      const pack =
        key === undefined
          ? new Map<string, unknown>()
          : openPack(vault, key, placeOf(row.storeId), row.sealed, () => true);
      const text = (name: string): string | null => {
        const value = pack.get(name);
        return typeof value === "string" ? value : null;
      };
      const { sealed: _sealed, updatedAt: _at, ...plain } = row;
      return [row.storeId, { ...plain, caseMail: text("caseMail"), escalationMail: text("escalationMail") }];
    }),
  );
}

/** The rules in force, or ours where nobody set any. */
export async function currentCadence(db: Pick<Tx, "query">): Promise<CadenceRules> {
  return (await readCadence(db))?.rules ?? DEFAULT_CADENCE;
}

/** The version that was published last, also of a survey that has ended. Throws `not-found` where none ever was. */
export async function requirePublished(doors: AnswerDoors, surveyId: string): Promise<PublishedSurvey> {
  const found = await doors.latest(surveyId);
  if (found === null) throw new AppError("not-found", { detail: "There is no published survey by that id." });
  return found;
}

/** Versions in force, asked for once each; outside any transaction. */
export async function publishedOf(
  doors: AnswerDoors,
  surveyIds: Iterable<string>,
): Promise<Map<string, PublishedSurvey | null>> {
  const found = new Map<string, PublishedSurvey | null>();
  for (const id of new Set(surveyIds)) found.set(id, await doors.published(id));
  return found;
}
