import { useQuery } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Card from "antd/es/card";
import Steps from "antd/es/steps";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { Static } from "typebox";
import { citeIn } from "../../../../consent/regimes/citations.ts";
import type { RevealReason } from "../../../../src/kernel/mask.ts";
import type { ErasurePreviewSchema } from "../../../../src/privacy/fulfil/port.schema.ts";
import type { RequestDetail } from "../../../../src/privacy/requests/request.schema.ts";
import { get } from "../../api.ts";
import { ACTS, STEP_WORDS } from "../../codes/acts.ts";
import { wordOf } from "../../codes/code-words.ts";
import { ACTORS, DOORS, IDENTITY_METHODS } from "../../codes/kinds.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { Reveal } from "../../parts/reveal.tsx";
import { useSession } from "../../session.ts";
import { Acts } from "./acts.tsx";
import { Due } from "./due.tsx";
import { REQUESTS } from "./words.ts";

export type Detail = Static<typeof RequestDetail>;

export type Preview = Static<typeof ErasurePreviewSchema>;

/** One request from arrival to certificate. */
export function RequestPage() {
  const t = useWords(REQUESTS);
  const stateOf = useCodes(STATES);
  const stepOf = useCodes(STEP_WORDS);
  const actOf = useCodes(ACTS);
  const { nameOf: regimeOf } = useRegimes();
  const actorOf = useCodes(ACTORS);
  const proofOf = useCodes(IDENTITY_METHODS);
  const locale = useLocale();
  const { date, time } = useFormats();
  const { account } = useSession();
  const { id = "" } = useParams();
  const request = useQuery({
    queryKey: ["request", id],
    queryFn: () => get<Detail>(`/v1/dsr/${id}`),
    // Work that runs moves by itself; everything else changes by somebody's act.
    refetchInterval: (query) => (query.state.data?.closedAt === null ? 5_000 : false),
  });
  // Asked for once: every look at what is hidden is noted in the audit log.
  const [reveal, setReveal] = useState<RevealReason>();
  const revealed = useQuery({
    queryKey: ["request-revealed", id, reveal],
    queryFn: () => get<Detail>(`/v1/dsr/${id}`, { reveal }),
    enabled: reveal !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const r = request.data;
  const personal = revealed.data ?? r;
  /** A note's code: how identity was shown, by which door it came, a step, or the ground of a refusal. */
  const noteOf = (code: string | null): string | null => {
    if (code === null) return null;
    const ground = r?.grounds?.find((g) => g.id === code);
    if (ground !== undefined) return ground.words[locale];
    const words = [IDENTITY_METHODS, DOORS, STEP_WORDS].find((family) => Object.hasOwn(family, code));
    return words === undefined ? code : wordOf(words, code, locale);
  };
  return (
    <PageBody
      title={r === undefined ? t.title : `${t[r.kind]} · ${regimeOf(r.regime)}`}
      lead={<span className="mono">{id}</span>}
      actions={r !== undefined && <Due request={r} />}
    >
      <Loaded query={request}>
        {(found) => (
          <div className="two">
            <div className="stack">
              {found.isHeld && <Alert type="warning" showIcon title={t.holds} />}
              {found.failedStep !== null && (
                <Alert type="error" showIcon title={say(t.failedAt, { step: stepOf(found.failedStep) })} />
              )}
              <Card>
                <dl className="kv">
                  <dt>{t.state}</dt>
                  <dd>
                    <Tag color={found.closedAt === null ? "blue" : "default"}>{stateOf(found.state)}</Tag>
                    {found.coolingUntil !== null && found.closedAt === null && (
                      <span className="quiet">{say(t.cooling, { at: time(found.coolingUntil) })}</span>
                    )}
                    {found.confirmUntil !== null && found.confirmedAt === null && found.closedAt === null && (
                      <span className="quiet">{say(t.confirmUntil, { at: time(found.confirmUntil) })}</span>
                    )}
                  </dd>
                  <dt>{t.received}</dt>
                  <dd>
                    {time(found.receivedAt)} · {t[found.door]}
                  </dd>
                  <dt>{t.member}</dt>
                  <dd>
                    {found.memberId === null ? (
                      found.match === "unknown" ? (
                        t.notLookedFor
                      ) : (
                        t.nobody
                      )
                    ) : (
                      <Link className="mono" to={`/console/members/${found.memberId}`}>
                        {found.memberId}
                      </Link>
                    )}
                  </dd>
                  <dt>{t.identity}</dt>
                  <dd>
                    {found.verifiedAt === null
                      ? t.notVerified
                      : say(t.verified, { method: proofOf(found.identity.method) || "–" })}
                    <div className="quiet">{say(t.identityTier, { tier: proofOf(found.identity.tier) })}</div>
                  </dd>
                  {personal?.contact != null && (
                    <>
                      <dt>{t.contact}</dt>
                      <dd>{personal.contact.value}</dd>
                    </>
                  )}
                  {personal?.words != null && (
                    <>
                      <dt>{t.words}</dt>
                      <dd style={{ whiteSpace: "pre-wrap" }}>{personal.words}</dd>
                    </>
                  )}
                  {personal?.masked === true && (personal.contact !== null || personal.words !== null) && (
                    <>
                      <dt />
                      <dd>
                        <Reveal onReveal={setReveal} />
                        <ProblemNote error={revealed.error} />
                      </dd>
                    </>
                  )}
                  {found.certificateId !== null && (
                    <>
                      <dt>{t.certificate}</dt>
                      <dd>
                        <a
                          href={`/v1/certificates/${found.certificateId}/page?lang=${locale}`}
                          target="_blank"
                          rel="noreferrer"
                        >
                          {t.openCertificate}
                        </a>
                      </dd>
                    </>
                  )}
                </dl>
              </Card>
              {found.kind === "erasure" && found.memberId !== null && found.closedAt === null && (
                <PreviewCard id={id} />
              )}
              <Progress progress={found.progress} />
              <Card title={t.history} styles={{ body: { padding: 16 } }}>
                <Table
                  rowKey="seq"
                  size="small"
                  pagination={false}
                  scroll={{ x: "max-content" }}
                  dataSource={found.history}
                  columns={[
                    { title: t.when, dataIndex: "at", render: time },
                    { title: t.what, dataIndex: "act", render: actOf },
                    { title: t.state, dataIndex: "to", render: stateOf },
                    { title: t.by, key: "by", render: (_, row) => actorOf(row.by.kind) },
                    {
                      title: t.note,
                      key: "note",
                      render: (_, row) => (
                        <div className="words">
                          {[noteOf(row.code), row.note].filter((x) => x !== null).join(" · ")}
                        </div>
                      ),
                    },
                  ]}
                />
              </Card>
            </div>
            <div className="stack">
              <Card title={t.clock}>
                <p style={{ marginTop: 0, fontSize: 20, fontWeight: 640 }}>{date(found.clock.answer.day)}</p>
                <p>{found.clock.answer.words[locale]}</p>
                {found.clock.acknowledge !== null && (
                  <p className="quiet">{found.clock.acknowledge.words[locale]}</p>
                )}
              </Card>
              {account.role !== "auditor" && <Acts request={found} />}
            </div>
          </div>
        )}
      </Loaded>
    </PageBody>
  );
}

function PreviewCard({ id }: { readonly id: string }) {
  const t = useWords(REQUESTS);
  const locale = useLocale();
  const { number, date } = useFormats();
  const preview = useQuery({
    queryKey: ["request-preview", id],
    queryFn: () => get<Preview>(`/v1/dsr/${id}/preview`),
  });
  return (
    <Card title={t.preview} styles={{ body: { padding: 16 } }}>
      <Loaded query={preview}>
        {(found) => (
          <>
            {found.holds.length > 0 && (
              <Alert type="warning" showIcon title={t.holds} style={{ marginBottom: 12 }} />
            )}
            <Table
              rowKey={(row) => `${row.table} ${row.treatment}`}
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={found.holders.filter((h) => h.rows > 0)}
              columns={[
                {
                  title: t.holder,
                  key: "holder",
                  render: (_, row) => (
                    <div style={{ minWidth: 120, maxWidth: 230, whiteSpace: "normal" }}>
                      {row.name[locale]}
                    </div>
                  ),
                },
                {
                  title: t.treatment,
                  dataIndex: "treatment",
                  render: (v: "erase" | "pseudonymise" | "keep") => (
                    <Tag color={v === "erase" ? "red" : v === "keep" ? "gold" : "blue"}>{t[v]}</Tag>
                  ),
                },
                { title: t.rows, dataIndex: "rows", align: "right", render: (n: number) => number(n) },
                {
                  title: t.ground,
                  key: "ground",
                  render: (_, row) =>
                    row.ground === null ? null : (
                      <div style={{ minWidth: 140, maxWidth: 210, whiteSpace: "normal" }}>
                        {citeIn(locale, row.ground.provision)}
                        {row.keptUntil !== null && ` · ${date(row.keptUntil)}`}
                      </div>
                    ),
                },
              ]}
            />
            {found.recipients.length > 0 && (
              <p>
                {t.copies}: {found.recipients.map((r) => r.recipientId).join(", ")}
              </p>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Progress({ progress }: Pick<Detail, "progress">) {
  const t = useWords(REQUESTS);
  const stateOf = useCodes(STATES);
  const stepOf = useCodes(STEP_WORDS);
  const { time } = useFormats();
  const steps = progress?.steps ?? [];
  if (steps.length === 0) return null;
  const statusOf = (state: string) =>
    state === "done"
      ? "finish"
      : state === "running" || state === "waiting"
        ? "process"
        : state === "failed"
          ? "error"
          : "wait";
  return (
    <Card title={t.progress}>
      <Steps
        orientation="vertical"
        size="small"
        items={steps.map((step) => ({
          title: stepOf(step.step),
          status: statusOf(step.state),
          content:
            step.failure !== null
              ? say(t.stepFailed, { failure: step.failure, n: String(step.attempts) })
              : step.finishedAt === null
                ? stateOf(step.state)
                : time(step.finishedAt),
        }))}
      />
    </Card>
  );
}
