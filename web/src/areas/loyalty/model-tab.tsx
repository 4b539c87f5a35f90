import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useMemo } from "react";
import type { Static } from "typebox";
import type { ModelSchema, ModelsSchema } from "../../../../src/loyalty/answers.schema.ts";
import { get, post } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { Figure } from "../../parts/figure.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { LOYALTY } from "./words.ts";

type Report = Static<typeof ModelSchema>["backtests"][number]["report"];

/** Model versions, and the back-test of the one that scores. */
export function ModelTab() {
  const t = useWords(LOYALTY);
  const { date, number } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const models = useQuery({
    queryKey: ["loyalty-models"],
    queryFn: () => get<Static<typeof ModelsSchema>>("/v1/loyalty/models"),
  });
  const current = models.data?.items.find((m) => m.scores) ?? models.data?.items[0];
  const detail = useQuery({
    queryKey: ["loyalty-model", current?.id],
    enabled: current !== undefined,
    queryFn: () => get<Static<typeof ModelSchema>>(`/v1/loyalty/models/${current?.id}`),
  });
  const reload = () => void client.invalidateQueries();
  const fit = useMutation({ mutationFn: () => post("/v1/loyalty/models", {}), onSuccess: reload });
  const backtest = useMutation({ mutationFn: () => post("/v1/loyalty/backtests", {}), onSuccess: reload });
  const report = detail.data?.backtests[0]?.report;
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
        <Figure
          label="Brier"
          value={number(report.brier, 4)}
          note={say(t.brierOfShare, { score: number(report.brierOfShare, 4) })}
        />
        <Figure label="Lift 10 %" value={number(report.topTenthLift, 2)} />
      </div>
      <Chart option={option} height={340} label={t.backtest} />
    </Card>
  );
}
