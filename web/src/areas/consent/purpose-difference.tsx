import Card from "antd/es/card";
import Tag from "antd/es/tag";
import { BASES, CHANNELS, DATA_KINDS } from "../../codes/kinds.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useLocale, useWords } from "../../i18n.ts";
import { usePurposeName } from "../../parts/purpose.tsx";
import type { PurposeChanges } from "./purpose.ts";
import { readSpan } from "./span-input.tsx";
import { CONSENT } from "./words.ts";
import { PURPOSE } from "./words-purpose.ts";

/** What would change, field by field in words; what that does to consents; and which notices would no longer fit. */
export function PurposeDifference({ found }: { readonly found: PurposeChanges }) {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  const nameOf = usePurposeName();
  if (found.changes.length === 0) return <p>{t.same}</p>;
  const why = {
    "no-notice": words.noNotice,
    "purpose-changed": words.changedSince,
    "lacks-something": words.lacks,
  };
  return (
    <div className="stack">
      {found.changes.map((change) => (
        <Card
          key={change.id}
          size="small"
          title={nameOf(change.id)}
          extra={
            <>
              <Tag>{t[change.kind]}</Tag>
              {change.kind === "changed" && say(words.newVersion, { version: change.expectedVersion })}
            </>
          }
        >
          {change.kind === "changed" && <Changed change={change} />}
        </Card>
      ))}
      <Card size="small" title={words.noticesAfter}>
        {found.stale.length === 0 ? (
          <span className="quiet">{words.noticesFit}</span>
        ) : (
          <>
            <ul style={{ margin: 0, paddingInlineStart: 20 }}>
              {found.stale.map((stale) => (
                <li key={stale.purposeId}>
                  {nameOf(stale.purposeId)}: {say(why[stale.reason], { count: stale.errors })}
                </li>
              ))}
            </ul>
            <p className="quiet" style={{ marginBottom: 0 }}>
              {words.writeNext}
            </p>
          </>
        )}
      </Card>
    </div>
  );
}

type Change = Extract<PurposeChanges["changes"][number], { readonly kind: "changed" }>;

/** A changed purpose field by field, with what stands against applying it so. */
function Changed({ change }: { readonly change: Change }) {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  const inWords = useFieldWords();
  return (
    <>
      {change.problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      <dl className="changes">
        {change.fields.map(({ field, before, after, widens }) => (
          <div key={field}>
            <dt>
              {fieldName(words, field)} {widens && <Tag color="orange">{t.widens}</Tag>}
            </dt>
            <dd>
              <del>{inWords(field, before)}</del> <span aria-hidden="true">→</span>{" "}
              <ins>{inWords(field, after)}</ins>
            </dd>
          </div>
        ))}
      </dl>
      <p style={{ marginBottom: 0 }}>{change.material ? words.material : words.notMaterial}</p>
    </>
  );
}

function fieldName(words: Readonly<Record<string, string>>, field: string): string {
  return words[field] ?? field;
}

/** Says the value of a purpose's field in the language that is on. */
function useFieldWords(): (field: string, value: unknown) => string {
  const words = useWords(PURPOSE);
  const locale = useLocale();
  const basisOf = useCodes(BASES);
  const { nameOf: regimeOf } = useRegimes();
  const channelOf = useCodes(CHANNELS);
  const kindOf = useCodes(DATA_KINDS);
  const listed = (value: unknown, wordOf: (code: string) => string) =>
    Array.isArray(value) && value.length > 0
      ? value.map((one) => (typeof one === "string" ? wordOf(one) : String(one))).join(", ")
      : words.nothing;
  return (field, value) => {
    if (value === null || value === undefined || value === "")
      return field === "consentExpiresAfter" ? words.untilWithdrawn : words.nothing;
    if (typeof value === "boolean") return value ? words.yes : words.no;
    switch (field) {
      case "lawfulBasis":
        return basisOf(String(value));
      case "basisByRegime":
        return listed(
          Object.entries(value as Record<string, string>).map(
            ([regime, basis]) => `${regimeOf(regime)}: ${basisOf(basis)}`,
          ),
          (text) => text,
        );
      case "categories":
        return listed(value, kindOf);
      case "channels":
      case "doubleOptIn":
        return listed(value, channelOf);
      case "recipients":
        return listed(
          (value as { name: Record<string, string>; country: string | null }[]).map(
            (r) => `${r.name[locale] ?? ""} (${r.country ?? "?"})`,
          ),
          (text) => text,
        );
      case "retention":
      case "consentExpiresAfter": {
        const span = readSpan(String(value));
        return span === null ? String(value) : `${span.count} ${words[span.unit]}`;
      }
      case "whenDenied":
        return value === "aggregate" ? words.aggregate : words.refuse;
      case "name":
      case "description":
        // A change may be in one language only.
        return Object.values(value as Record<string, string>).join(" / ");
      default:
        return Array.isArray(value) ? listed(value, String) : String(value);
    }
  };
}
