import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Drawer from "antd/es/drawer";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { address, get, post } from "../../api.ts";
import { BASES } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { JsonArea, useJsonText } from "../../parts/json-area.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { CONSENT } from "./words.ts";

interface Purpose {
  readonly id: string;
  readonly version: number;
  readonly name: Readonly<Record<string, string>>;
  readonly description: Readonly<Record<string, string>>;
  readonly lawfulBasis: string;
  readonly categories: readonly string[];
  readonly channels: readonly string[];
  readonly retention: string;
  readonly sensitive: boolean;
  readonly crossBorder: unknown;
}

interface PurposeFile {
  readonly format: string;
  readonly purposes: readonly Purpose[];
}

interface Difference {
  readonly applied: boolean;
  readonly changes: readonly {
    readonly kind: "added" | "removed" | "changed";
    readonly id: string;
    readonly fields?: readonly {
      readonly field: string;
      readonly before: unknown;
      readonly after: unknown;
      readonly widens: boolean;
    }[];
    readonly problems?: readonly string[];
  }[];
}

/** The purposes in force, and changing them as a reviewed file. */
export function PurposesPage() {
  const t = useWords(CONSENT);
  const basisOf = useCodes(BASES);
  const locale = useLocale();
  const { account } = useSession();
  const [editing, setEditing] = useState(false);
  const file = useQuery({ queryKey: ["purposes"], queryFn: () => get<PurposeFile>("/v1/purposes") });
  const mayEdit = account.role === "admin" || account.role === "compliance";
  return (
    <PageBody
      title={t.purposes}
      lead={t.purposesLead}
      actions={mayEdit && <Button onClick={() => setEditing(true)}>{t.edit}</Button>}
    >
      <Card styles={{ body: { padding: 16 } }}>
        <Loaded query={file}>
          {({ purposes }) => (
            <Table<Purpose>
              rowKey="id"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={purposes}
              columns={[
                {
                  title: t.purpose,
                  key: "name",
                  render: (_, row) => (
                    <div style={{ maxWidth: 420, whiteSpace: "normal" }}>
                      <strong>{row.name[locale]}</strong> <code>{row.id}</code>
                      <div className="quiet">{row.description[locale]}</div>
                    </div>
                  ),
                },
                { title: t.basis, dataIndex: "lawfulBasis", render: (v: string) => <Tag>{basisOf(v)}</Tag> },
                {
                  title: t.categories,
                  key: "categories",
                  render: (_, row) => (
                    <div style={{ maxWidth: 240, whiteSpace: "normal" }}>{row.categories.join(", ")}</div>
                  ),
                },
                {
                  title: t.channels,
                  key: "channels",
                  render: (_, row) => (
                    <div style={{ maxWidth: 160, whiteSpace: "normal" }}>{row.channels.join(", ")}</div>
                  ),
                },
                { title: t.retention, dataIndex: "retention" },
                { title: t.version, dataIndex: "version", align: "right" },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {editing && file.data !== undefined && <Edit file={file.data} onClose={() => setEditing(false)} />}
    </PageBody>
  );
}

function Edit({ file, onClose }: { readonly file: PurposeFile; readonly onClose: () => void }) {
  const t = useWords(CONSENT);
  const client = useQueryClient();
  const { message } = App.useApp();
  const json = useJsonText(file);
  const isJson = json.value !== undefined;
  const look = useMutation({
    mutationFn: () => post<Difference>(address("/v1/purposes", { preview: true }), json.value),
  });
  const apply = useMutation({
    mutationFn: () => post<Difference>("/v1/purposes", json.value),
    onSuccess: () => {
      void message.success(t.applied);
      void client.invalidateQueries({ queryKey: ["purposes"] });
      onClose();
    },
  });
  return (
    <Drawer open onClose={onClose} size="large" title={t.edit}>
      <div className="stack">
        <p className="quiet" style={{ margin: 0 }}>
          {t.editText}
        </p>
        <JsonArea label={t.edit} json={json} rows={[16, 30]} onEdit={() => look.reset()} />
        <div className="row">
          <Button type="primary" disabled={!isJson} loading={look.isPending} onClick={() => look.mutate()}>
            {t.difference}
          </Button>
          <Button
            danger
            disabled={look.data === undefined || look.data.changes.length === 0}
            loading={apply.isPending}
            onClick={() => apply.mutate()}
          >
            {t.apply}
          </Button>
        </div>
        <ProblemNote error={look.error ?? apply.error} />
        {look.data?.changes.length === 0 && <p>{t.same}</p>}
        {look.data?.changes.map((change) => (
          <Card key={change.id} size="small" title={change.id} extra={<Tag>{t[change.kind]}</Tag>}>
            {(change.problems ?? []).map((problem) => (
              <p key={problem}>{problem}</p>
            ))}
            {(change.fields ?? []).map((field) => (
              <div key={field.field} style={{ marginBottom: 8 }}>
                <code>{field.field}</code> {field.widens && <Tag color="orange">{t.widens}</Tag>}
                <div className="mono">− {JSON.stringify(field.before)}</div>
                <div className="mono">+ {JSON.stringify(field.after)}</div>
              </div>
            ))}
          </Card>
        ))}
      </div>
    </Drawer>
  );
}
