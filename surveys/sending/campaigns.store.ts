import { empty, sql, type Tx } from "../../src/db/index.ts";
import type { CadenceRules } from "../cadence/rules.schema.ts";
import type { CampaignKind, CampaignSettings, SendingChannel } from "./campaign.schema.ts";

type Reader = Pick<Tx, "query">;

export interface CampaignRow {
  readonly campaignId: string;
  readonly surveyId: string;
  readonly name: string;
  readonly kind: CampaignKind;
  readonly channel: SendingChannel;
  readonly settings: CampaignSettings;
  readonly state: "draft" | "running" | "paused" | "ended";
  readonly wave: string | null;
  readonly cursor: string | null;
  readonly deciding: boolean;
  readonly nextRunAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = sql`campaign_id as "campaignId", survey_id as "surveyId", name, kind, channel, settings, state, wave, cursor,
  deciding, next_run_at as "nextRunAt", created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt"`;

export async function insertCampaign(tx: Tx, row: CampaignRow): Promise<void> {
  await tx.query(sql`
    insert into survey_campaign (campaign_id, survey_id, name, kind, channel, settings, state, created_by, created_at, updated_at)
    values (${row.campaignId}::uuid, ${row.surveyId}, ${row.name}, ${row.kind}, ${row.channel},
      ${JSON.stringify(row.settings)}::jsonb, ${row.state}, ${row.createdBy}, ${row.createdAt}, ${row.updatedAt})`);
}

export async function findCampaign(db: Reader, campaignId: string): Promise<CampaignRow | null> {
  const [row] = await db.query<CampaignRow>(
    sql`select ${columns} from survey_campaign where campaign_id = ${campaignId}::uuid`,
  );
  return row ?? null;
}

export async function readCampaigns(db: Reader, ids: readonly string[]): Promise<CampaignRow[]> {
  if (ids.length === 0) return [];
  return db.query<CampaignRow>(
    sql`select ${columns} from survey_campaign where campaign_id = any(${[...ids]}::uuid[])`,
  );
}

export async function listCampaigns(
  db: Reader,
  ask: { readonly surveyId?: string; readonly after: string | null; readonly limit: number },
): Promise<CampaignRow[]> {
  return db.query<CampaignRow>(sql`
    select ${columns} from survey_campaign where true
      ${ask.surveyId === undefined ? sql`` : sql`and survey_id = ${ask.surveyId}`}
      ${
        ask.after === null
          ? sql``
          : sql`and (created_at, campaign_id) <
              (select a.created_at, a.campaign_id from survey_campaign a where a.campaign_id = ${ask.after}::uuid)`
      }
    order by created_at desc, campaign_id desc limit ${ask.limit}`);
}

export async function readRunning(db: Reader, kind: CampaignKind): Promise<CampaignRow[]> {
  return db.query<CampaignRow>(
    sql`select ${columns} from survey_campaign where state = 'running' and kind = ${kind} order by campaign_id`,
  );
}

/** Takes one campaign that has a round to decide, or to begin; null when there is none, or others have them. */
export async function lockDueCampaign(tx: Tx, now: Date): Promise<CampaignRow | null> {
  const [row] = await tx.query<CampaignRow>(sql`
    select ${columns} from survey_campaign
    where state = 'running' and kind <> 'event' and (deciding or next_run_at <= ${now})
    order by deciding desc, next_run_at, campaign_id limit 1 for update skip locked`);
  return row ?? null;
}

/** Writes where a campaign stands. */
export async function saveProgress(
  tx: Tx,
  row: Pick<CampaignRow, "campaignId" | "state" | "wave" | "cursor" | "deciding" | "nextRunAt">,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    update survey_campaign set state = ${row.state}, wave = ${row.wave}, cursor = ${row.cursor}::uuid,
      deciding = ${row.deciding}, next_run_at = ${row.nextRunAt}::timestamptz, updated_at = ${at}
    where campaign_id = ${row.campaignId}::uuid`);
}

/** How many members a campaign has in each state, by reason. */
export async function countAsks(
  db: Reader,
  campaignId: string,
): Promise<{ state: string; reason: string | null; n: number }[]> {
  return db.query(sql`
    select state, reason, count(*) as n from survey_ask where campaign_id = ${campaignId}::uuid
    group by state, reason order by state, reason`);
}

export async function countMessages(
  db: Reader,
  campaignId: string,
): Promise<{ kind: string; state: string; n: number }[]> {
  return db.query(sql`
    select m.kind, m.state, count(*) as n from survey_message m join survey_ask a using (subject_id, ask_id)
    where a.campaign_id = ${campaignId}::uuid group by m.kind, m.state order by m.kind, m.state`);
}

/** The rules in force; null before anybody set some. */
export async function readCadence(
  db: Reader,
): Promise<{ since: Date; rules: CadenceRules; setBy: string } | null> {
  const [row] = await db.query<{ since: Date; rules: CadenceRules; setBy: string }>(
    sql`select since, rules, set_by as "setBy" from survey_cadence order by since desc limit 1`,
  );
  return row ?? null;
}

export async function insertCadence(tx: Tx, rules: CadenceRules, setBy: string, at: Date): Promise<void> {
  await tx.query(
    sql`insert into survey_cadence (since, rules, set_by) values (${at}, ${JSON.stringify(rules)}::jsonb, ${setBy})`,
  );
}

export interface PlaceRow {
  readonly storeId: string;
  readonly name: string;
  readonly region: string | null;
  readonly timeZone: string | null;
  readonly locale: "en" | "zh-CN" | "zh-TW";
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly updatedAt: Date;
}

const placeColumns = sql`store_id as "storeId", name, region, time_zone as "timeZone", locale, key_id as "keyId", sealed,
  updated_at as "updatedAt"`;

export async function savePlace(tx: Tx, row: PlaceRow): Promise<void> {
  await tx.query(sql`
    insert into survey_place (store_id, name, region, time_zone, locale, key_id, sealed, updated_at)
    values (${row.storeId}, ${row.name}, ${row.region}, ${row.timeZone}, ${row.locale}, ${row.keyId}::uuid, ${row.sealed}, ${row.updatedAt})
    on conflict (store_id) do update set name = excluded.name, region = excluded.region, time_zone = excluded.time_zone,
      locale = excluded.locale, key_id = excluded.key_id, sealed = excluded.sealed, updated_at = excluded.updated_at`);
}

/** The stores, or those of some ids. */
export async function readPlaces(db: Reader, storeIds?: readonly string[]): Promise<PlaceRow[]> {
  const which = storeIds === undefined ? empty : sql`where store_id = any(${[...storeIds]}::text[])`;
  return db.query<PlaceRow>(
    sql`select ${placeColumns} from survey_place ${which} order by store_id limit 10000`,
  );
}

export interface GatewayRow {
  readonly channel: string;
  readonly url: string;
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly updatedAt: Date;
}

export async function saveGateway(tx: Tx, row: GatewayRow): Promise<void> {
  await tx.query(sql`
    insert into survey_gateway (channel, url, key_id, sealed, updated_at)
    values (${row.channel}, ${row.url}, ${row.keyId}::uuid, ${row.sealed}, ${row.updatedAt})
    on conflict (channel) do update set url = excluded.url, key_id = excluded.key_id, sealed = excluded.sealed,
      updated_at = excluded.updated_at`);
}

export async function readGateways(db: Reader): Promise<GatewayRow[]> {
  return db.query<GatewayRow>(sql`
    select channel, url, key_id as "keyId", sealed, updated_at as "updatedAt" from survey_gateway order by channel`);
}

/** Of some members those after an id, for lists: ids that name nobody are left out by whoever reads them. */
export function pageOfList(
  memberIds: readonly string[],
  after: string | null,
  limit: number,
): { readonly memberIds: readonly string[]; readonly next: string | null } {
  const sorted = [...new Set(memberIds)].sort().filter((id) => after === null || id > after);
  const page = sorted.slice(0, limit);
  return { memberIds: page, next: sorted.length > limit ? (page.at(-1) ?? null) : null };
}
