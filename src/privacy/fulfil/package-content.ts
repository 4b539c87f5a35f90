import { type ConsentRecord, readDisclosures, receiptFacts, signedReceipt } from "../../../consent/index.ts";
import type { Holding } from "../../db/index.ts";
import { type MemberExport, readMemberExport } from "../../members/index.ts";
import type { FulfilDeps } from "./deps.ts";
import { readNoticeLines } from "./erasure.store.ts";
import { HOLDING_WORDS, translated } from "./holding-words.ts";
import { SECTIONS, type Section, TOLD } from "./package-sections.ts";
import { linkOf } from "./plan.ts";
import { redactor } from "./redact.ts";
import { readRunsOf } from "./runs.store.ts";
import { tableName } from "./table-words.ts";
import { readPlainRows } from "./tables.store.ts";

export type PackageRow = Readonly<Record<string, unknown>>;

/** A section with its rows, other people already taken out. */
export interface FilledSection {
  readonly section: Section;
  readonly rows: readonly PackageRow[];
}

/** What another room adds to the rows of its own tables: what is sealed in them, opened. By table. */
export interface RowOpener {
  readonly table: string;
  /** Answers rows in place of those with the plain columns alone. */
  open(subjectIds: readonly string[]): Promise<readonly PackageRow[]>;
}

const EMPTY_MEMBER: MemberExport = {
  profile: { memberId: "", subjects: [], identifiers: [], attributes: {}, facts: null },
  subjects: [],
  events: [],
  orders: [],
};

/**
 * Gathers everything that is kept of a member, section by section: the person's own copy (GDPR Art. 15 and 20). Tables
 * that other rooms register appear by themselves under their own names. Reads only.
 */
export async function collectSections(
  deps: FulfilDeps & { readonly openers?: readonly RowOpener[] },
  memberId: string,
  subjectIds: readonly string[],
): Promise<FilledSection[]> {
  const sources = await deps.sources();
  const { labels } = sources;
  const member = (await readMemberExport({ ...deps, sources }, memberId)) ?? EMPTY_MEMBER;
  const sourceName = (id: string | null): string | null =>
    id === null ? null : (labels.get(id)?.name ?? id);
  const own = ownValues(member);
  const redact = redactor(own);
  const rows: Record<string, readonly PackageRow[]> = {
    ...memberRows(member, sourceName),
    consents: await consentRows(deps, subjectIds),
    recipients: (await readDisclosures(deps.db, subjectIds)).map((d) => ({
      reader: d.readerKind,
      // Which colleague read it says something about the colleague.
      recipient: d.readerKind === "recipient" ? d.readerId : null,
      purpose: d.purposeId,
      categories: d.categories,
      firstAt: d.firstAt,
      lastAt: d.lastAt,
    })),
    notices: (await readNoticeLines(deps.db, subjectIds)).map((n) => ({
      recipient: n.name,
      purpose: n.purposeId,
      reason: n.reason,
      toldAt: n.noticedAt,
      acknowledgedAt: n.acknowledgedAt,
    })),
    requests: (await readRunsOf(deps.db, subjectIds)).map((r) => ({
      request: r.requestId,
      kind: r.kind,
      state: r.state,
      startedAt: r.startedAt,
      finishedAt: r.finishedAt,
      certificate: r.certificateId,
    })),
    quarantine: (
      await deps.quarantine.mentioning(own.filter((v) => v.length >= 4).map((v) => v.toLowerCase()))
    ).map((q) => ({ receivedAt: q.receivedAt, reason: q.code, content: q.raw })),
  };
  const used = new Set<string>();
  for (const id of labels.keys()) {
    const name = sourceName(id);
    if (Object.values(rows).some((list) => list.some((r) => r.source === name))) used.add(id);
  }
  rows.sources = [...used].map((id) => ({
    source: id,
    name: labels.get(id)?.name,
    kind: labels.get(id)?.kind,
  }));
  const filled = SECTIONS.map((section) => ({
    section,
    rows: (rows[section.id] ?? []).map((row) => redactRow(redact, section.id, row)),
  }));
  return [...filled, ...(await otherTables(deps, subjectIds, redact))];
}

/** The person's own identifiers are never another person's; they stand as they are. */
function redactRow(
  redact: (value: unknown, field?: string) => unknown,
  section: string,
  row: PackageRow,
): PackageRow {
  if (section === "identifiers" || section === "sources") return row;
  return redact(row) as PackageRow;
}

function ownValues(member: MemberExport): string[] {
  const values = member.profile.identifiers.filter((i) => i.contested === null).map((i) => i.value);
  for (const field of ["email", "phone"]) {
    for (const candidate of member.profile.attributes[field]?.candidates ?? [])
      if (typeof candidate.value === "string") values.push(candidate.value);
  }
  return [...new Set(values)];
}

