import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Table from "antd/es/table";
import Upload from "antd/es/upload";
import { useState } from "react";
import type { Static } from "typebox";
import type { FilePreviewSchema, FileReportSchema } from "../../../../pipelines/doors/answers.schema.ts";
import type { FileMapping } from "../../../../pipelines/mapping/mapping.schema.ts";
import { address, call, patch, type Query } from "../../api.ts";
import { IDENTIFIERS } from "../../codes/kinds.ts";
import { ROW_FIELD_WORDS } from "../../codes/row-fields.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { MappingForm } from "./mapping-form.tsx";
import type { Source } from "./sources.tsx";
import { useReason } from "./use-reason.ts";
import { OPERATE } from "./words.ts";
import { MAPPING } from "./words-mapping.ts";

type FileReport = Static<typeof FileReportSchema>;
type FilePreview = Static<typeof FilePreviewSchema>;

/** A source's mapping, written as a form or as JSON and tried on a file before it is saved. */
export function Mapping({ source, mayChange }: { readonly source: Source; readonly mayChange: boolean }) {
  const t = useWords(OPERATE);
  const words = useWords(MAPPING);
  const { message } = App.useApp();
  const client = useQueryClient();
  const kept = JSON.stringify(source.mapping ?? {}, null, 2);
  /** What somebody is writing; null: what is kept. A newer answer of the server never takes their words away. */
  const [written, setWritten] = useState<string | null>(null);
  const text = written ?? kept;
  const [file, setFile] = useState<File | null>(null);
  const [view, setView] = useState<"form" | "json">("form");
  const parsed = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const mapping = parsed();
  const isJson = mapping !== undefined;
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
    onSuccess: async () => {
      void message.success(t.saved);
      await client.invalidateQueries({ queryKey: ["source", source.id] });
      // What is kept is in force now; the store orders its keys anew.
      setWritten(null);
    },
  });
  return (
    <Card
      title={t.mapping}
      extra={
        <Segmented
          aria-label={words.view}
          size="small"
          value={view}
          onChange={setView}
          options={(["form", "json"] as const).map((value) => ({ value, label: words[value] }))}
        />
      }
    >
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.mappingText}
      </p>
      {view === "form" && isMapping(mapping) ? (
        <MappingForm
          mapping={mapping}
          sourceKind={source.kind}
          columns={attempt.data?.columns ?? []}
          found={attempt.data?.mapping?.fields as FileMapping["fields"]}
          readOnly={!mayChange}
          onChange={(next) => setWritten(JSON.stringify(next, null, 2))}
        />
      ) : view === "form" ? (
        <p role="alert">{words.notJson}</p>
      ) : (
        <>
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
        </>
      )}
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
              disabled={written !== null}
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

/** Whether JSON is at least an object whose fields, if any, are one too; the server says what else is wrong. */
function isMapping(json: unknown): json is FileMapping {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject(json) && ["undefined", "object"].includes(typeof (json as { fields?: unknown }).fields);
}

/** What the first rows of a file would become; nothing is stored. */
function PreviewShown({ preview }: { readonly preview: FilePreview }) {
  const t = useWords(OPERATE);
  const { number, time } = useFormats();
  const fieldOf = useCodes(ROW_FIELD_WORDS);
  const identifierOf = useCodes(IDENTIFIERS);
  const reasonOf = useReason();
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
          { title: fieldOf("occurredAt"), key: "at", render: (_, row) => time(row.mapped?.occurredAt) },
          {
            title: t.identifiers,
            key: "who",
            render: (_, row) =>
              (row.mapped?.identifiers ?? []).map((i) => `${identifierOf(i.kind)} ${i.masked}`).join(", "),
          },
          {
            title: t.fields,
            key: "fields",
            render: (_, row) =>
              [...(row.mapped?.traits ?? []), ...(row.mapped?.properties ?? [])].map(fieldOf).join(", "),
          },
          {
            title: t.detail,
            key: "problems",
            render: (_, row) => <div className="words">{row.problems.map(reasonOf).join("; ")}</div>,
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
  const reasonOf = useReason();
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
            {reasonOf(reason)} × {number(reason.count)}, {say(t.line, { line: number(reason.firstLine) })}
          </li>
        ))}
      </ul>
    </>
  );
}
