import { type Db, empty, sql, type Tx } from "../../src/db/index.ts";
import type { Spoken } from "../../src/i18n/index.ts";
import type { SurveyClass } from "../port.ts";
import type { SurveyAccess, SurveyDocument } from "./survey.schema.ts";

type Reader = Pick<Tx, "query">;

export interface SurveyRow {
  readonly surveyId: string;
  readonly name: Spoken;
  readonly surveyClass: SurveyClass;
  readonly anonymous: boolean;
  readonly state: "draft" | "running" | "ended";
  readonly currentVersion: number | null;
  readonly access: SurveyAccess;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface VersionRow {
  readonly surveyId: string;
  readonly version: number;
  readonly document: SurveyDocument;
  readonly sha256: Buffer;
  readonly keyId: string | null;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
}

const surveyColumns = sql`survey_id as "surveyId", name, class as "surveyClass", anonymous, state,
  current_version as "currentVersion", settings as access, created_at as "createdAt", updated_at as "updatedAt"`;
const versionColumns = sql`survey_id as "surveyId", version, document, sha256, key_id as "keyId",
  created_at as "createdAt", published_at as "publishedAt"`;

/** Adds a survey; false when one of that id is there. */
export async function insertSurvey(tx: Tx, row: SurveyRow): Promise<boolean> {
  const added = await tx.query(sql`
    insert into survey (survey_id, name, class, anonymous, state, current_version, settings, created_at, updated_at)
    values (${row.surveyId}, ${JSON.stringify(row.name)}::jsonb, ${row.surveyClass}, ${row.anonymous}, ${row.state},
      ${row.currentVersion}::int, ${JSON.stringify(row.access)}::jsonb, ${row.createdAt}, ${row.updatedAt})
    on conflict (survey_id) do nothing returning 1`);
  return added.length > 0;
}

/** Reads a survey and keeps others from changing it until the transaction ends. */
export async function lockSurvey(tx: Tx, surveyId: string): Promise<SurveyRow | null> {
  const [row] = await tx.query<SurveyRow>(
    sql`select ${surveyColumns} from survey where survey_id = ${surveyId} for update`,
  );
  return row ?? null;
}

export async function findSurvey(db: Reader, surveyId: string): Promise<SurveyRow | null> {
  const [row] = await db.query<SurveyRow>(
    sql`select ${surveyColumns} from survey where survey_id = ${surveyId}`,
  );
  return row ?? null;
}

/** In the order of their ids, after `cursor`. */
export async function listSurveys(
  db: Pick<Db, "query">,
  ask: { readonly cursor?: string; readonly limit: number },
): Promise<SurveyRow[]> {
  const after = ask.cursor === undefined ? empty : sql`where survey_id > ${ask.cursor}`;
  return db.query<SurveyRow>(
    sql`select ${surveyColumns} from survey ${after} order by survey_id limit ${ask.limit}`,
  );
}

export async function updateSurvey(
  tx: Tx,
  row: Pick<SurveyRow, "surveyId" | "name" | "state" | "currentVersion" | "access" | "updatedAt">,
): Promise<void> {
  await tx.query(sql`
    update survey set name = ${JSON.stringify(row.name)}::jsonb, state = ${row.state},
      current_version = ${row.currentVersion}::int, settings = ${JSON.stringify(row.access)}::jsonb,
      updated_at = ${row.updatedAt}
    where survey_id = ${row.surveyId}`);
}

/** Saves a draft: a new version, or the one that is not published yet. A published one refuses. */
export async function saveVersion(tx: Tx, row: VersionRow): Promise<void> {
  await tx.query(sql`
    insert into survey_version (survey_id, version, document, sha256, key_id, created_at, published_at)
    values (${row.surveyId}, ${row.version}, ${JSON.stringify(row.document)}::jsonb, ${row.sha256},
      ${row.keyId}::uuid, ${row.createdAt}, ${row.publishedAt}::timestamptz)
    on conflict (survey_id, version) do update set document = excluded.document, sha256 = excluded.sha256,
      key_id = excluded.key_id, published_at = excluded.published_at`);
}

export async function findVersion(db: Reader, surveyId: string, version: number): Promise<VersionRow | null> {
  const [row] = await db.query<VersionRow>(sql`
    select ${versionColumns} from survey_version where survey_id = ${surveyId} and version = ${version}`);
  return row ?? null;
}

export async function findNewestVersion(db: Reader, surveyId: string): Promise<VersionRow | null> {
  const [row] = await db.query<VersionRow>(sql`
    select ${versionColumns} from survey_version where survey_id = ${surveyId} order by version desc limit 1`);
  return row ?? null;
}

/** All versions, newest first, without their documents. */
export async function listVersions(
  db: Reader,
  surveyId: string,
): Promise<Omit<VersionRow, "document" | "keyId">[]> {
  return db.query(sql`
    select survey_id as "surveyId", version, sha256, created_at as "createdAt", published_at as "publishedAt"
    from survey_version where survey_id = ${surveyId} order by version desc`);
}
