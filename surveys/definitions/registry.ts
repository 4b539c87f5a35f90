import { createHash } from "node:crypto";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import type { Db } from "../../src/db/index.ts";
import type { Spoken } from "../../src/i18n/index.ts";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";
import { type Clock, SECOND } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import { AppError, type FieldProblem } from "../../src/kernel/problems.ts";
import type { Principal } from "../../src/kernel/route.ts";
import type { Vault } from "../../src/vault/index.ts";
import { type Finding, lintSurvey } from "../lint/lint.ts";
import { LINT_SENTENCES } from "../lint/sentences.ts";
import type { PublishedSurvey } from "../port.ts";
import { describePublished } from "./published.ts";
import type { NewSurvey, SurveyAccess, SurveyDocument } from "./survey.schema.ts";
import {
  findNewestVersion,
  findSurvey,
  findVersion,
  insertSurvey,
  listSurveys,
  listVersions,
  lockSurvey,
  type SurveyRow,
  saveVersion,
  updateSurvey,
  type VersionRow,
} from "./surveys.store.ts";

export interface SurveyDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Who acts, for the audit log. */
export interface By {
  readonly principal: Principal;
  readonly requestId: string;
}

/** A published version ready for answering. */
export interface RunningVersion extends PublishedSurvey {
  readonly document: SurveyDocument;
  /** The key that seals answers of nobody in particular. */
  readonly keyId: string;
}

export interface SurveyRegistry {
  /** Makes a survey and its first draft. Throws `conflict` when the id is taken. */
  create(
    by: By,
    input: NewSurvey,
  ): Promise<{ row: SurveyRow; version: number; findings: readonly Finding[] }>;
  /** Saves what the next version will be; the draft before it is replaced, a published one never. */
  saveDraft(
    by: By,
    surveyId: string,
    document: SurveyDocument,
  ): Promise<{ version: number; findings: readonly Finding[] }>;
  /**
   * Puts the newest draft in force. Throws `invalid-request` with the linter's errors, `conflict` when there is no draft.
   * Publishing what is published already changes nothing.
   */
  publish(by: By, surveyId: string): Promise<{ version: number; findings: readonly Finding[] }>;
  change(
    by: By,
    surveyId: string,
    change: {
      readonly name?: Spoken | undefined;
      readonly access?: SurveyAccess | undefined;
      readonly state?: "running" | "ended" | undefined;
    },
  ): Promise<SurveyRow>;
  /** Throws `not-found`. */
  get(surveyId: string): Promise<SurveyRow>;
  list(ask: { cursor?: string; limit: number }): Promise<SurveyRow[]>;
  versions(surveyId: string): Promise<Omit<VersionRow, "document" | "keyId">[]>;
  /** A version's document, the newest unless stated. Throws `not-found`. */
  version(surveyId: string, version?: number): Promise<VersionRow>;
  /** A survey as it stands; what this process changed is seen at once, others' changes within two seconds. */
  standing(surveyId: string): Promise<SurveyRow | null>;
  /** A version that was published; null otherwise. They never change, so they are remembered. */
  published(surveyId: string, version: number): Promise<RunningVersion | null>;
}

const REMEMBERED = 2 * SECOND;
const MOST_REMEMBERED = 500;

function sha256Of(document: SurveyDocument): Buffer {
  return createHash("sha256").update(canonicalJson(document), "utf8").digest();
}

/** Findings as the problems of a request. */
export function problemsOf(findings: readonly Finding[]): FieldProblem[] {
  return findings.map((f) => ({
    path: f.path ?? (f.question === null ? "" : `/definition (${f.question})`),
    code: f.code,
    message: LINT_SENTENCES[f.code].en,
  }));
}

