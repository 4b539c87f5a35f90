import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Checkbox from "antd/es/checkbox";
import Drawer from "antd/es/drawer";
import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { NoticesSchema, PublishedNotice, ShownNotice } from "../../../../consent/answers.schema.ts";
import { address, get, post } from "../../api.ts";
import { SECTIONS } from "../../codes/notices.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { LANGUAGE_NAMES, LOCALES, type Locale, say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import { useSession } from "../../session.ts";
import { CONSENT } from "./words.ts";

type Text = NonNullable<NonNullable<Notice["texts"]>["en"]>;

type Notice = Static<typeof ShownNotice>;

type Answer = Static<typeof PublishedNotice>;

/** Notices with every version; comparing two; writing and checking the next. */
export function NoticesPage() {
  const t = useWords(CONSENT);
  const locale = useLocale();
  const purposeOf = usePurposeName();
  const { date } = useFormats();
  const { account } = useSession();
  const [compared, setCompared] = useState<Notice | null>(null);
  const [writing, setWriting] = useState<Notice | null>(null);
  const notices = useQuery({
    queryKey: ["notices"],
    queryFn: () => get<Static<typeof NoticesSchema>>("/v1/notices"),
    select: ({ notices }) => [...notices].sort((a, b) => a.id.localeCompare(b.id) || b.version - a.version),
  });
  const newest = new Map<string, number>();
  for (const n of notices.data ?? []) newest.set(n.id, Math.max(newest.get(n.id) ?? 0, n.version));
  const mayWrite = account.role === "admin" || account.role === "compliance";
  return (
    <PageBody title={t.notices} lead={t.noticesLead}>
      <WholeList<Notice>
        label={t.notices}
        query={notices}
        rowKey={(row) => `${row.id} ${row.version}`}
        csv="notices"
        empty={t.noNotices}
        columns={[
          {
            title: t.notice,
            dataIndex: "id",
            render: (id: string, row) => (
              <a href={`/n/${row.id}/${row.version}/${locale}`} target="_blank" rel="noreferrer">
                {id}
              </a>
            ),
          },
          { title: t.version, dataIndex: "version", align: "right" },
          {
            title: t.purposes,
            key: "purposes",
            render: (_, row) => <div className="words">{row.purposes.map(purposeOf).join(", ")}</div>,
            csv: (row) => row.purposes.map(purposeOf).join(", "),
          },
          {
            title: t.published,
            key: "publishedAt",
            csv: (row) => row.publishedAt,
            render: (_, row) => (
              <>
                {date(row.publishedAt)} {row.material && <Tag color="orange">{t.material}</Tag>}
              </>
            ),
          },
          {
            title: "SHA-256",
            key: "sha",
            csv: (row) => row.sha256[locale],
            render: (_, row) => <span className="mono">{row.sha256[locale]?.slice(0, 8)}…</span>,
          },
          {
            title: "",
            key: "act",
            render: (_, row) => (
              <span className="row">
                {row.version > 1 && (
                  <Button size="small" onClick={() => setCompared(row)}>
                    {t.compare}
                  </Button>
                )}
                {mayWrite && newest.get(row.id) === row.version && (
                  <Button size="small" onClick={() => setWriting(row)}>
                    {t.next}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
      />
      {compared !== null && <Compare notice={compared} onClose={() => setCompared(null)} />}
      {writing !== null && <Write notice={writing} onClose={() => setWriting(null)} />}
    </PageBody>
  );
}

function useTexts(id: string, version: number) {
  return useQuery({
    queryKey: ["notice", id, version],
    queryFn: async () =>
      (await get<Static<typeof NoticesSchema>>("/v1/notices", { id, version, texts: true })).notices[0],
  });
}

function Compare({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
  const t = useWords(CONSENT);
  const [locale, setLocale] = useState<Locale>(useLocale());
  const sectionOf = useCodes(SECTIONS);
  const after = useTexts(notice.id, notice.version);
  const before = useTexts(notice.id, notice.version - 1);
  const parts = (text: Text | undefined): ReadonlyMap<string, string> =>
    new Map(
      text === undefined
        ? []
        : [
            [t.heading, text.title],
            [t.ask, text.ask],
            ...Object.entries(text.sections).map(([name, words]) => [sectionOf(name), words] as const),
          ],
    );
  return (
    <Drawer
      open
      onClose={onClose}
      size="large"
      title={`${notice.id} ${notice.version - 1} → ${notice.version}`}
    >
      <div className="stack">
        <Segmented
          value={locale}
          onChange={setLocale}
          options={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
        <Loaded query={before}>
          {() => {
            const old = parts(before.data?.texts?.[locale]);
            const now = parts(after.data?.texts?.[locale]);
            const names = [...new Set([...old.keys(), ...now.keys()])].filter(
              (name) => old.get(name) !== now.get(name),
            );
            if (names.length === 0) return <p>{t.unchanged}</p>;
            return names.map((name) => (
              <Card key={name} size="small" title={name}>
                <p className="quiet">
                  {t.before}: {old.get(name) ?? "–"}
                </p>
                <p>
                  {t.after}: {now.get(name) ?? "–"}
                </p>
              </Card>
            ));
          }}
        </Loaded>
      </div>
    </Drawer>
  );
}

function Write({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
  const present = useTexts(notice.id, notice.version);
  return (
    <Drawer open onClose={onClose} size="large" title={`${notice.id} ${notice.version + 1}`}>
      <Loaded query={present}>
        {(found) => <Editor notice={notice} texts={found?.texts ?? {}} onClose={onClose} />}
      </Loaded>
    </Drawer>
  );
}

function Editor(props: {
  readonly notice: Notice;
  readonly texts: NonNullable<Notice["texts"]>;
  readonly onClose: () => void;
}) {
  const t = useWords(CONSENT);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [locale, setLocale] = useState<Locale>(useLocale());
  const sectionOf = useCodes(SECTIONS);
  const stateOf = useCodes(STATES);
  const reader = useLocale();
  const [texts, setTexts] = useState(props.texts);
  const [material, setMaterial] = useState(true);
  const text = texts[locale];
  const change = (next: Partial<Text>) => {
    check.reset();
    publish.reset();
    setTexts((all) => ({ ...all, [locale]: { ...(all[locale] as Text), ...next } }));
  };
  const body = () => ({ id: props.notice.id, purposes: props.notice.purposes, material, texts });
  const check = useMutation({
    mutationFn: () => post<Answer>(address("/v1/notices", { preview: true, locale: reader }), body()),
    onMutate: () => publish.reset(),
  });
  const publish = useMutation({
    mutationFn: () => post<Answer>(address("/v1/notices", { locale: reader }), body()),
    onSuccess: (answer) => {
      if (!answer.published) return;
      void message.success(say(t.publishedNow, { version: answer.notice.version }));
      void client.invalidateQueries({ queryKey: ["notices"] });
      props.onClose();
    },
  });
  /** What the linter found when it was asked last: an error keeps a notice from being published. */
  const answer = publish.data ?? check.data;
  return (
    <div className="stack">
      <Segmented
        value={locale}
        onChange={setLocale}
        options={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      />
      {text !== undefined && (
        <>
          <Field label={t.heading} value={text.title} onChange={(title) => change({ title })} />
          <Field label={t.ask} value={text.ask} onChange={(ask) => change({ ask })} />
          {Object.entries(text.sections).map(([name, value]) => (
            <Field
              key={name}
              label={sectionOf(name)}
              value={value}
              onChange={(next) => change({ sections: { ...text.sections, [name]: next } })}
            />
          ))}
        </>
      )}
      <Checkbox checked={material} onChange={(event) => setMaterial(event.target.checked)}>
        {t.material}
      </Checkbox>
      <div className="row">
        <Button type="primary" loading={check.isPending} onClick={() => check.mutate()}>
          {t.check}
        </Button>
        <Button
          danger
          disabled={check.data === undefined}
          loading={publish.isPending}
          onClick={() => publish.mutate()}
        >
          {t.publish}
        </Button>
      </div>
      <ProblemNote error={check.error ?? publish.error} />
      {publish.data?.published === false && <Alert type="error" showIcon title={t.notPublished} />}
      {answer !== undefined && (
        <Card size="small" title={t.findings}>
          {answer.findings.length === 0
            ? t.noFindings
            : answer.findings.map((f) => (
                <p key={`${f.code} ${f.locale} ${f.item}`}>
                  <Tag color={f.severity === "error" ? "red" : "orange"}>{stateOf(f.severity)}</Tag>{" "}
                  {f.message}
                </p>
              ))}
        </Card>
      )}
    </div>
  );
}

function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the text area inside.
    <label>
      <span className="quiet">{props.label}</span>
      <Input.TextArea
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        autoSize={{ minRows: 1, maxRows: 8 }}
      />
    </label>
  );
}
