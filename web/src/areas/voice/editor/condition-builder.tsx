import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import Button from "antd/es/button";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { useState } from "react";
import type { Locale } from "../../../../../src/i18n/locale.ts";
import {
  listOf,
  type Question,
  ratingValues,
  spokenIn,
} from "../../../../../surveys/definitions/definition.ts";
import { useLocale, useWords } from "../../../i18n.ts";
import {
  type Condition,
  OPERATORS,
  type Operator,
  readCondition,
  type Scalar,
  type Test,
  writeCondition,
} from "./conditions.ts";
import { choiceObject } from "./edits.ts";
import { EDITOR } from "./words.ts";
import { QUESTION_KINDS } from "./words-kinds.ts";

interface Offered {
  readonly value: Scalar;
  readonly label: string;
}

/** What a question can be answered with, where that is known. */
function offeredBy(
  question: Question | undefined,
  locale: Locale,
  usual: Locale,
  yesNo: readonly [string, string],
): readonly Offered[] | null {
  if (question === undefined) return null;
  const { element, type } = question;
  const isScalar = (v: unknown): v is Scalar => ["string", "number", "boolean"].includes(typeof v);
  if (type === "boolean")
    return [
      { value: true, label: spokenIn(element.labelTrue, locale, usual) || yesNo[0] },
      { value: false, label: spokenIn(element.labelFalse, locale, usual) || yesNo[1] },
    ];
  if (type === "rating")
    return ratingValues(element).flatMap((value) =>
      isScalar(value) ? [{ value, label: String(value) }] : [],
    );
  const choices = listOf(element.choices).map(choiceObject);
  if (choices.length === 0) return null;
  return choices.flatMap(({ value, text }) =>
    isScalar(value) ? [{ value, label: spokenIn(text, locale, usual) || String(value) }] : [],
  );
}

/** When something is shown: a few comparisons in a form, or any expression as text. */
export function ConditionBuilder(props: {
  readonly expression: unknown;
  /** Questions that a condition may ask about. */
  readonly questions: readonly Question[];
  readonly usual: Locale;
  readonly readOnly: boolean;
  readonly onChange: (expression: string | undefined, step: string | null) => void;
}) {
  const t = useWords(EDITOR);
  const locale = useLocale();
  const [asText, setAsText] = useState(false);
  const expression = typeof props.expression === "string" ? props.expression : "";
  const condition = expression === "" ? { join: "and" as const, tests: [] } : readCondition(expression);
  const { questions, usual, readOnly } = props;
  const write = (next: Condition, step: string | null = null) =>
    props.onChange(next.tests.length === 0 ? undefined : writeCondition(next), step);
  const first = questions[0];
  if (condition === null || asText)
    return (
      <section className="ed-list" aria-label={t.condition}>
        <h4>{t.condition}</h4>
        {condition === null && <p className="quiet">{t.asTextHint}</p>}
        <Input.TextArea
          aria-label={`${t.condition}: ${t.asText}`}
          className="mono"
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={expression}
          readOnly={readOnly}
          onChange={(event) =>
            props.onChange(event.target.value === "" ? undefined : event.target.value, "expression")
          }
        />
        {condition !== null && (
          <Button size="small" type="link" onClick={() => setAsText(false)}>
            {t.asForm}
          </Button>
        )}
      </section>
    );
  const set = (i: number, test: Test, step: string | null = null) =>
    write({ ...condition, tests: condition.tests.with(i, test) }, step);
  return (
    <section className="ed-list" aria-label={t.condition}>
      <h4>{t.condition}</h4>
      {condition.tests.length === 0 && (
        <p className="quiet">{first === undefined ? t.noEarlier : t.always}</p>
      )}
      {condition.tests.length > 1 && (
        <Select
          aria-label={t.condition}
          value={condition.join}
          disabled={readOnly}
          onChange={(join) => write({ ...condition, join })}
          options={[
            { value: "and", label: t.all },
            { value: "or", label: t.any },
          ]}
        />
      )}
      <ol>
        {condition.tests.map((test, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comparisons have no name of their own.
          <li key={i}>
            <TestRow
              n={i + 1}
              test={test}
              questions={questions}
              usual={usual}
              locale={locale}
              readOnly={readOnly}
              onChange={(next, step) => set(i, next, step === null ? null : `${step} ${i}`)}
            />
            {!readOnly && (
              <Button
                size="small"
                icon={<DeleteOutlined />}
                aria-label={`${t.remove}: ${t.condition} ${i + 1}`}
                onClick={() => write({ ...condition, tests: condition.tests.toSpliced(i, 1) })}
              />
            )}
          </li>
        ))}
      </ol>
      {!readOnly && (
        <div className="row">
          <Button
            size="small"
            icon={<PlusOutlined />}
            disabled={first === undefined}
            onClick={() =>
              first !== undefined &&
              write({
                ...condition,
                tests: [...condition.tests, { name: first.name, operator: "notempty", value: null }],
              })
            }
          >
            {t.addTest}
          </Button>
          <Button size="small" type="link" onClick={() => setAsText(true)}>
            {t.asText}
          </Button>
        </div>
      )}
    </section>
  );
}

