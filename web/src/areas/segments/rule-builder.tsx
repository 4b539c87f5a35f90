import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import Button from "antd/es/button";
import Dropdown from "antd/es/dropdown";
import Select from "antd/es/select";
import type { FieldProblem } from "../../api.ts";
import { say, useWords } from "../../i18n.ts";
import { ConditionForm } from "./condition-form.tsx";
import { freshOf } from "./forms.ts";
import { type Group, type Item, isGroup, JOINS, type Join, placeIn } from "./rule-tree.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { SEGMENTS } from "./words.ts";
import "./segments.css";

/** Groups lie in one another at most so deep here: more can be written as JSON, up to the server's own limit. */
const DEEPEST = 3;

interface Shared {
  readonly vocabulary: Vocabulary;
  /** What the server finds wrong, by place. */
  readonly faults: readonly FieldProblem[];
}

/** A rule tree in forms: groups of conditions, joined by all, any or none. */
export function RuleBuilder(
  props: Shared & { readonly rule: Group; readonly onChange: (rule: Group) => void },
) {
  return (
    <GroupForm
      {...props}
      group={props.rule}
      place="/rule"
      number=""
      depth={1}
      onChange={(next) => next !== null && props.onChange(next)}
    />
  );
}

function GroupForm(
  props: Shared & {
    readonly group: Group;
    readonly place: string;
    /** `2.1.` of the first part of the second part; empty for the whole. */
    readonly number: string;
    readonly depth: number;
    /** Null: it is taken away. */
    readonly onChange: (group: Group | null) => void;
  },
) {
  const t = useWords(SEGMENTS);
  const { group, place, number, depth, vocabulary, faults, onChange } = props;
  const joinWords: Readonly<Record<Join, string>> = { all: t.all, any: t.any, none: t.not };
  const set = (i: number, item: Item | null) =>
    onChange({ ...group, items: item === null ? group.items.toSpliced(i, 1) : group.items.with(i, item) });
  const add = (item: Item) => onChange({ ...group, items: [...group.items, item] });
  /** Where the server names the list of a group: it may be empty. */
  const listPlaces = [`${place}/${group.join}`, `${place}/not/any`];
  const called = say(t.group, { n: number.slice(0, -1) || "1" });
  return (
    <fieldset className="seg-group">
      <legend className="seg-unseen">{called}</legend>
      <div className="seg-head">
        <Select<Join>
          aria-label={`${t.join} · ${called}`}
          value={group.join}
          options={JOINS.map((value) => ({ value, label: joinWords[value] }))}
          popupMatchSelectWidth={false}
          onChange={(join) => onChange({ ...group, join })}
        />
        {number !== "" && (
          <Button
            icon={<DeleteOutlined />}
            aria-label={`${t.remove} · ${called}`}
            onClick={() => onChange(null)}
          />
        )}
      </div>
      <Faults faults={faults.filter((f) => [place, ...listPlaces].includes(f.path))} />
      <ol className="seg-items">
        {group.items.map((item, i) => {
          const at = { place: placeIn(group, place, i), number: `${number}${i + 1}.` };
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part of a rule has no name but its place.
            <li key={i}>
              {isGroup(item) ? (
                <GroupForm
                  {...{ vocabulary, faults }}
                  {...at}
                  group={item}
                  depth={depth + 1}
                  onChange={(next) => set(i, next)}
                />
              ) : (
                <div className="seg-condition">
                  <div className="seg-head">
                    <ConditionForm
                      draft={item}
                      vocabulary={vocabulary}
                      name={say(t.condition, { n: at.number.slice(0, -1) })}
                      onChange={(next) => set(i, next)}
                    />
                    <Button
                      icon={<DeleteOutlined />}
                      aria-label={`${t.remove} · ${say(t.condition, { n: at.number.slice(0, -1) })}`}
                      onClick={() => set(i, null)}
                    />
                  </div>
                  <Faults
                    faults={faults.filter((f) => f.path === at.place || f.path.startsWith(`${at.place}/`))}
                  />
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <div className="row">
        <AddCondition
          vocabulary={vocabulary}
          label={`${t.addTest} · ${called}`}
          onAdd={(form) => add(freshOf(vocabulary.forms, form))}
        />
        {depth < DEEPEST && (
          <Button
            aria-label={`${t.addGroup} · ${called}`}
            onClick={() => add({ join: "any", items: [freshOf(vocabulary.forms, "measure")] })}
          >
            {t.addGroup}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

/** A button with the forms of conditions that the server's schema has. */
function AddCondition(props: {
  readonly vocabulary: Vocabulary;
  readonly label: string;
  readonly onAdd: (form: string) => void;
}) {
  const t = useWords(SEGMENTS);
  const known: Readonly<Record<string, string>> = {
    attribute: t.attribute,
    measure: t.measure,
    bought: t.bought,
    event: t.event,
    consent: t.consent,
    score: t.score,
    loyalty: t.loyalty,
  };
  const items = [...props.vocabulary.forms.keys()].flatMap((key) =>
    known[key] === undefined ? [] : [{ key, label: known[key] }],
  );
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => props.onAdd(key) }}>
      <Button icon={<PlusOutlined />} aria-label={props.label}>
        {t.addTest}
      </Button>
    </Dropdown>
  );
}

/** What is wrong with one part, in words. */
function Faults({ faults }: { readonly faults: readonly FieldProblem[] }) {
  const t = useWords(SEGMENTS);
  const words: Readonly<Record<string, string>> = {
    category: t.badCategory,
    bounds: t.badBounds,
    currency: t.badCurrency,
    pattern: t.badCurrency,
    "event-name": t.badEventName,
    purpose: t.badPurpose,
    depth: t.badDepth,
    size: t.badSize,
  };
  const said = new Set(faults.map((f) => words[f.code] ?? t.incomplete));
  return [...said].map((text) => (
    <p key={text} role="status" className="seg-fault">
      {text}
    </p>
  ));
}
