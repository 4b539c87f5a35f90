import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Drawer from "antd/es/drawer";
import Input from "antd/es/input";
import Popconfirm from "antd/es/popconfirm";
import Select from "antd/es/select";
import { useState } from "react";
import { del, get, post } from "../../api.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { LOYALTY } from "./words.ts";

interface Count {
  readonly count: number | null;
  readonly suppressed: boolean;
}

interface Segment {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly rule: unknown;
  readonly state: string;
  readonly evaluatedAt: string | null;
  readonly members: Count;
}

const EXAMPLE = {
  all: [
    { measure: "orders", atLeast: 2 },
    { measure: "daysSinceLastOrder", atMost: 90 },
  ],
};

/** Segments, and a new one that is counted before it is kept. */
export function SegmentsPage() {
  const t = useWords(LOYALTY);
  const { time, number } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => del(`/v1/segments/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/segments"] }),
  });
  const mayWrite = account.role !== "analyst";
  return (
    <PageBody
      title={t.segments}
      lead={t.segmentsLead}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      <ProblemNote error={end.error} />
      <ServerList<Segment>
        label={t.segments}
        path="/v1/segments"
        cursor="after"
        rowKey={(row) => row.id}
        empty={t.noSegments}
        csv="segments"
        columns={[
          { title: t.name, dataIndex: "name" },
          { title: t.purpose, dataIndex: "purpose" },
          {
            title: t.members,
            key: "members",
            align: "right",
            render: (_, row) => (row.members.count === null ? t.fewer : number(row.members.count)),
            csv: (row) => row.members.count,
          },
          {
            title: t.rule,
            key: "rule",
            render: (_, row) => (
              <div className="mono" style={{ maxWidth: 420, whiteSpace: "normal" }}>
                {JSON.stringify(row.rule)}
              </div>
            ),
          },
          { title: t.evaluated, dataIndex: "evaluatedAt", render: time },
          {
            title: "",
            key: "act",
            render: (_, row) =>
              mayWrite && (
                <Popconfirm title={t.end} description={t.endText} onConfirm={() => end.mutate(row.id)}>
                  <Button size="small" danger>
                    {t.end}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      {adding && <NewSegment onClose={() => setAdding(false)} />}
    </PageBody>
  );
}

function NewSegment({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const { number } = useFormats();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [purpose, setPurpose] = useState<string>("analytics");
  const [text, setText] = useState(() => JSON.stringify(EXAMPLE, null, 2));
  const purposes = useQuery({
    queryKey: ["purposes"],
    queryFn: () => get<{ purposes: { id: string; name: Record<string, string> }[] }>("/v1/purposes"),
  });
  const parse = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const isJson = parse() !== undefined;
  const count = useMutation({
    mutationFn: () =>
      post<{ members: Count; among: Count }>("/v1/segments/preview", { purpose, rule: parse() }),
  });
  const save = useMutation({
    mutationFn: () => post("/v1/segments", { name, purpose, rule: parse() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/segments"] });
      onClose();
    },
  });
  const shown = (c: Count) => (c.count === null ? t.fewer : number(c.count));
  return (
    <Drawer open onClose={onClose} size="large" title={t.add}>
      <div className="stack">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          aria-label={t.name}
          placeholder={t.name}
        />
        <Select
          value={purpose}
          onChange={setPurpose}
          aria-label={t.purpose}
          options={(purposes.data?.purposes ?? []).map((p) => ({
            value: p.id,
            label: p.name[locale] ?? p.id,
          }))}
        />
        <Input.TextArea
          aria-label={t.rule}
          className="mono"
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoSize={{ minRows: 10, maxRows: 24 }}
          spellCheck={false}
        />
        <span className="quiet">{t.example}</span>
        {!isJson && <p role="alert">{t.badJson}</p>}
        <div className="row">
          <Button disabled={!isJson} loading={count.isPending} onClick={() => count.mutate()}>
            {t.count}
          </Button>
          <Button
            type="primary"
            disabled={!isJson || name.trim() === ""}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t.save}
          </Button>
          {count.data !== undefined && (
            <strong>
              {say(t.counted, { count: shown(count.data.members), among: shown(count.data.among) })}
            </strong>
          )}
        </div>
        <ProblemNote error={count.error ?? save.error} />
      </div>
    </Drawer>
  );
}
