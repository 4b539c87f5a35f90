import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Input from "antd/es/input";
import Table from "antd/es/table";
import Tabs from "antd/es/tabs";
import Tag from "antd/es/tag";
import { useMemo, useState } from "react";
import { get, post } from "../../api.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { Figure } from "../../parts/figure.tsx";
import { useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { LOYALTY } from "./words.ts";

interface Levels {
  readonly items: readonly {
    readonly of: "condition" | "tier";
    readonly structure: string | null;
    readonly name: string;
    readonly members: number | null;
  }[];
}

type LocaleWords = Readonly<Record<string, string>>;

interface Rules {
  readonly version: number;
  readonly rules: {
    readonly conditions: Readonly<Record<string, LocaleWords>>;
    readonly structures: readonly {
      readonly id: string;
      readonly name: LocaleWords;
      readonly base: { readonly id: string; readonly name: LocaleWords };
      readonly tiers: readonly { readonly id: string; readonly name: LocaleWords }[];
    }[];
  };
}

function useRules() {
  return useQuery({ queryKey: ["loyalty-rules"], queryFn: () => get<Rules>("/v1/loyalty/rules") });
}

/** The programme: levels, rules with their preview, model with its back-test, figures. */
export function LoyaltyPage() {
  const t = useWords(LOYALTY);
  const [read, write] = useView();
  return (
    <PageBody
      title={t.title}
      lead={t.lead}
      actions={
        <Button href="/loyalty/rules" target="_blank">
          {t.rulebook}
        </Button>
      }
    >
      <Tabs
        activeKey={read("tab") ?? "levels"}
        onChange={(tab) => write("tab", tab)}
        destroyOnHidden
        items={[
          { key: "levels", label: t.levels, children: <LevelsTab /> },
          { key: "rules", label: t.rules, children: <RulesTab /> },
          { key: "model", label: t.model, children: <ModelTab /> },
          { key: "kpis", label: t.kpis, children: <KpiTab /> },
        ]}
      />
    </PageBody>
  );
}

function LevelsTab() {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const { number } = useFormats();
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const rules = useRules();
  const levels = useQuery({ queryKey: ["levels"], queryFn: () => get<Levels>("/v1/loyalty/levels") });
  const score = useMutation({
    mutationFn: () => post<{ moved: number }>("/v1/loyalty/scores"),
    onSuccess: ({ moved }) => {
      void message.success(say(t.moved, { count: moved }));
      void client.invalidateQueries({ queryKey: ["levels"] });
    },
  });
  const r = rules.data?.rules;
  return (
    <Loaded query={levels}>
      {({ items }) => {
        const counted = (name: string) => {
          const found = items.find((i) => i.of === "condition" && i.name === name);
          if (found === undefined) return "0";
          return found.members === null ? t.fewer : number(found.members);
        };
        const cell = (name: string, attitude: string, behaviour: string) => (
          <Figure
            label={r?.conditions[name]?.[locale] ?? name}
            value={counted(name)}
            note={`${t.attitude}: ${attitude} · ${t.behaviour}: ${behaviour}`}
          />
        );
        return (
          <div className="stack">
            <Card
              title={t.matrix}
              extra={
                account.role === "admin" && (
                  <Button onClick={() => score.mutate()} loading={score.isPending}>
                    {t.scoreAll}
                  </Button>
                )
              }
            >
              <ProblemNote error={score.error} />
              <div style={{ display: "grid", gap: 16, gridTemplateColumns: "repeat(2, minmax(0, 1fr))" }}>
                {cell("latent", t.high, t.low)}
                {cell("true", t.high, t.high)}
                {cell("none", t.low, t.low)}
                {cell("spurious", t.low, t.high)}
              </div>
            </Card>
            {r?.structures.map((structure) => (
              <Card key={structure.id} title={structure.name[locale]}>
                <div className="grid">
                  {[structure.base, ...structure.tiers].map((tier) => {
                    const found = items.find(
                      (i) => i.of === "tier" && i.structure === structure.id && i.name === tier.id,
                    );
                    return (
                      <Figure
                        key={tier.id}
                        label={tier.name[locale]}
                        value={
                          found === undefined ? "0" : found.members === null ? t.fewer : number(found.members)
                        }
                        note={t.members}
                      />
                    );
                  })}
                </div>
              </Card>
            ))}
          </div>
        );
      }}
    </Loaded>
  );
}

interface PreviewResult {
  readonly members: number;
  readonly moves: readonly {
    readonly structure: string;
    readonly from: string;
    readonly to: string;
    readonly up: boolean;
    readonly members: number;
  }[];
  readonly conditions: readonly { readonly from: string; readonly to: string; readonly members: number }[];
  readonly cost: { readonly currency: string; readonly before: number; readonly after: number };
}

function RulesTab() {
  const rules = useRules();
  return <Loaded query={rules}>{(found) => <RuleEditor key={found.version} rules={found.rules} />}</Loaded>;
}

function RuleEditor({ rules }: { readonly rules: unknown }) {
  const t = useWords(LOYALTY);
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(rules, null, 2));
  const parse = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const isJson = parse() !== undefined;
  const look = useMutation({
    mutationFn: () => post<PreviewResult>("/v1/loyalty/rules/preview", { rules: parse() }),
  });
  const publish = useMutation({
    mutationFn: () => post<{ version: number }>("/v1/loyalty/rules", { rules: parse() }),
    onSuccess: ({ version }) => {
      void message.success(say(t.published, { version }));
      void client.invalidateQueries();
    },
  });
  const mayLook = account.role === "admin" || account.role === "cx";
  return (
    <div className="stack">
      <Card>
        <p className="quiet" style={{ marginTop: 0 }}>
          {t.ruleText}
        </p>
        <Input.TextArea
          aria-label={t.rules}
          className="mono"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            look.reset();
          }}
          autoSize={{ minRows: 14, maxRows: 26 }}
          spellCheck={false}
          readOnly={!mayLook}
        />
        {!isJson && <p role="alert">{t.badJson}</p>}
        {mayLook && (
          <div className="row" style={{ marginTop: 12 }}>
            <Button type="primary" disabled={!isJson} loading={look.isPending} onClick={() => look.mutate()}>
              {t.preview}
            </Button>
            {account.role === "admin" && (
              <Button
                danger
                disabled={look.data === undefined}
                loading={publish.isPending}
                onClick={() => publish.mutate()}
              >
                {t.publish}
              </Button>
            )}
          </div>
        )}
        <div style={{ marginTop: 12 }}>
          <ProblemNote error={look.error ?? publish.error} />
        </div>
      </Card>
      {look.data !== undefined && <PreviewShown result={look.data} />}
    </div>
  );
}