function TestRow(props: {
  readonly n: number;
  readonly test: Test;
  readonly questions: readonly Question[];
  readonly usual: Locale;
  readonly locale: Locale;
  readonly readOnly: boolean;
  readonly onChange: (test: Test, step: string | null) => void;
}) {
  const t = useWords(EDITOR);
  const kinds = useWords(QUESTION_KINDS);
  const { test, questions, locale, usual, readOnly, n } = props;
  const question = questions.find((q) => q.name === test.name);
  const offered = offeredBy(question, locale, usual, [t.yesText, t.noText]);
  const known = questions.map((q) => ({
    value: q.name,
    label: spokenIn(q.element.title, locale, usual) || q.name,
  }));
  const withOperator = (operator: Operator): Test => {
    if (operator === "empty" || operator === "notempty") return { ...test, operator, value: null };
    const values = [test.value ?? []].flat();
    const start: Scalar = values[0] ?? offered?.[0]?.value ?? "";
    return {
      ...test,
      operator,
      value: operator === "anyof" ? (values.length > 0 ? values : [start]) : start,
    };
  };
  return (
    <div className="ed-test">
      <Select
        aria-label={`${t.question}: ${t.condition} ${n}`}
        value={test.name}
        disabled={readOnly}
        showSearch={{ optionFilterProp: "label" }}
        popupMatchSelectWidth={false}
        onChange={(name) => props.onChange({ name, operator: "notempty", value: null }, null)}
        options={question === undefined ? [{ value: test.name, label: `{${test.name}}` }, ...known] : known}
      />
      <Select
        aria-label={`${t.comparison}: ${t.condition} ${n}`}
        value={test.operator}
        disabled={readOnly}
        popupMatchSelectWidth={false}
        onChange={(operator) => props.onChange(withOperator(operator), null)}
        options={OPERATORS.map((value) => ({ value, label: kinds[`op_${value}`] }))}
      />
      {test.value !== null && (
        <ValueField
          label={`${t.answer}: ${t.condition} ${n}`}
          test={test}
          offered={offered}
          readOnly={readOnly}
          onChange={(value, step) => props.onChange({ ...test, value }, step)}
        />
      )}
    </div>
  );
}

function ValueField(props: {
  readonly label: string;
  readonly test: Test;
  readonly offered: readonly Offered[] | null;
  readonly readOnly: boolean;
  readonly onChange: (value: Test["value"], step: string | null) => void;
}) {
  const { test, offered, readOnly } = props;
  const many = test.operator === "anyof";
  const values = [test.value ?? []].flat();
  if (offered !== null || many) {
    // Options are told apart by their JSON: 1 and "1" are two answers.
    const options = [
      ...(offered ?? []),
      ...values.flatMap((value) =>
        offered?.some((o) => o.value === value) === true ? [] : [{ value, label: String(value) }],
      ),
    ].map(({ value, label }) => ({ value: JSON.stringify(value), label }));
    const parse = (text: string): Scalar => {
      try {
        return JSON.parse(text) as Scalar;
      } catch {
        return text;
      }
    };
    return many ? (
      <Select
        mode={offered === null ? "tags" : "multiple"}
        aria-label={props.label}
        value={values.map((v) => JSON.stringify(v))}
        disabled={readOnly}
        onChange={(next) => next.length > 0 && props.onChange(next.map(parse), null)}
        options={options}
      />
    ) : (
      <Select
        aria-label={props.label}
        value={JSON.stringify(values[0] ?? "")}
        disabled={readOnly}
        popupMatchSelectWidth={false}
        onChange={(next) => props.onChange(parse(next), null)}
        options={options}
      />
    );
  }
  return (
    <Input
      aria-label={props.label}
      value={String(values[0] ?? "")}
      readOnly={readOnly}
      onChange={(event) => {
        const text = event.target.value;
        props.onChange(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text, "value");
      }}
    />
  );
}
