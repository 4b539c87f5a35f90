import { useQueries, useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Segmented from "antd/es/segmented";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { SurveysSchema } from "../../../../surveys/definitions/answers.schema.ts";
import { address, get, Problem } from "../../api.ts";
import { KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { useView } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { useStoreName } from "../../parts/stores.ts";
import { useMetric } from "../voice/metric.ts";
import { isShown, type Results } from "../voice/results.ts";
import { VOICE } from "../voice/words.ts";
import { HOME } from "./words.ts";

const PERIODS = ["30", "90", "365"] as const;
/** A home shows what is asked now; every other survey is on its own page. */
const SURVEYS = 6;
/** The best and the worst stores, so many of each. */
const ENDS = 3;
const DAY = 86_400_000;

/** NPS, CSAT and CES of the running surveys with their intervals, by period, and the stores at both ends. */
export function VoiceFigures() {
  const t = useWords(HOME);
  const locale = useLocale();
  const [read, write] = useView();
  const days = PERIODS.find((p) => p === read("days")) ?? "90";
  const surveys = useQuery({
    queryKey: ["home", "surveys"],
    queryFn: () => get<Static<typeof SurveysSchema>>("/v1/surveys"),
  });
  const running = (surveys.data?.items ?? []).filter((s) => s.state === "running").slice(0, SURVEYS);
  const from = new Date(Date.now() - Number(days) * DAY).toISOString().slice(0, 10);
  const results = useQueries({
    queries: running.map(({ id }) => ({
      queryKey: ["home", "results", id, days],
      // A survey without a question that is counted has no figure to show.
      queryFn: () =>
        get<Results>(address(`/v1/surveys/${id}/results`, { from })).catch((error: unknown) => {
          if (error instanceof Problem && error.code === "not-found") return null;
          throw error;
        }),
    })),
  });
  const found = results.flatMap((r) => r.data ?? []);
  const chosen = found.find((r) => r.survey === read("survey")) ?? found[0];
  const nameOf = (id: string) => running.find((s) => s.id === id)?.name[locale] ?? id;
  return (
    <>
      <div className="row" style={{ justifyContent: "space-between" }}>
        <h2 className="section">{t.voice}</h2>
        <Segmented
          aria-label={t.period}
          value={days}
          onChange={(value) => write("days", value)}
          options={PERIODS.map((value) => ({ value, label: say(t.days, { days: value }) }))}
        />
      </div>
      <Loaded query={surveys}>
        {() =>
          running.length === 0 ? (
            <Card>
              <Empty description={t.noSurveys} />
            </Card>
          ) : (
            <div className="grid">
              {found.map((r) => (
                <SurveyFigure key={r.survey} name={nameOf(r.survey)} results={r} />
              ))}
            </div>
          )
        }
      </Loaded>
      {chosen !== undefined && (
        <Card title={t.stores} extra={<Link to={`/console/surveys/${chosen.survey}`}>{t.all}</Link>}>
          {found.length > 1 && (
            <div className="scroll">
              <Segmented
                aria-label={t.stores}
                value={chosen.survey}
                onChange={(value) => write("survey", value)}
                options={found.map((r) => ({ value: r.survey, label: nameOf(r.survey) }))}
              />
            </div>
          )}
          <Stores results={chosen} />
        </Card>
      )}
    </>
  );
}

function SurveyFigure({ name, results }: { readonly name: string; readonly results: Results }) {
  const t = useWords(HOME);
  const voice = useWords(VOICE);
  const { number, percent } = useFormats();
  const kindOf = useCodes(KINDS);
  const show = useMetric(results.metric);
  const { total, response } = results;
  return (
    <Figure
      to={`/console/surveys/${results.survey}?tab=results`}
      label={`${kindOf(results.metric)} · ${name}`}
      value={total === null ? "–" : show(total.value)}
      note={
        <>
          <div>
            {total === null
              ? say(voice.tooFew, { n: results.rules.smallestGroup })
              : `${say(voice.answers, { n: number(total.n) })} · ${say(voice.interval, { low: show(total.low), high: show(total.high) })}`}
          </div>
          {response?.rate != null && response.interval !== null && (
            <div>
              {say(t.rate, {
                rate: percent(response.rate),
                low: percent(response.interval.low),
                high: percent(response.interval.high),
              })}
            </div>
          )}
        </>
      }
    />
  );
}

function Stores({ results }: { readonly results: Results }) {
  const t = useWords(HOME);
  const voice = useWords(VOICE);
  const { number, range } = useFormats();
  const storeOf = useStoreName();
  const show = useMetric(results.metric);
  // Less effort is more points: for every metric the higher figure is the better one.
  const ranked = results.by.store.groups
    .filter(isShown)
    .flatMap((g) => (g.estimate === null ? [] : [{ ...g, estimate: g.estimate }]))
    .sort((a, b) => a.estimate.value - b.estimate.value);
  const ends = (of: typeof ranked, title: string) => (
    <Table
      aria-label={title}
      title={() => <strong>{title}</strong>}
      rowKey="key"
      size="small"
      pagination={false}
      showHeader={false}
      dataSource={of}
      columns={[
        { title: voice.store, dataIndex: "key", render: storeOf },
        {
          title: voice.figure,
          key: "figure",
          align: "right",
          render: (_, { estimate: e, againstOthers }) => (
            <>
              {againstOthers?.significant === true && <Tag color="purple">{voice.significant}</Tag>}
              <strong>{show(e.value)}</strong>{" "}
              <span className="quiet">
                {range(show(e.low), show(e.high))} · n {number(e.n)}
              </span>
            </>
          ),
        },
      ]}
    />
  );
  if (ranked.length < 2) return <span className="quiet">{t.noStores}</span>;
  // With few stores none stands at both ends.
  const each = Math.min(ENDS, Math.floor(ranked.length / 2));
  return (
    <div className="halves">
      {ends(ranked.slice(0, each), t.worst)}
      {ends(ranked.slice(-each).reverse(), t.best)}
    </div>
  );
}
