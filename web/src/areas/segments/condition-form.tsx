import type { ReactNode } from "react";
import { AGE_BANDS } from "../../../../src/members/age-bands.ts";
import { useWords } from "../../i18n.ts";
import { isJson } from "../../parts/json.ts";
import { unitsOf } from "../../parts/money.ts";
import { Choose, ChooseSeveral, Figure, Typed } from "./controls.tsx";
import { formOf, offered, withPart } from "./forms.ts";
import type { Draft } from "./rule-tree.ts";
import type { Choice, Vocabulary } from "./vocabulary.ts";
import { SEGMENTS } from "./words.ts";

interface FormProps {
  readonly draft: Draft;
  readonly vocabulary: Vocabulary;
  /** What the condition is called, for people who do not see where it stands. */
  readonly name: string;
  readonly onChange: (draft: Draft) => void;
}

/** One condition in fields, by the form that the server's schema gives it; as text where the schema knows none. */
export function ConditionForm(props: FormProps) {
  const form = formOf(props.vocabulary.forms, props.draft);
  const Fields = form === null ? undefined : FIELDS[form];
  if (Fields === undefined) return <code className="mono">{JSON.stringify(props.draft)}</code>;
  return (
    <div className="seg-fields">
      <Fields {...props} />
    </div>
  );
}

const FIELDS: Readonly<Record<string, (props: FormProps) => ReactNode>> = {
  attribute: AttributeFields,
  measure: MeasureFields,
  bought: BoughtFields,
  event: EventFields,
  consent: ConsentFields,
  score: ScoreFields,
  loyalty: LoyaltyFields,
};

/** Both ends of a range; `units` smallest units make one of what is typed. */
function Bounds({
  draft,
  name,
  onChange,
  units = 1,
  step = 1,
}: Pick<FormProps, "draft" | "name" | "onChange"> & { readonly units?: number; readonly step?: number }) {
  const t = useWords(SEGMENTS);
  const shown = (value: unknown) => (typeof value === "number" ? value / units : null);
  const set = (part: string) => (value: number | undefined) =>
    onChange(
      withPart(
        draft,
        part,
        value === undefined ? undefined : units === 1 ? value : Math.round(value * units),
      ),
    );
  return (
    <>
      <Figure
        label={t.atLeast}
        of={name}
        value={shown(draft.atLeast)}
        step={step}
        onChange={set("atLeast")}
      />
      <Figure label={t.atMost} of={name} value={shown(draft.atMost)} step={step} onChange={set("atMost")} />
    </>
  );
}

/** The words of what a part of a form may hold, as the server's schema lists it. */
function choicesOf(
  vocabulary: Vocabulary,
  form: string,
  part: string,
  word: (code: string) => string,
): Choice[] {
  return offered(vocabulary.forms, form, part).map((value) => ({ value, label: word(value) }));
}

function AttributeFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  const { attribute } = draft;
  const known = draft.known;
  return (
    <>
      <Choose
        label={t.which}
        of={name}
        value={attribute}
        options={choicesOf(vocabulary, "attribute", "attribute", vocabulary.attribute)}
        onChange={(value) =>
          onChange("is" in draft ? { attribute: value, is: [] } : { ...draft, attribute: value })
        }
      />
      <Choose
        label={t.compare}
        of={name}
        value={known === undefined ? "is" : known === true ? "known" : "unknown"}
        options={[
          { value: "is", label: t.isOneOf },
          { value: "known", label: t.isKnown },
          { value: "unknown", label: t.isUnknown },
        ]}
        onChange={(how) =>
          onChange(how === "is" ? { attribute, is: [] } : { attribute, known: how === "known" })
        }
      />
      {known === undefined && (
        <ChooseSeveral
          label={t.values}
          of={name}
          value={draft.is}
          free
          options={attribute === "ageBand" ? AGE_BANDS.map((value) => ({ value, label: value })) : []}
          onChange={(is) => onChange({ ...draft, is })}
        />
      )}
    </>
  );
}

function MeasureFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  const isMoney = draft.measure === "spend";
  return (
    <>
      <Choose
        label={t.which}
        of={name}
        value={draft.measure}
        options={choicesOf(vocabulary, "measure", "measure", vocabulary.measure)}
        onChange={(measure) => onChange({ ...withPart(draft, "currency", undefined), measure })}
      />
      <Bounds draft={draft} name={name} onChange={onChange} units={isMoney ? unitsOf(draft.currency) : 1} />
      {isMoney && (
        <Typed
          label={t.currency}
          of={name}
          value={draft.currency}
          placeholder="TWD"
          onChange={(value) => onChange(inCurrency(draft, value.toUpperCase().slice(0, 3)))}
        />
      )}
    </>
  );
}