/** Keeps surveys and their versions. Every change is audited in the same transaction. */
export function createSurveyRegistry(deps: SurveyDeps): SurveyRegistry {
  const { db, vault, clock } = deps;
  const standing = new Map<string, { at: number; row: Promise<SurveyRow | null> }>();
  const published = new Map<string, Promise<RunningVersion | null>>();

  const audit = (by: By, action: string, surveyId: string) => ({
    actor: actorOf(by.principal),
    action,
    targets: [{ kind: "survey", id: surveyId }],
    requestId: by.requestId,
  });
  const missing = () => new AppError("not-found", { detail: "There is no survey by that id." });
  const forget = (surveyId: string) => standing.delete(surveyId);
  const draftOf = (surveyId: string, version: number, document: SurveyDocument): VersionRow => ({
    surveyId,
    version,
    document,
    sha256: sha256Of(document),
    keyId: null,
    createdAt: clock.now(),
    publishedAt: null,
  });

  const standingOf = (surveyId: string): Promise<SurveyRow | null> => {
    const now = clock.now().getTime();
    const hit = standing.get(surveyId);
    if (hit !== undefined && Math.abs(now - hit.at) < REMEMBERED) return hit.row;
    if (standing.size > MOST_REMEMBERED) standing.clear();
    const row = findSurvey(db, surveyId);
    standing.set(surveyId, { at: now, row });
    row.catch(() => standing.delete(surveyId));
    return row;
  };
  const versionOf = (surveyId: string, version: number): Promise<RunningVersion | null> => {
    const slot = `${surveyId}/${version}`;
    const hit = published.get(slot);
    if (hit !== undefined) return hit;
    if (published.size > MOST_REMEMBERED) published.clear();
    const found = Promise.all([findSurvey(db, surveyId), findVersion(db, surveyId, version)]).then(
      ([survey, row]) => {
        if (survey === null || row === null || row.publishedAt === null || row.keyId === null) {
          published.delete(slot);
          return null;
        }
        return {
          ...describePublished(survey, row.version, row.document),
          document: row.document,
          keyId: row.keyId,
        };
      },
    );
    published.set(slot, found);
    found.catch(() => published.delete(slot));
    return found;
  };

  return {
    async create(by, input) {
      const { id, name, access, class: surveyClass, anonymous, ...document } = input;
      const now = clock.now();
      const row: SurveyRow = {
        surveyId: id,
        name,
        surveyClass,
        anonymous: anonymous ?? false,
        state: "draft",
        currentVersion: null,
        access: access ?? {},
        createdAt: now,
        updatedAt: now,
      };
      await db.retryingTx(async (tx) => {
        if (!(await insertSurvey(tx, row)))
          throw new AppError("conflict", { detail: "There is a survey of that id already." });
        await saveVersion(tx, draftOf(id, 1, document));
        await stageAudit(tx, deps, audit(by, "survey.created", id));
      });
      forget(id);
      return {
        row,
        version: 1,
        findings: await lintSurvey({ class: surveyClass, anonymous: row.anonymous }, document),
      };
    },

    async saveDraft(by, surveyId, document) {
      return db.retryingTx(async (tx) => {
        const survey = await lockSurvey(tx, surveyId);
        if (survey === null) throw missing();
        const newest = await findNewestVersion(tx, surveyId);
        const version =
          newest === null ? 1 : newest.publishedAt === null ? newest.version : newest.version + 1;
        await saveVersion(tx, draftOf(surveyId, version, document));
        await stageAudit(tx, deps, audit(by, "survey.draft-saved", surveyId));
        return {
          version,
          findings: await lintSurvey({ class: survey.surveyClass, anonymous: survey.anonymous }, document),
        };
      });
    },

    async publish(by, surveyId) {
      const [key] = await vault.createKeys("source", 1);
      if (key === undefined) throw new AppError("keystore-unavailable");
      const outcome = await db.retryingTx(async (tx) => {
        const survey = await lockSurvey(tx, surveyId);
        if (survey === null) throw missing();
        const newest = await findNewestVersion(tx, surveyId);
        if (newest === null) throw new AppError("conflict", { detail: "There is nothing to publish." });
        const findings = await lintSurvey(
          { class: survey.surveyClass, anonymous: survey.anonymous },
          newest.document,
        );
        if (newest.publishedAt !== null) return { version: newest.version, findings, used: false };
        const errors = findings.filter((f) => f.level === "error");
        if (errors.length > 0)
          throw new AppError("invalid-request", {
            detail: "The linter found errors; a survey is published without any.",
            errors: problemsOf(errors).slice(0, 50),
          });
        const now = clock.now();
        await saveVersion(tx, { ...newest, keyId: key.id, publishedAt: now });
        await updateSurvey(tx, {
          ...survey,
          state: "running",
          currentVersion: newest.version,
          updatedAt: now,
        });
        await stageAudit(tx, deps, audit(by, "survey.published", surveyId));
        return { version: newest.version, findings, used: true };
      });
      if (!outcome.used) await vault.destroyKeys([key.id]);
      forget(surveyId);
      published.delete(`${surveyId}/${outcome.version}`);
      return { version: outcome.version, findings: outcome.findings };
    },

    async change(by, surveyId, change) {
      const row = await db.retryingTx(async (tx) => {
        const survey = await lockSurvey(tx, surveyId);
        if (survey === null) throw missing();
        if (change.state === "running" && survey.currentVersion === null)
          throw new AppError("conflict", { detail: "A survey runs once a version has been published." });
        const after: SurveyRow = {
          ...survey,
          name: change.name ?? survey.name,
          access: change.access ?? survey.access,
          state: change.state ?? survey.state,
          updatedAt: clock.now(),
        };
        await updateSurvey(tx, after);
        await stageAudit(tx, deps, audit(by, "survey.changed", surveyId));
        return after;
      });
      forget(surveyId);
      return row;
    },

    async get(surveyId) {
      const row = await findSurvey(db, surveyId);
      if (row === null) throw missing();
      return row;
    },
    list: (ask) => listSurveys(db, ask),
    versions: (surveyId) => listVersions(db, surveyId),
    async version(surveyId, version) {
      const row =
        version === undefined
          ? await findNewestVersion(db, surveyId)
          : await findVersion(db, surveyId, version);
      if (row === null) throw new AppError("not-found", { detail: "There is no such version." });
      return row;
    },

    standing: standingOf,

    async published(surveyId, version) {
      const [running, survey] = await Promise.all([versionOf(surveyId, version), standingOf(surveyId)]);
      // A version stays as it was published; the survey may be renamed.
      return running === null || survey === null ? running : { ...running, name: survey.name };
    },
  };
}