function memberRows(
  member: MemberExport,
  sourceName: (id: string | null) => string | null,
): Record<string, PackageRow[]> {
  const { profile } = member;
  const fields = Object.entries(profile.attributes);
  return {
    identifiers: profile.identifiers.map((i) => ({
      kind: i.kind,
      issuer: i.issuer,
      value: i.value,
      verified: i.verified,
      source: sourceName(i.evidence[0]?.source ?? null),
      firstObserved: i.evidence[0]?.firstObserved ?? null,
      lastMonth: i.evidence.at(-1)?.lastObservedMonth ?? null,
      shared: i.contested?.because ?? null,
    })),
    profile: fields.map(([field, f]) => ({
      field,
      value: f.value,
      category: f.category,
      because: f.because,
      source: sourceName(f.source),
      lastObserved: f.observedAt,
      verified: f.verified,
    })),
    statements: fields.flatMap(([field, f]) =>
      f.candidates.flatMap((c) =>
        c.lineage.map((l) => ({
          field,
          value: c.value,
          source: sourceName(l.source),
          firstObserved: l.firstObserved,
          lastObserved: l.lastObserved,
          ended: l.ended,
        })),
      ),
    ),
    facts: Object.entries(profile.facts ?? {}).map(([name, value]) => ({ name, value })),
    orders: member.orders.map((o) => ({
      orderKey: o.orderKey,
      kind: o.kind,
      orderedAt: o.orderedAt,
      storeId: o.storeId,
      channel: o.channel,
      currency: o.currency,
      grossMinor: o.grossMinor,
      returnedMinor: o.returnedMinor,
      netMinor: o.netMinor,
      cancelled: o.cancelled,
    })),
    events: member.events.map((e) => ({
      occurredAt: e.occurredAt,
      receivedAt: e.receivedAt,
      type: e.type,
      name: e.name,
      source: sourceName(e.sourceId),
      channel: e.channel,
      storeId: e.storeId,
      details: { ...e.plain, ...e.opened },
    })),
  };
}

/** How many receipts are signed for one package; older entries stand without. */
const MOST_RECEIPTS = 500;

async function consentRows(deps: FulfilDeps, subjectIds: readonly string[]): Promise<PackageRow[]> {
  const history = await deps.consent.history(deps.db, subjectIds);
  const registry = await deps.consent.snapshot();
  const newest = new Set(history.slice(-MOST_RECEIPTS).map((r) => r.id));
  const rows: PackageRow[] = [];
  for (const record of history) {
    rows.push({
      recordedAt: record.recordedAt,
      state: record.state,
      purpose: record.purposeId,
      channel: record.channel,
      recipient: record.recipientId,
      method: record.method,
      law: record.regime,
      notice:
        record.notice === null
          ? null
          : `${record.notice.id} ${record.notice.version} (${record.notice.locale})`,
      noticeSha256: record.notice?.sha256 ?? null,
      validUntil: record.validUntil,
      receipt: newest.has(record.id) ? await receiptOf(deps, registry, record) : null,
    });
  }
  return rows;
}

async function receiptOf(
  deps: FulfilDeps,
  registry: Awaited<ReturnType<FulfilDeps["consent"]["snapshot"]>>,
  record: ConsentRecord,
): Promise<string | null> {
  if (record.state !== "given" && record.state !== "renewed" && record.state !== "withdrawn") return null;
  const facts = await receiptFacts(deps, registry, record.id);
  return (await signedReceipt(deps, facts, "kantara")).jws;
}

function isTold(holding: Holding): boolean {
  return TOLD.has(holding.table) || /^(?:not\b|transient)/i.test(holding.inExport);
}

/** Every other table of the register that leads to the person: its plain columns, or what its room opens of it. */
async function otherTables(
  deps: FulfilDeps & { readonly openers?: readonly RowOpener[] },
  subjectIds: readonly string[],
  redact: (value: unknown, field?: string) => unknown,
): Promise<FilledSection[]> {
  const filled: FilledSection[] = [];
  for (const holding of deps.holdings) {
    const link = linkOf(holding);
    if (link === null || isTold(holding)) continue;
    const opener = deps.openers?.find((o) => o.table === holding.table);
    const columns = Object.entries(holding.columns)
      .filter(([, mark]) => mark === "plain" || mark === "settings")
      .map(([name]) => name);
    const rows =
      opener === undefined
        ? await readPlainRows(deps.db, link, columns, subjectIds)
        : await opener.open(subjectIds);
    if (rows.length === 0) continue;
    const names = [...new Set(rows.flatMap((r) => Object.keys(r)))];
    const same = (text: string) => ({ en: text, "zh-CN": text, "zh-TW": text });
    filled.push({
      section: {
        id: holding.table.replaceAll("_", "-"),
        title: tableName(holding.table),
        about: translated(holding.holds, HOLDING_WORDS.holds),
        columns: names.map((name) => ({ name, type: "json", about: same(name.replaceAll("_", " ")) })),
      },
      rows: rows.map((row) => redact(row) as PackageRow),
    });
  }
  return filled;
}
