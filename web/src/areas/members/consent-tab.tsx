import { useMutation } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { MemberConsentsSchema } from "../../../../consent/answers.schema.ts";
import { post } from "../../api.ts";
import { CHANNELS, METHODS } from "../../codes/kinds.ts";
import { CLUES } from "../../codes/notices.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList, usePages } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { ShownOnce } from "../../parts/secret.tsx";
import { ConsentTimeline, STATE_TAGS } from "./consent-timeline.tsx";
import { MEMBERS } from "./words.ts";

type Consents = Static<typeof MemberConsentsSchema>;
type Said = Consents["history"][number];

/** What a member's consents amount to now, with the reason in sentences, and everything that was said. */
export function ConsentTab({ id }: { readonly id: string }) {
  const t = useWords(MEMBERS);
  const purposeOf = usePurposeName();
  const clueOf = useCodes(CLUES);
  const stateOf = useCodes(STATES);
  const methodOf = useCodes(METHODS);
  const channelOf = useCodes(CHANNELS);
  const { nameOf: regimeOf } = useRegimes();
  const { time } = useFormats();
  const locale = useLocale();
  const asked = { path: `/v1/members/${id}/consents`, query: { locale }, field: "history", limit: 50 };
  const pages = usePages<Said, Consents>(asked);
  const { list } = pages;
  const link = useMutation({
    mutationFn: () => post<{ path: string }>(`/v1/members/${id}/preference-link`, {}),
  });
  return (
    <Loaded query={{ data: pages.pages[0], error: list.error, isPending: list.isPending }}>
      {(c) => (
        <div className="stack">
          <div className="row">
            <Tag color="blue">
              {t.regime}: {regimeOf(c.regime.regime) || "–"}
            </Tag>
            {c.regime.because?.decidedBy !== undefined && (
              <span className="quiet">{say(t.because, { what: clueOf(c.regime.because.decidedBy) })}</span>
            )}
            <span style={{ flex: 1 }} />
            <Button onClick={() => link.mutate()} loading={link.isPending}>
              {t.preferences}
            </Button>
          </div>
          <ProblemNote error={link.error} />
          {link.data !== undefined && <ShownOnce value={`${location.origin}${link.data.path}`} />}
          <Card title={t.consents} styles={{ body: { padding: 16 } }}>
            <Table
              rowKey={(row) => `${row.purpose} ${row.channel ?? ""}`}
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={c.decisions}
              columns={[
                { title: t.purpose, dataIndex: "purpose", render: purposeOf },
                { title: t.channel, dataIndex: "channel", render: channelOf },
                {
                  title: "",
                  dataIndex: "allowed",
                  render: (v: boolean) => <Tag color={v ? "green" : "red"}>{v ? t.allowed : t.denied}</Tag>,
                },
                {
                  title: t.reasonWords,
                  key: "why",
                  render: (_, row) => <div className="words">{(row.sentences ?? []).slice(1).join(" ")}</div>,
                },
              ]}
            />
          </Card>
          <ConsentTimeline history={pages.rows} isWhole={!list.hasNextPage} />
          <Card title={t.history} styles={{ body: { padding: 16 } }}>
            <ServerList<Said>
              {...asked}
              bare
              label={t.history}
              rowKey={(row) => row.id}
              empty={t.nothingSaid}
              csv="consents"
              columns={[
                { title: t.when, dataIndex: "recordedAt", render: time },
                {
                  title: t.action,
                  dataIndex: "state",
                  render: (v: string) => <Tag color={STATE_TAGS[v] ?? "default"}>{stateOf(v)}</Tag>,
                },
                { title: t.purpose, dataIndex: "purpose", render: purposeOf },
                { title: t.channel, dataIndex: "channel", render: channelOf },
                { title: t.method, dataIndex: "method", render: methodOf },
                {
                  title: t.notice,
                  key: "notice",
                  render: (_, row) =>
                    row.notice === null ? null : (
                      <a
                        href={`/n/${row.notice.id}/${row.notice.version}/${row.notice.locale}`}
                        target="_blank"
                        rel="noreferrer"
                      >
                        {row.notice.id} {row.notice.version}
                      </a>
                    ),
                  csv: (row) => row.notice && `${row.notice.id} ${row.notice.version}`,
                },
              ]}
            />
          </Card>
        </div>
      )}
    </Loaded>
  );
}