/** Who would move, up and down, and what the benefits would cost. */
function PreviewShown({ result }: { readonly result: PreviewResult }) {
  const t = useWords(LOYALTY);
  const { number, money } = useFormats();
  const { cost } = result;
  const rows = [
    ...result.moves.map((move) => ({ ...move, what: move.structure })),
    ...result.conditions.map((move) => ({ ...move, what: t.condition, up: null })),
  ];
  return (
    <Card
      title={`${t.preview} (${say(t.of, { count: number(result.members) })})`}
      styles={{ body: { padding: 16 } }}
    >
      <p style={{ marginTop: 0 }}>
        {t.cost}: {money(cost.before * 100, cost.currency)} → {money(cost.after * 100, cost.currency)}
      </p>
      <Table
        rowKey={(row) => `${row.what} ${row.from} ${row.to}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        locale={{ emptyText: <Empty description={t.same} /> }}
        columns={[
          { title: "", dataIndex: "what" },
          { title: t.before, dataIndex: "from" },
          { title: t.after, dataIndex: "to" },
          {
            title: "",
            key: "up",
            render: (_, row) =>
              row.up === null ? null : (
                <Tag color={row.up ? "green" : "orange"}>{row.up ? t.up : t.down}</Tag>
              ),
          },
          { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
        ]}
      />
    </Card>
  );
}

interface Backtest {
  readonly report?: Report;
}

interface Report {
  readonly weeks: number;
  readonly members: number;
  readonly brier: number;
  readonly brierOfShare: number;
  readonly expectedPurchases: number;
  readonly observedPurchases: number;
  readonly topTenthLift: number | null;
  readonly calibration: readonly {
    readonly from: number;
    readonly to: number;
    readonly foretold: number | null;
    readonly observed: number | null;
    readonly interval: readonly [number, number] | null;
  }[];
}

function ModelTab() {
  const t = useWords(LOYALTY);
  const { date, number } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const models = useQuery({
    queryKey: ["loyalty-models"],
    queryFn: () =>
      get<{ items: { id: string; kind: string; fittedOn: string; members: number; scores: boolean }[] }>(
        "/v1/loyalty/models",
      ),
  });
  const current = models.data?.items.find((m) => m.scores) ?? models.data?.items[0];
  const detail = useQuery({
    queryKey: ["loyalty-model", current?.id],
    enabled: current !== undefined,
    queryFn: () =>
      get<{ backtests: readonly (Backtest & Partial<Report>)[] }>(`/v1/loyalty/models/${current?.id}`),
  });
  const reload = () => void client.invalidateQueries();
  const fit = useMutation({ mutationFn: () => post("/v1/loyalty/models", {}), onSuccess: reload });
  const backtest = useMutation({ mutationFn: () => post("/v1/loyalty/backtests", {}), onSuccess: reload });
  const last = detail.data?.backtests[0];
  const report = last?.report ?? (last?.calibration === undefined ? undefined : (last as Report));
  return (
    <div className="stack">
      <Card
        title={t.model}
        extra={
          account.role === "admin" && (
            <span className="row">
              <Button onClick={() => fit.mutate()} loading={fit.isPending}>
                {t.fit}
              </Button>
              <Button onClick={() => backtest.mutate()} loading={backtest.isPending}>
                {t.backtest}
              </Button>
            </span>
          )
        }
      >
        <ProblemNote error={fit.error ?? backtest.error} />
        <Loaded query={models}>
          {({ items }) => (
            <Table
              rowKey="id"
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={items}
              locale={{ emptyText: <Empty description={t.noModel} /> }}
              columns={[
                { title: t.kind, dataIndex: "kind" },
                { title: t.fitted, dataIndex: "fittedOn", render: date },
                { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
                {
                  title: "",
                  dataIndex: "scores",
                  render: (v: boolean) => v && <Tag color="green">{t.scores}</Tag>,
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {report !== undefined && <BacktestCard report={report} />}
    </div>
  );
}

function BacktestCard({ report }: { readonly report: Report }) {
  const t = useWords(LOYALTY);
  const { number } = useFormats();
  const option = useMemo(() => {
    const rows = report.calibration.filter((row) => row.foretold !== null && row.observed !== null);
    return {
      tooltip: { trigger: "item" },
      xAxis: { type: "value", min: 0, max: 1, name: t.foretold },
      yAxis: { type: "value", min: 0, max: 1, name: t.came },
      grid: { left: 48, right: 64, top: 36, bottom: 40 },
      series: [
        {
          type: "line",
          data: [
            [0, 0],
            [1, 1],
          ],
          showSymbol: false,
          lineStyle: { type: "dashed", color: "#9aa5a2" },
        },
        {
          type: "scatter",
          symbolSize: 12,
          itemStyle: { color: "#0f6e63" },
          data: rows.map((r) => [r.foretold, r.observed]),
        },
      ],
    };
  }, [report, t]);
  return (
    <Card title={t.backtest}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.backtestText}
      </p>
      <div className="grid">
        <Figure label={t.foretold} value={number(report.expectedPurchases, 0)} />
        <Figure label={t.came} value={number(report.observedPurchases, 0)} />
        <Figure label="Brier" value={number(report.brier, 4)} note={number(report.brierOfShare, 4)} />
        <Figure label="Lift 10 %" value={number(report.topTenthLift, 2)} />
      </div>
      <Chart option={option} height={340} label={t.backtest} />
    </Card>
  );
}

interface Share {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

interface Month {
  readonly month: string;
  readonly currency: string;
  readonly members: number | null;
  readonly growth: number | null;
  readonly activeRate: Share;
  readonly retention: Share;
  readonly repurchase: Share;
}

function KpiTab() {
  const t = useWords(LOYALTY);
  const { number, percent } = useFormats();
  const kpis = useQuery({
    queryKey: ["kpis"],
    queryFn: () =>
      get<{ formulas: Record<string, string>; months: Month[] }>("/v1/loyalty/kpis", { months: 12 }),
  });
  const share = (s: Share) =>
    s.value === null ? (
      "–"
    ) : (
      <>
        {percent(s.value, 1)}{" "}
        {s.interval !== null && (
          <span className="quiet">
            {percent(s.interval[0])}–{percent(s.interval[1])}
          </span>
        )}
      </>
    );
  return (
    <Loaded query={kpis}>
      {(k) => (
        <div className="stack">
          <Card styles={{ body: { padding: 16 } }}>
            <Table<Month>
              rowKey={(row) => `${row.month} ${row.currency}`}
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={[...k.months].reverse()}
              locale={{ emptyText: <Empty description={t.noFigures} /> }}
              columns={[
                { title: t.month, key: "m", render: (_, row) => `${row.month} · ${row.currency}` },
                {
                  title: t.members,
                  dataIndex: "members",
                  align: "right",
                  render: (n: number | null) => number(n),
                },
                {
                  title: t.growth,
                  dataIndex: "growth",
                  align: "right",
                  render: (n: number | null) => percent(n, 1),
                },
                { title: t.active, key: "a", render: (_, row) => share(row.activeRate) },
                { title: t.retention, key: "r", render: (_, row) => share(row.retention) },
                { title: t.repurchase, key: "p", render: (_, row) => share(row.repurchase) },
              ]}
            />
          </Card>
          <Card>
            <dl className="kv">
              {Object.entries(k.formulas).map(([name, formula]) => (
                <Formula key={name} name={name} formula={formula} />
              ))}
            </dl>
          </Card>
        </div>
      )}
    </Loaded>
  );
}

function Formula({ name, formula }: { readonly name: string; readonly formula: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{formula}</dd>
    </>
  );
}
