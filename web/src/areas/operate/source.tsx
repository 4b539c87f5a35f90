import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Popconfirm from "antd/es/popconfirm";
import Table from "antd/es/table";
import Upload from "antd/es/upload";
import { useState } from "react";
import { useParams } from "react-router";
import type { Static } from "typebox";
import type { FilePreviewSchema, FileReportSchema } from "../../../../pipelines/doors/answers.schema.ts";
import type { WriteKeySchema } from "../../../../pipelines/registry/source.schema.ts";
import { address, call, get, patch, post, type Query } from "../../api.ts";
import { CHANNELS, SOURCE_KINDS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { useSession } from "../../session.ts";
import type { Source } from "./sources.tsx";
import { OPERATE } from "./words.ts";

type FileReport = Static<typeof FileReportSchema>;
type FilePreview = Static<typeof FilePreviewSchema>;

/** One source: its settings, its mapping tried on a file, its keys. */
export function SourcePage() {
  const { id = "" } = useParams();
  const source = useQuery({ queryKey: ["source", id], queryFn: () => get<Source>(`/v1/sources/${id}`) });
  return <Loaded query={source}>{(found) => <Shown key={found.id} source={found} />}</Loaded>;
}

function Shown({ source }: { readonly source: Source }) {
  const t = useWords(OPERATE);
  const kindOf = useCodes(SOURCE_KINDS);
  const channelOf = useCodes(CHANNELS);
  const stateOf = useCodes(STATES);
  const purposeOf = usePurposeName();
  const { date } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const isAdmin = account.role === "admin";
  const key = useMutation({
    mutationFn: () =>
      post<Static<typeof WriteKeySchema>>(`/v1/sources/${source.id}/keys`, { overlapDays: 7 }),
  });
  const end = useMutation({
    mutationFn: () => patch(`/v1/sources/${source.id}`, { state: "ended" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["source", source.id] }),
  });
  return (
    <PageBody
      title={source.name}
      lead={[kindOf(source.kind), channelOf(source.platform), stateOf(source.state)]
        .filter((word) => word !== "")
        .join(" · ")}
      actions={
        isAdmin &&
        source.state === "active" && (
          <>
            <Popconfirm title={t.newKey} description={t.newKeyText} onConfirm={() => key.mutate()}>
              <Button loading={key.isPending}>{t.newKey}</Button>
            </Popconfirm>
            <Popconfirm title={t.end} description={t.endText} onConfirm={() => end.mutate()}>
              <Button danger loading={end.isPending}>
                {t.end}
              </Button>
            </Popconfirm>
          </>
        )
      }
    >
      <div className="stack">
        <ProblemNote error={key.error ?? end.error} />
        {key.data !== undefined && <ShownOnce value={key.data.writeKey} />}
        {source.warnings.length > 0 && (
          <Alert
            type="warning"
            showIcon
            title={t.warnings}
            description={source.warnings.map((w) => (
              <div key={w.path + w.message}>
                <code>{w.path}</code> {w.message}
              </div>
            ))}
          />
        )}
        <Card>
          <dl className="kv">
            <dt>{t.purposes}</dt>
            <dd>{source.purposes.map(purposeOf).join(", ")}</dd>
            <dt>{t.currency}</dt>
            <dd>{source.currency ?? "–"}</dd>
            <dt>{t.timeZone}</dt>
            <dd>{source.timeZone}</dd>
            <dt>{t.since}</dt>
            <dd>{date(source.createdAt)}</dd>
          </dl>
        </Card>
        {(source.kind === "pos" || source.kind === "survey" || source.kind === "members") && (
          <Mapping source={source} mayChange={isAdmin} />
        )}
      </div>
    </PageBody>
  );
}

function Mapping({ source, mayChange }: { readonly source: Source; readonly mayChange: boolean }) {
  const t = useWords(OPERATE);
  const { message } = App.useApp();
  const client = useQueryClient();
  const kept = JSON.stringify(source.mapping ?? {}, null, 2);
  /** What somebody is writing; null: what is kept. A newer answer of the server never takes their words away. */
  const [written, setWritten] = useState<string | null>(null);
  const text = written ?? kept;
  const [file, setFile] = useState<File | null>(null);
  const parsed = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const isJson = parsed() !== undefined;
  const send = <T,>(given: File, query: Query) =>
    call<T>("POST", address(`/v1/sources/${source.id}/files`, query), given, {
      "content-type": "application/octet-stream",
    });
  const attempt = useMutation({
    mutationFn: (given: File) =>
      send<FilePreview>(given, { preview: true, rows: 20, mapping: JSON.stringify(parsed()) }),
  });
  const importing = useMutation({
    mutationFn: (given: File) => send<FileReport>(given, {}),
    onSuccess: () => {
      attempt.reset();
      void client.invalidateQueries({ queryKey: ["summary"] });
    },
  });
  const save = useMutation({
    mutationFn: () => patch(`/v1/sources/${source.id}`, { mapping: parsed() }),
    onSuccess: () => {
      void message.success(t.saved);
      void client.invalidateQueries({ queryKey: ["source", source.id] });
    },
  });
  return (
    <Card title={t.mapping}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.mappingText}
      </p>
      <Input.TextArea
        value={text}
        onChange={(event) => setWritten(event.target.value)}
        aria-label={t.mapping}
        className="mono"
        autoSize={{ minRows: 10, maxRows: 28 }}
        spellCheck={false}
        readOnly={!mayChange}
        {...(isJson ? {} : { status: "error" as const })}
      />
      {!isJson && <p role="alert">{t.badJson}</p>}
      {mayChange && (
        <div className="row" style={{ marginTop: 12 }}>
          <Upload
            maxCount={1}
            showUploadList={false}
            beforeUpload={(chosen) => {
              setFile(chosen);
              importing.reset();
              attempt.mutate(chosen);
              return false;
            }}
          >
            <Button disabled={!isJson} loading={attempt.isPending}>
              {t.tryFile}
            </Button>
          </Upload>
          <Button type="primary" disabled={!isJson} loading={save.isPending} onClick={() => save.mutate()}>
            {t.save}
          </Button>
          {file !== null && attempt.data !== undefined && (
            <Button
              loading={importing.isPending}
              disabled={text !== JSON.stringify(source.mapping ?? {}, null, 2)}
              onClick={() => importing.mutate(file)}
            >
              {t.importFile} ({file.name})
            </Button>
          )}
        </div>
      )}
      <div style={{ marginTop: 16 }}>
        <ProblemNote error={attempt.error ?? importing.error ?? save.error} />
        {attempt.data !== undefined && <PreviewShown preview={attempt.data} />}
        {importing.data !== undefined && <ReportShown report={importing.data} />}
      </div>
    </Card>
  );
}

