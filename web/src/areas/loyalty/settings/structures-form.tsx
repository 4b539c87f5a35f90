import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import Button from "antd/es/button";
import Card from "antd/es/card";
import { useLocale, useWords } from "../../../i18n.ts";
import { isJson } from "../../../parts/json.ts";
import { at, freshId, type Place } from "./document.ts";
import {
  ChoiceField,
  Faults,
  NameFields,
  NumberField,
  SwitchField,
  TextField,
  usePlace,
  useWriting,
} from "./fields.tsx";
import { RULE_WORDS } from "./words.ts";

const ids = (list: readonly unknown[]) => list.map((item) => at(item, ["id"]));
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Tier structures side by side: each with its tiers and what it looks at. */
export function StructuresForm() {
  const t = useWords(RULE_WORDS);
  const { readOnly } = useWriting();
  const [value, set] = usePlace(["structures"]);
  const structures = listOf(value);
  const another = () => {
    const [first] = structures;
    const id = freshId("structure", ids(structures));
    set([...structures, { ...(isJson(first) ? first : {}), id, upwardOnly: false }]);
  };
  return (
    <>
      {structures.map((_, i) => (
        <StructureForm
          // biome-ignore lint/suspicious/noArrayIndexKey: an id is no key while it is typed.
          key={i}
          i={i}
          onRemove={structures.length === 1 ? null : () => set(structures.toSpliced(i, 1))}
        />
      ))}
      {!readOnly && (
        <Button icon={<PlusOutlined />} style={{ alignSelf: "flex-start" }} onClick={another}>
          {t.addStructure}
        </Button>
      )}
    </>
  );
}

function StructureForm({ i, onRemove }: { readonly i: number; readonly onRemove: (() => void) | null }) {
  const t = useWords(RULE_WORDS);
  const locale = useLocale();
  const { readOnly } = useWriting();
  const place: Place = ["structures", i];
  const [structure] = usePlace(place);
  const [tiers, setTiers] = usePlace([...place, "tiers"]);
  const list = listOf(tiers);
  const name = String(at(structure, ["name", locale]) ?? at(structure, ["id"]) ?? "");
  const basis = at(structure, ["basis"]);
  const addTier = () => {
    const last = list.at(-1);
    const id = freshId("tier", [...ids(list), at(structure, ["base", "id"])]);
    const above = (key: string, step: number) => (Number(at(last, [key])) || 0) + step;
    const named = { en: id, "zh-CN": id, "zh-TW": id };
    setTiers([
      ...list,
      { id, name: named, cut: above("cut", 5), yearlyCost: 0, visits: Math.min(366, above("visits", 1)) },
    ]);
  };
  return (
    <Card
      title={`${t.structure}: ${name}`}
      extra={
        onRemove !== null &&
        !readOnly && (
          <Button
            icon={<DeleteOutlined />}
            aria-label={`${t.remove} · ${t.structure} · ${name}`}
            onClick={onRemove}
          />
        )
      }
    >
      <div className="set-part">
        <NameFields place={[...place, "name"]} label={t.name} of={t.structure} />
        <div className="set-grid">
          <TextField place={[...place, "id"]} label={t.id} of={name} hint={t.idText} />
          <ChoiceField
            place={[...place, "basis"]}
            label={t.basis}
            of={name}
            hint={t.basisText}
            options={[
              { value: "behaviour", label: t.basisBehaviour },
              { value: "visits", label: t.basisVisits },
              { value: "spend", label: t.basisSpend },
            ]}
          />
          <NumberField place={[...place, "margin"]} label={t.margin} of={name} hint={t.marginText} />
          <NumberField
            place={[...place, "holdMonths"]}
            label={t.hold}
            of={name}
            unit={t.monthsUnit}
            hint={t.holdText}
          />
          <NumberField place={[...place, "breaches"]} label={t.breaches} of={name} hint={t.breachesText} />
          <NumberField
            place={[...place, "graceDays"]}
            label={t.grace}
            of={name}
            unit={t.days}
            hint={t.graceText}
          />
          <SwitchField place={[...place, "upwardOnly"]} label={t.upwardOnly} of={name} hint={t.upwardText} />
        </div>
        <h4>{t.tiers}</h4>
        <Faults place={[...place, "tiers"]} />
        <div className="set-tier">
          <NameFields place={[...place, "base", "name"]} label={t.base} of={name} />
        </div>
        {list.map((tier, j) => {
          const tierPlace: Place = [...place, "tiers", j];
          const tierName = String(at(tier, ["name", locale]) ?? at(tier, ["id"]) ?? "");
          const of = `${tierName} · ${name}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an id is no key while it is typed.
            <div key={j} className="set-tier">
              <div className="set-head">
                <strong>{tierName}</strong>
                {!readOnly && list.length > 1 && (
                  <Button
                    size="small"
                    icon={<DeleteOutlined />}
                    aria-label={`${t.remove} · ${of}`}
                    onClick={() => setTiers(list.toSpliced(j, 1))}
                  />
                )}
              </div>
              <NameFields place={[...tierPlace, "name"]} label={t.name} of={of} />
              <div className="set-grid">
                <TextField place={[...tierPlace, "id"]} label={t.id} of={of} />
                <NumberField
                  place={[...tierPlace, "cut"]}
                  label={basis === "visits" ? t.cutVisits : basis === "spend" ? t.cutSpend : t.cut}
                  of={of}
                />
                <NumberField place={[...tierPlace, "yearlyCost"]} label={t.yearlyCost} of={of} />
                <NumberField place={[...tierPlace, "visits"]} label={t.visits} of={of} hint={t.visitsText} />
              </div>
              <Faults place={tierPlace} />
            </div>
          );
        })}
        {!readOnly && (
          <Button icon={<PlusOutlined />} style={{ alignSelf: "flex-start" }} onClick={addTier}>
            {t.addTier}
          </Button>
        )}
      </div>
    </Card>
  );
}
