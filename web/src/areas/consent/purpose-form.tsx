import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Checkbox from "antd/es/checkbox";
import Drawer from "antd/es/drawer";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { useState } from "react";
import { address, post } from "../../api.ts";
import type { CodeWords } from "../../codes/code-words.ts";
import { BASES, CHANNELS, DATA_KINDS } from "../../codes/kinds.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { LANGUAGE_NAMES, LOCALES, say, useLocale, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { BLANK_PURPOSE, FLAGS, type Purpose, type PurposeChanges } from "./purpose.ts";
import { PurposeDifference } from "./purpose-difference.tsx";
import { RecipientFields } from "./purpose-recipients.tsx";
import { SpanInput } from "./span-input.tsx";
import { CONSENT } from "./words.ts";
import { PURPOSE } from "./words-purpose.ts";

const CONTACT = ["email", "sms", "line", "wechat", "weibo", "meta", "app", "post", "call"] as const;
/** Purposes of the IAB's Transparency and Consent Framework, v2.2: eleven of them. */
const TCF = Array.from({ length: 11 }, (_, i) => ({ value: i + 1, label: String(i + 1) }));

/** One purpose as a form; null makes a new one. What it changes is shown before it can be applied. */
export function PurposeForm(props: { readonly purpose: Purpose | null; readonly onClose: () => void }) {
  const t = useWords(CONSENT);
  const words = useWords(PURPOSE);
  const locale = useLocale();
  const { ids: regimes } = useRegimes();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Purpose>();
  const [looked, setLooked] = useState<{ purpose: Purpose; found: PurposeChanges } | null>(null);
  const present = props.purpose;
  const look = useMutation({
    mutationFn: async (given: Purpose) => {
      const next = completed(given, present);
      const preview = (purpose: Purpose) =>
        post<PurposeChanges>(address("/v1/purposes", { preview: true }), purpose);
      const first = await preview(next);
      // Only the difference says whether people agreed to less; then the version that counts moves along.
      if (!first.changes.some((change) => change.kind === "changed" && change.material))
        return { purpose: next, found: first };
      const material = { ...next, materialVersion: next.version };
      return { purpose: material, found: await preview(material) };
    },
    onSuccess: setLooked,
  });
  const apply = useMutation({
    mutationFn: (purpose: Purpose) => post<PurposeChanges>("/v1/purposes", purpose),
    onSuccess: () => {
      void message.success(t.applied);
      void client.invalidateQueries({ queryKey: ["purposes"] });
      void client.invalidateQueries({ queryKey: ["stale-notices"] });
      props.onClose();
    },
  });
  const blocked =
    looked === null || looked.found.changes.every((c) => c.kind === "changed" && c.problems.length > 0);
  return (
    <Drawer
      open
      size="large"
      onClose={props.onClose}
      title={present === null ? words.newPurpose : say(words.editOne, { name: present.name[locale] })}
      footer={
        <div className="row" style={{ padding: "4px 0" }}>
          <Button type="primary" loading={look.isPending} onClick={() => form.submit()}>
            {t.difference}
          </Button>
          <Button
            danger
            disabled={blocked}
            loading={apply.isPending}
            onClick={() => looked !== null && apply.mutate(looked.purpose)}
          >
            {t.apply}
          </Button>
        </div>
      }
    >
      <p className="quiet" style={{ marginTop: 0 }}>
        {words.formText}
      </p>
      <Form<Purpose>
        form={form}
        layout="vertical"
        initialValues={present ?? BLANK_PURPOSE}
        onValuesChange={() => {
          setLooked(null);
          apply.reset();
        }}
        onFinish={(given) => look.mutate(given)}
        requiredMark={false}
        validateMessages={{ required: words.required }}
      >
        {present === null && (
          <Form.Item
            name="id"
            label={words.id}
            rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{0,62}$/, message: words.id }]}
          >
            <Input className="mono" autoComplete="off" />
          </Form.Item>
        )}
        <Spoken field="name" label={words.name} />
        <Spoken field="description" label={words.description} isLong />
        <Form.Item name="lawfulBasis" label={words.lawfulBasis}>
          <Coded words={BASES} codes={Object.keys(BASES)} label={words.lawfulBasis} />
        </Form.Item>
        <fieldset>
          <legend>{words.basisByRegime}</legend>
          <div className="grid">
            {regimes.map((regime) => (
              <Regime key={regime} regime={regime} />
            ))}
          </div>
        </fieldset>
        <Form.Item name="categories" label={words.categories} rules={[{ required: true }]}>
          <Coded words={DATA_KINDS} codes={Object.keys(DATA_KINDS)} label={words.categories} isMany />
        </Form.Item>
        <Form.Item name="channels" label={words.channels}>
          <Coded words={CHANNELS} codes={CONTACT} label={words.channels} isMany none={words.noChannels} />
        </Form.Item>
        <Form.Item name="doubleOptIn" label={words.doubleOptIn}>
          <Coded words={CHANNELS} codes={CONTACT} label={words.doubleOptIn} isMany none={words.nothing} />
        </Form.Item>
        <RecipientFields />
        <Form.Item name="retention" label={words.retention}>
          <SpanInput label={words.retention} />
        </Form.Item>
        <Form.Item name="consentExpiresAfter" label={words.consentExpiresAfter}>
          <SpanInput label={words.consentExpiresAfter} none={words.untilWithdrawn} />
        </Form.Item>
        <fieldset>
          <legend>{words.flags}</legend>
          <div className="row">
            {FLAGS.map((flag) => (
              <Form.Item key={flag} name={flag} valuePropName="checked" noStyle>
                <Checkbox>{words[flag]}</Checkbox>
              </Form.Item>
            ))}
          </div>
        </fieldset>
        <Form.Item name="whenDenied" label={words.whenDenied}>
          <Select
            aria-label={words.whenDenied}
            options={[
              { value: "refuse", label: words.refuse },
              { value: "aggregate", label: words.aggregate },
            ]}
          />
        </Form.Item>
        <Form.Item name="programme" label={words.programme}>
          <Input autoComplete="off" placeholder={words.nothing} />
        </Form.Item>
        <Form.Item name="tcfPurposes" label={words.tcfPurposes}>
          <Select mode="multiple" aria-label={words.tcfPurposes} options={TCF} placeholder={words.nothing} />
        </Form.Item>
      </Form>
      <ProblemNote error={look.error ?? apply.error} />
      {looked !== null && <PurposeDifference found={looked.found} />}
    </Drawer>
  );
}