/** What the first rows of a file would become; nothing is stored. */
function PreviewShown({ preview }: { readonly preview: FilePreview }) {
  const t = useWords(OPERATE);
  const { number } = useFormats();
  return (
    <>
      <p>
        <strong>{say(t.previewOf, { rows: number(preview.rowsRead) })}</strong>{" "}
        <span className="quiet">{preview.columns.join(", ")}</span>
      </p>
      <Table
        rowKey="line"
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={preview.rows}
        columns={[
          { title: t.place, dataIndex: "line", align: "right" },
          { title: t.kind, key: "type", render: (_, row) => row.mapped?.name ?? row.mapped?.type ?? "–" },
          { title: t.received, key: "at", render: (_, row) => row.mapped?.occurredAt ?? "" },
          {
            title: t.identifiers,
            key: "who",
            render: (_, row) =>
              (row.mapped?.identifiers ?? []).map((i) => `${i.kind} ${i.masked}`).join(", "),
          },
          {
            title: t.fields,
            key: "fields",
            render: (_, row) => [...(row.mapped?.traits ?? []), ...(row.mapped?.properties ?? [])].join(", "),
          },
          {
            title: t.detail,
            key: "problems",
            render: (_, row) => (
              <div className="words">
                {row.problems.map((problem) => `${problem.code}: ${problem.detail}`).join(" ")}
              </div>
            ),
          },
        ]}
      />
      {preview.unmappedColumns.length > 0 && (
        <p className="quiet">{say(t.unmapped, { columns: preview.unmappedColumns.join(", ") })}</p>
      )}
    </>
  );
}

/** What became of a file's rows. */
function ReportShown({ report }: { readonly report: FileReport }) {
  const t = useWords(OPERATE);
  const { number } = useFormats();
  return (
    <>
      <p>
        <strong>
          {say(t.imported, {
            rows: number(report.rows),
            accepted: number(report.counts.accepted),
            duplicate: number(report.counts.duplicate),
            quarantined: number(report.counts.quarantined),
          })}
        </strong>
      </p>
      <ul>
        {report.reasons.map((reason) => (
          <li key={reason.code}>
            <code>{reason.code}</code> × {number(reason.count)}, {say(t.line, { line: reason.firstLine })}:{" "}
            {reason.detail}
          </li>
        ))}
      </ul>
    </>
  );
}
