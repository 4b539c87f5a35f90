import { useQuery } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Segmented from "antd/es/segmented";
import { address, get, Problem } from "../../api.ts";
import { KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { useView } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { useMetric } from "./metric.ts";
import type { Results } from "./results.ts";
import { Actions } from "./results-actions.tsx";
import { Distribution, Trend } from "./results-charts.tsx";
import { Drivers } from "./results-drivers.tsx";
import { Groups } from "./results-groups.tsx";
import { Themes } from "./results-themes.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

const PERIODS = ["30", "90", "365"] as const;
const DAY = 86_400_000;

/** Figures with their intervals, trend, distribution, groups, drivers and themes; what is withheld is said. */
export function ResultsTab({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const [read, write] = useView();
  const days = PERIODS.find((p) => p === read("days")) ?? "365";
  const question = read("question");
  const from = new Date(Date.now() - Number(days) * DAY).toISOString().slice(0, 10);
  const results = useQuery({
    queryKey: ["survey-results", survey.id, from, question],
    queryFn: () =>
      get<Results>(address(`/v1/surveys/${survey.id}/results`, { from, question })).catch(
        (error: unknown) => {
          if (error instanceof Problem && error.code === "not-found") return null;
          throw error;
        },
      ),
  });
  return (
    <div className="stack">
      <Segmented
        aria-label={t.period}
        style={{ alignSelf: "flex-start" }}
        value={days}
        onChange={(value) => write("days", value)}
        options={PERIODS.map((value) => ({ value, label: say(t.days, { days: value }) }))}
      />
      <Loaded query={results}>
        {(r) => {
          if (r === null || (r.total === null && r.withheld === null))
            return (
              <Card>
                <Empty description={t.noResults} />
              </Card>
            );
          if (r.total === null)
            return <Alert type="info" showIcon title={say(t.tooFew, { n: r.rules.smallestGroup })} />;
          return <Shown results={r} from={from} onQuestion={(next) => write("question", next)} />;
        }}
      </Loaded>
    </div>
  );
}

function Shown(props: {
  readonly results: Results;
  readonly from: string;
  readonly onQuestion: (question: string) => void;
}) {
  const t = useWords(VOICE);
  const kindOf = useCodes(KINDS);
  const locale = useLocale();
  const { number, percent } = useFormats();
  const { results: r } = props;
  const show = useMetric(r.metric);
  return (
    <>
      {r.metrics.length > 1 && (
        <div className="scroll">
          <Segmented
            aria-label={t.question}
            style={{ alignSelf: "flex-start" }}
            value={r.question}
            onChange={props.onQuestion}
            options={r.metrics.map(({ question, kind }) => ({
              value: question,
              label: `${kindOf(kind)} · ${r.questions[question]?.[locale] ?? question}`,
            }))}
          />
        </div>
      )}
      <div className="grid">
        {r.total !== null && (
          <Figure
            label={kindOf(r.metric)}
            value={show(r.total.value)}
            note={`${say(t.answers, { n: number(r.total.n) })} · ${say(t.interval, { low: show(r.total.low), high: show(r.total.high) })}`}
          />
        )}
        {r.response?.rate != null && (
          <Figure
            label={t.rate}
            value={percent(r.response.rate, 1)}
            note={
              <>
                {r.response.interval !== null && (
                  <div>
                    {say(t.interval, {
                      low: percent(r.response.interval.low, 1),
                      high: percent(r.response.interval.high, 1),
                    })}
                  </div>
                )}
                <div>
                  {say(t.invited, {
                    invited: number(r.response.invited),
                    answered: number(r.response.answered),
                    declined: number(r.response.declined),
                    bounced: number(r.response.bounced),
                  })}
                </div>
              </>
            }
          />
        )}
      </div>
      <div className="two">
        <Trend trends={r.trends} metric={r.metric} show={show} />
        {r.distribution !== null && <Distribution counts={r.distribution} metric={r.metric} />}
      </div>
      <Groups results={r} show={show} />
      <Drivers results={r} />
      <Themes surveyId={r.survey} from={props.from} />
      <Actions surveyId={r.survey} show={show} />
    </>
  );
}