/** What the form does not hold is filled in: the id, the next version, and nothing where a field was emptied. */
function completed(given: Purpose, present: Purpose | null): Purpose {
  const whole: Purpose = { ...(present ?? BLANK_PURPOSE), ...given };
  const bases = Object.entries(whole.basisByRegime).filter(([, basis]) => basis !== undefined);
  return {
    ...whole,
    basisByRegime: Object.fromEntries(bases),
    programme: whole.programme === "" ? null : whole.programme,
    version: present === null ? 1 : present.version + 1,
  };
}

/** One text in all three languages, side by side. */
function Spoken(props: {
  readonly field: "name" | "description";
  readonly label: string;
  readonly isLong?: boolean;
}) {
  return (
    <fieldset>
      <legend>{props.label}</legend>
      <div className="thirds">
        {LOCALES.map((locale) => (
          <Form.Item
            key={locale}
            name={[props.field, locale]}
            label={LANGUAGE_NAMES[locale]}
            rules={[{ required: true }]}
          >
            {props.isLong === true ? (
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} lang={locale} />
            ) : (
              <Input lang={locale} />
            )}
          </Form.Item>
        ))}
      </div>
    </fieldset>
  );
}

/** The basis under one body of law, where it is not the usual one. */
function Regime({ regime }: { readonly regime: string }) {
  const words = useWords(PURPOSE);
  const { nameOf: regimeOf } = useRegimes();
  return (
    <Form.Item name={["basisByRegime", regime]} label={regimeOf(regime)}>
      <Coded words={BASES} codes={Object.keys(BASES)} label={regimeOf(regime)} none={words.asUsual} />
    </Form.Item>
  );
}

/** Chooses among codes by their words. Used inside a form's item, which gives value and onChange. */
function Coded(props: {
  readonly id?: string;
  readonly value?: string | string[];
  readonly onChange?: (value: string | string[]) => void;
  readonly words: CodeWords;
  readonly codes: readonly string[];
  readonly label: string;
  readonly isMany?: boolean;
  /** What an empty choice means. */
  readonly none?: string;
}) {
  const wordOf = useCodes(props.words);
  return (
    <Select<string | string[]>
      {...(props.id === undefined ? {} : { id: props.id })}
      {...(props.isMany === true ? { mode: "multiple" as const } : {})}
      {...(props.onChange === undefined ? {} : { onChange: props.onChange })}
      value={props.value ?? null}
      allowClear={props.none !== undefined}
      placeholder={props.none}
      aria-label={props.label}
      options={props.codes.map((value) => ({ value, label: wordOf(value) }))}
    />
  );
}
