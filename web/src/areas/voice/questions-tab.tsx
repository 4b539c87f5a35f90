import { useQuery } from "@tanstack/react-query";
import Skeleton from "antd/es/skeleton";
import { lazy, Suspense } from "react";
import type { Static } from "typebox";
import type { VersionSchema } from "../../../../surveys/definitions/answers.schema.ts";
import { get } from "../../api.ts";
import { Loaded } from "../../parts/page.tsx";
import type { SurveyDetail } from "./survey.tsx";

/** The editor is loaded when somebody looks at questions. */
const QuestionEditor = lazy(async () => ({ default: (await import("./editor/editor.tsx")).QuestionEditor }));

/** The questions of the newest version. */
export function QuestionsTab({
  survey,
  mayWork,
}: {
  readonly survey: SurveyDetail;
  readonly mayWork: boolean;
}) {
  const newest = Math.max(...survey.versions.map((v) => v.version));
  const version = useQuery({
    queryKey: ["survey-version", survey.id, newest],
    queryFn: () => get<Static<typeof VersionSchema>>(`/v1/surveys/${survey.id}/versions/${newest}`),
    // A draft keeps its number while it changes.
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Loaded query={version}>
      {({ definition, metrics, contact, personal }) => (
        <Suspense fallback={<Skeleton active />}>
          <QuestionEditor
            survey={survey}
            mayWork={mayWork}
            stored={{
              definition,
              ...(metrics === undefined ? {} : { metrics }),
              ...(contact === undefined ? {} : { contact }),
              ...(personal === undefined ? {} : { personal }),
            }}
          />
        </Suspense>
      )}
    </Loaded>
  );
}
