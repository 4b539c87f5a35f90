import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Drawer from "antd/es/drawer";
import Input from "antd/es/input";
import Popconfirm from "antd/es/popconfirm";
import Segmented from "antd/es/segmented";
import Select from "antd/es/select";
import { useState } from "react";
import type { Static } from "typebox";
import type {
  QuarantinedSchema,
  QuarantineSchema,
  ReplaySchema,
  SummarySchema,
} from "../../../../pipelines/doors/answers.schema.ts";
import type { SourcesSchema } from "../../../../pipelines/registry/source.schema.ts";
import { get, post } from "../../api.ts";
import { REASON_WORDS } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { OPERATE } from "./words.ts";

type Item = Static<typeof QuarantineSchema>["items"][number];

type Replayed = Static<typeof ReplaySchema>;

/** What was not stored: filter by source and reason, look, correct, try again, or give up. */
export function QuarantinePage() {
  const t = useWords(OPERATE);
  const stateOf = useCodes(STATES);
  const reasonOf = useCodes(REASON_WORDS);
  const { time } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [read, write] = useView();
  const [open, setOpen] = useState<string | null>(null);
  const doors: Readonly<Record<string, string>> = {
    file: t.doorFile,
    http: t.doorHttp,
    social: t.doorWebhook,
  };
  const placeOf = ({ door, place }: Item) => {
    const line = /^line (\d+)$/.exec(place ?? "")?.[1];
    const at = line === undefined ? place : say(t.inLine, { line });
    return [doors[door] ?? door, at].filter((x) => x !== null).join(" · ");
  };
  const mayAct = account.role === "admin" || account.role === "compliance";
  const sources = useQuery({
    queryKey: ["sources"],
    queryFn: () => get<Static<typeof SourcesSchema>>("/v1/sources", { limit: 200 }),
  });
  const summary = useQuery({
    queryKey: ["summary"],
    queryFn: () => get<Static<typeof SummarySchema>>("/v1/summary"),
  });
  const nameOf = (id: string) => sources.data?.sources.find((s) => s.id === id)?.name ?? id;
  const state = read("state") ?? "open";
  const code = read("code");
  const source = read("source");
  const all = useMutation({
    mutationFn: () =>
      post<Replayed>("/v1/quarantine/replay", { code, ...(source === undefined ? {} : { source }) }),
    onSuccess: (done) => {
      void message.info(
        say(t.replayed, {
          accepted: done.accepted,
          duplicate: done.duplicate,
          quarantined: done.quarantined,
        }),
      );
      void client.invalidateQueries();
    },
  });
  return (
    <PageBody title={t.quarantine} lead={t.quarantineLead}>
      <ProblemNote error={all.error} />
      <ServerList<Item>
        label={t.quarantine}
        path="/v1/quarantine"
        cursor="after"
        limit={50}
        query={{ state, code, source }}
        rowKey={(row) => row.id}
        empty={t.emptyQuarantine}
        csv="quarantine"
        {...(mayAct ? { onOpen: (row: Item) => setOpen(row.id) } : {})}
        filters={
          <>
            <Segmented
              value={state}
              onChange={(value) => write("state", value)}
              options={[
                { value: "open", label: t.open },
                { value: "all", label: t.all },
              ]}
            />
            <Select
              allowClear
              aria-label={t.reason}
              placeholder={t.reason}
              value={code ?? null}
              onChange={(value) => write("code", value ?? undefined)}
              style={{ minWidth: 200 }}
              options={(summary.data?.quarantined ?? []).map((q) => ({
                value: q.code,
                label: `${reasonOf(q.code)} (${q.count})`,
              }))}
            />
            <Select
              allowClear
              aria-label={t.sources}
              placeholder={t.sources}
              value={source ?? null}
              onChange={(value) => write("source", value ?? undefined)}
              style={{ minWidth: 180 }}
              options={(sources.data?.sources ?? []).map((s) => ({ value: s.id, label: s.name }))}
            />
            {mayAct && code !== undefined && (
              <Button onClick={() => all.mutate()} loading={all.isPending}>
                {t.replayAll}
              </Button>
            )}
          </>
        }
        columns={[
          { title: t.received, dataIndex: "receivedAt", sort: "received", render: time },
          {
            title: t.source,
            key: "source",
            render: (_, row) => nameOf(row.sourceId),
            csv: (r) => nameOf(r.sourceId),
          },
          {
            title: t.reason,
            dataIndex: "code",
            sort: "code",
            render: (v: string) => <span title={v}>{reasonOf(v)}</span>,
          },
          {
            title: t.detail,
            dataIndex: "detail",
            render: (v: string) => <div className="words">{v}</div>,
          },
          {
            title: t.place,
            key: "place",
            render: (_, row) => placeOf(row),
            csv: placeOf,
          },
          { title: t.state, dataIndex: "state", render: stateOf },
        ]}
      />
      {open !== null && <ItemDrawer id={open} onClose={() => setOpen(null)} />}
    </PageBody>
  );
}

function ItemDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(OPERATE);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const reasonOf = useCodes(REASON_WORDS);
  const item = useQuery({
    queryKey: ["quarantined", id],
    queryFn: () => get<Static<typeof QuarantinedSchema>>(`/v1/quarantine/${id}`),
  });
  const shown = text ?? JSON.stringify(item.data?.payload, null, 2);
  const done = () => {
    void client.invalidateQueries();
    onClose();
  };
  const replay = useMutation({
    mutationFn: () =>
      post<Replayed>("/v1/quarantine/replay", {
        id,
        ...(text === null ? {} : { payload: JSON.parse(text) as unknown }),
      }),
    onSuccess: (answer) => {
      void message.info(
        say(t.replayed, {
          accepted: answer.accepted,
          duplicate: answer.duplicate,
          quarantined: answer.quarantined,
        }),
      );
      done();
    },
  });
  const discard = useMutation({
    mutationFn: () => post("/v1/quarantine/discard", { ids: [id] }),
    onSuccess: done,
  });
  return (
    <Drawer open onClose={onClose} size="large" title={t.look}>
      <Loaded query={item}>
        {(found) => (
          <div className="stack">
            <ProblemNote error={replay.error ?? discard.error} />
            <div>
              <strong>{reasonOf(found.code)}</strong> <code className="quiet">{found.code}</code>
              <p className="quiet">{found.detail}</p>
            </div>
            <Input.TextArea
              aria-label={t.original}
              value={shown}
              onChange={(event) => setText(event.target.value)}
              className="mono"
              autoSize={{ minRows: 8, maxRows: 30 }}
              spellCheck={false}
            />
            <div className="row">
              <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate()}>
                {t.replay}
              </Button>
              <Popconfirm title={t.discard} description={t.discardText} onConfirm={() => discard.mutate()}>
                <Button danger>{t.discard}</Button>
              </Popconfirm>
            </div>
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}
