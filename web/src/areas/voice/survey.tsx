import { useQuery } from "@tanstack/react-query";
import Skeleton from "antd/es/skeleton";
import Tabs from "antd/es/tabs";
import Tag from "antd/es/tag";
import { lazy, type ReactNode, Suspense } from "react";
import { useParams } from "react-router";
import type { Static } from "typebox";
import type { SurveyDetailSchema } from "../../../../surveys/definitions/answers.schema.ts";
import { get } from "../../api.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { useView } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { useSession } from "../../session.ts";
import { QuestionsTab } from "./questions-tab.tsx";
import { STATE_COLOURS } from "./survey-forms.ts";
import { SurveySettings } from "./survey-settings.tsx";
import { VOICE } from "./words.ts";

/** Each tab is loaded when somebody looks at it. */
const ResultsTab = lazy(async () => ({ default: (await import("./results-tab.tsx")).ResultsTab }));
const SendTab = lazy(async () => ({ default: (await import("./send-tab.tsx")).SendTab }));

export type SurveyDetail = Static<typeof SurveyDetailSchema>;

const loading = (tab: ReactNode) => <Suspense fallback={<Skeleton active />}>{tab}</Suspense>;

/** One survey: its results, its questions, and asking. */
export function SurveyPage() {
  const t = useWords(VOICE);
  const locale = useLocale();
  const { account } = useSession();
  const { id = "" } = useParams();
  const [read, write] = useView();
  const survey = useQuery({
    queryKey: ["survey", id],
    queryFn: () => get<SurveyDetail>(`/v1/surveys/${id}`),
  });
  const mayWork = account.role === "admin" || account.role === "cx";
  return (
    <Loaded query={survey}>
      {(s) => (
        <PageBody
          title={s.name[locale]}
          actions={mayWork && <SurveySettings survey={s} />}
          lead={
            <>
              <Tag color={STATE_COLOURS[s.state]}>{t[s.state]}</Tag> {t[s.class]}
              {s.version !== null && ` · ${t.version} ${s.version}`}
              {s.anonymous && ` · ${t.anonymous}`}
            </>
          }
        >
          <Tabs
            activeKey={read("tab") ?? (s.state === "draft" ? "questions" : "results")}
            onChange={(tab) => write("tab", tab)}
            destroyOnHidden
            items={[
              { key: "results", label: t.results, children: loading(<ResultsTab survey={s} />) },
              {
                key: "questions",
                label: t.questions,
                children: <QuestionsTab survey={s} mayWork={mayWork} />,
              },
              ...(mayWork ? [{ key: "send", label: t.send, children: loading(<SendTab survey={s} />) }] : []),
            ]}
          />
        </PageBody>
      )}
    </Loaded>
  );
}