/** The same sums in another currency, which may have other smallest units. */
function inCurrency(draft: Draft, currency: string): Draft {
  const ratio = unitsOf(currency) / unitsOf(draft.currency);
  const scaled = (part: string) =>
    typeof draft[part] === "number" ? { [part]: Math.round((draft[part] as number) * ratio) } : {};
  return withPart({ ...draft, ...scaled("atLeast"), ...scaled("atMost") }, "currency", currency);
}

function BoughtFields({ draft, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  const bought = isJson(draft.bought) ? draft.bought : {};
  return (
    <>
      <Typed
        label={t.category}
        of={name}
        value={bought.category}
        placeholder={t.anyCategory}
        onChange={(value) => onChange({ bought: withPart(bought, "category", value) })}
      />
      <Typed
        label={t.store}
        of={name}
        value={bought.store}
        placeholder={t.anyStore}
        onChange={(value) => onChange({ bought: withPart(bought, "store", value) })}
      />
    </>
  );
}

function EventFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  const set = (part: string) => (value: unknown) => onChange(withPart(draft, part, value));
  return (
    <>
      <Choose
        label={t.which}
        of={name}
        value={draft.event}
        options={choicesOf(vocabulary, "event", "event", vocabulary.event)}
        onChange={set("event")}
      />
      <Bounds draft={draft} name={`${t.times} · ${name}`} onChange={onChange} />
      <Figure
        label={t.withinDays}
        of={name}
        value={draft.withinDays}
        placeholder={t.ever}
        onChange={set("withinDays")}
      />
      <Choose
        label={t.channel}
        of={name}
        value={draft.channel}
        placeholder={t.anyChannel}
        options={choicesOf(vocabulary, "event", "channel", vocabulary.eventChannel)}
        onChange={set("channel")}
      />
      <Typed label={t.store} of={name} value={draft.store} placeholder={t.anyStore} onChange={set("store")} />
      <Typed
        label={t.eventName}
        of={name}
        value={draft.name}
        placeholder={t.anyName}
        onChange={set("name")}
      />
    </>
  );
}

function ConsentFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  return (
    <>
      <Choose
        label={t.purpose}
        of={name}
        value={draft.consent}
        options={vocabulary.purposes}
        onChange={(value) => onChange({ ...draft, consent: value })}
      />
      <Choose
        label={t.channel}
        of={name}
        value={draft.channel}
        placeholder={t.anyChannel}
        options={choicesOf(vocabulary, "consent", "channel", vocabulary.contactChannel)}
        onChange={(value) => onChange(withPart(draft, "channel", value))}
      />
      <Choose
        label={t.compare}
        of={name}
        value={draft.allowed === true ? "yes" : "no"}
        options={[
          { value: "yes", label: t.allowed },
          { value: "no", label: t.notAllowed },
        ]}
        onChange={(value) => onChange({ ...draft, allowed: value === "yes" })}
      />
    </>
  );
}

function ScoreFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  return (
    <>
      <Choose
        label={t.which}
        of={name}
        value={draft.score}
        options={choicesOf(vocabulary, "score", "score", vocabulary.score)}
        onChange={(score) => onChange({ score, ...(score === "score" ? { atLeast: 50 } : { atLeast: 0.5 }) })}
      />
      <Bounds draft={draft} name={name} onChange={onChange} step={draft.score === "score" ? 1 : 0.05} />
    </>
  );
}

function LoyaltyFields({ draft, vocabulary, name, onChange }: FormProps) {
  const t = useWords(SEGMENTS);
  const isTier = draft.loyalty === "tier";
  const { structures } = vocabulary;
  const structure = structures.find((s) => s.value === (draft.structure ?? "default"));
  return (
    <>
      <Choose
        label={t.which}
        of={name}
        value={draft.loyalty}
        options={[
          { value: "condition", label: t.levelCondition },
          { value: "tier", label: t.levelTier },
        ]}
        onChange={(loyalty) => onChange({ loyalty, is: [] })}
      />
      {isTier && structures.length > 1 && (
        <Choose
          label={t.structure}
          of={name}
          value={structure?.value}
          options={structures}
          onChange={(value) => onChange({ ...draft, structure: value, is: [] })}
        />
      )}
      <ChooseSeveral
        label={t.isOneOf}
        of={name}
        value={draft.is}
        options={isTier ? (structure?.tiers ?? []) : vocabulary.conditions}
        onChange={(is) => onChange({ ...draft, is })}
      />
    </>
  );
}
