import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Tag from "antd/es/tag";
import { useState } from "react";
import { get, post, put } from "../../api.ts";
import { say, useLocale, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

interface Version {
  readonly version: number;
  readonly definition: unknown;
  readonly metrics?: unknown;
  readonly contact?: unknown;
}

interface Finding {
  readonly code: string;
  readonly level: "error" | "warning";
  readonly question: string | null;
  readonly message: string;
}

/** The questions of the newest version: changed as JSON, checked, seen as people will see them, published. */
export function QuestionsTab({
  survey,
  mayWork,
}: {
  readonly survey: SurveyDetail;
  readonly mayWork: boolean;
}) {
  const newest = Math.max(...survey.versions.map((v) => v.version));
  const version = useQuery({
    queryKey: ["survey-version", survey.id, newest],
    queryFn: () => get<Version>(`/v1/surveys/${survey.id}/versions/${newest}`),
  });
  return (
    <Loaded query={version}>
      {(found) => <Editor key={found.version} survey={survey} version={found} mayWork={mayWork} />}
    </Loaded>
  );
}

function Editor(props: {
  readonly survey: SurveyDetail;
  readonly version: Version;
  readonly mayWork: boolean;
}) {
  const { survey, version } = props;
  const t = useWords(VOICE);
  const locale = useLocale();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [text, setText] = useState(() => JSON.stringify(version.definition, null, 2));
  const [seen, setSeen] = useState(0);
  const parse = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const isJson = parse() !== undefined;
  const parts = () => ({
    definition: parse(),
    ...(version.metrics === undefined ? {} : { metrics: version.metrics }),
    ...(version.contact == null ? {} : { contact: version.contact }),
  });
  const lint = useMutation({
    mutationFn: () =>
      post<{ findings: Finding[] }>("/v1/surveys/lint", {
        class: survey.class,
        anonymous: survey.anonymous,
        ...parts(),
      }),
  });
  const save = useMutation({
    mutationFn: () => put(`/v1/surveys/${survey.id}/draft`, parts()),
    onSuccess: () => {
      void message.success(t.saved);
      setSeen((n) => n + 1);
      void client.invalidateQueries({ queryKey: ["survey", survey.id] });
    },
  });
  const publish = useMutation({
    mutationFn: () => post<{ version: number }>(`/v1/surveys/${survey.id}/publish`),
    onSuccess: (done) => {
      void message.success(say(t.published, { version: done.version }));
      void client.invalidateQueries();
    },
  });
  return (
    <div className="two">
      <Card title={t.definition}>
        <Input.TextArea
          aria-label={t.definition}
          className="mono"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            lint.reset();
          }}
          autoSize={{ minRows: 18, maxRows: 34 }}
          spellCheck={false}
          readOnly={!props.mayWork}
        />
        {!isJson && <p role="alert">{t.badJson}</p>}
        <div className="row" style={{ marginTop: 12 }}>
          <Button disabled={!isJson} loading={lint.isPending} onClick={() => lint.mutate()}>
            {t.lint}
          </Button>
          {props.mayWork && (
            <>
              <Button disabled={!isJson} loading={save.isPending} onClick={() => save.mutate()}>
                {t.save}
              </Button>
              <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate()}>
                {t.publish}
              </Button>
            </>
          )}
        </div>
        <div style={{ marginTop: 12 }}>
          <ProblemNote error={lint.error ?? save.error ?? publish.error} />
          {lint.data !== undefined &&
            (lint.data.findings.length === 0 ? (
              <p>{t.noFindings}</p>
            ) : (
              lint.data.findings.map((f) => (
                <p key={`${f.code} ${f.question} ${f.message}`} style={{ margin: "4px 0" }}>
                  <Tag color={f.level === "error" ? "red" : "orange"}>{f.code}</Tag>
                  {f.question !== null && <code>{f.question}</code>} {f.message}
                </p>
              ))
            ))}
        </div>
      </Card>
      <Card title={t.preview} styles={{ body: { padding: 0 } }}>
        <iframe
          key={`${seen} ${locale}`}
          title={t.preview}
          src={`/v1/surveys/${survey.id}/preview?lang=${locale}`}
          style={{ border: 0, width: "100%", height: 640, borderRadius: 8, background: "#fff" }}
        />
      </Card>
    </div>
  );
}
