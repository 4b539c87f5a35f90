import Card from "antd/es/card";
import type { ReactNode } from "react";
import { useLocale, useWords } from "../../../i18n.ts";
import { at } from "./document.ts";
import { ChoiceField, Faults, NameFields, NumberField, TextField, usePlace } from "./fields.tsx";
import { StructuresForm } from "./structures-form.tsx";
import { RULE_WORDS } from "./words.ts";

/** Kinds of answers, as the rules weigh them. */
const ANSWERS = ["npsRelational", "comparative", "csat", "npsTransactional", "ces"] as const;
const BEHAVIOUR_PARTS = ["alive", "rate", "spend"] as const;
const CONDITIONS = ["true", "latent", "spurious", "none"] as const;

/** All rules of the programme in fields. */
export function RulesForm() {
  const t = useWords(RULE_WORDS);
  return (
    <div className="stack">
      <StructuresForm />
      <Part title={t.conditions} lead={t.conditionsText}>
        {CONDITIONS.map((id) => (
          <NameFields key={id} place={["conditions", id]} label={t[id]} />
        ))}
      </Part>
      <Part title={t.attitude} lead={t.attitudeText}>
        <div className="set-grid">
          <NumberField place={["attitude", "high"]} label={t.high} of={t.attitude} hint={t.highText} />
          <NumberField
            place={["attitude", "halfLifeDays"]}
            label={t.halfLife}
            unit={t.days}
            hint={t.halfLifeText}
          />
          <NumberField place={["attitude", "kappa"]} label={t.kappa} hint={t.kappaText} />
          <NumberField place={["attitude", "priorMean"]} label={t.priorMean} hint={t.priorMeanText} />
        </div>
        <h4>{t.weights}</h4>
        <div className="set-grid">
          {ANSWERS.map((kind) => (
            <NumberField key={kind} place={["attitude", "weights", kind]} label={t[kind]} of={t.weights} />
          ))}
        </div>
      </Part>
      <Part title={t.behaviour} lead={t.behaviourText}>
        <div className="set-grid">
          <NumberField place={["behaviour", "high"]} label={t.high} of={t.behaviour} hint={t.highText} />
          {BEHAVIOUR_PARTS.map((part) => (
            <NumberField key={part} place={["behaviour", "weights", part]} label={t[part]} />
          ))}
        </div>
        <WeightsSum />
        <div className="set-grid">
          <ChoiceField
            place={["behaviour", "model"]}
            label={t.model}
            options={[
              { value: "mbg-nbd", label: "MBG/NBD" },
              { value: "bg-nbd", label: "BG/NBD" },
              { value: "pareto-nbd", label: "Pareto/NBD" },
            ]}
          />
          <NumberField
            place={["behaviour", "provisionalDays"]}
            label={t.provisional}
            unit={t.days}
            hint={t.provisionalText}
          />
          <NumberField place={["behaviour", "cohortMembers"]} label={t.cohort} hint={t.cohortText} />
        </div>
      </Part>
      <Part title={t.value} lead={t.valueText}>
        <div className="set-grid">
          <NumberField place={["value", "horizonWeeks"]} label={t.horizon} unit={t.weeks} />
          <NumberField place={["value", "months"]} label={t.months} unit={t.monthsUnit} />
          <NumberField place={["value", "yearlyDiscount"]} label={t.discount} />
          <TextField place={["costCurrency"]} label={t.costCurrency} hint={t.costCurrencyText} />
        </div>
      </Part>
    </div>
  );
}

function Part(props: { readonly title: string; readonly lead: string; readonly children: ReactNode }) {
  return (
    <Card title={props.title}>
      <div className="set-part">
        <p className="quiet" style={{ margin: 0 }}>
          {props.lead}
        </p>
        {props.children}
      </div>
    </Card>
  );
}

/** What the parts of behaviour come to: they must make one whole. */
function WeightsSum() {
  const t = useWords(RULE_WORDS);
  const locale = useLocale();
  const [weights] = usePlace(["behaviour", "weights"]);
  const sum = BEHAVIOUR_PARTS.reduce((so, part) => so + (Number(at(weights, [part])) || 0), 0);
  const shown = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(sum);
  return (
    <div aria-live="polite">
      <span className="quiet">
        {t.sum}: {shown}
      </span>
      <Faults place={["behaviour", "weights"]} />
    </div>
  );
}
