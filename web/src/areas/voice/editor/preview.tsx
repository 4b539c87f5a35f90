import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Checkbox from "antd/es/checkbox";
import Segmented from "antd/es/segmented";
import { useState } from "react";
import { LANGUAGE_NAMES } from "../../../../../src/i18n/locale.ts";
import { questionsOf } from "../../../../../surveys/definitions/definition.ts";
import type { SurveyDocument } from "../../../../../surveys/definitions/survey.schema.ts";
import { address, postText } from "../../../api.ts";
import { LOCALES, type Locale, useLocale, useWords } from "../../../i18n.ts";
import { ProblemNote } from "../../../parts/problem.tsx";
import { EDITOR } from "./words.ts";

/** The page that is worked on, drawn by the server as it will draw it for people, at the width of a phone. */
export function Preview(props: {
  readonly surveyId: string;
  /** As it was when typing last paused. */
  readonly document: SurveyDocument;
  readonly page: string | undefined;
}) {
  const t = useWords(EDITOR);
  const own = useLocale();
  const [locale, setLocale] = useState<Locale>(own);
  const [whole, setWhole] = useState(true);
  const { document, page, surveyId } = props;
  const isEmpty = questionsOf(document.definition).length === 0;
  const shown = useQuery({
    queryKey: ["survey-preview", surveyId, document, page, locale, whole],
    enabled: !isEmpty,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    queryFn: () =>
      postText(address(`/v1/surveys/${surveyId}/preview`, { lang: locale, page, whole }), document),
  });
  return (
    <div className="ed-preview">
      <div className="row">
        <Segmented
          size="small"
          aria-label={t.preview}
          value={locale}
          onChange={setLocale}
          options={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
        <Checkbox checked={whole} onChange={(event) => setWhole(event.target.checked)}>
          {t.whole}
        </Checkbox>
      </div>
      <ProblemNote error={shown.error} />
      {isEmpty ? (
        <p className="quiet">{t.nothingToShow}</p>
      ) : (
        // Nothing in it runs or is sent; it is only looked at.
        <iframe
          title={t.preview}
          sandbox="allow-same-origin"
          srcDoc={shown.data ?? ""}
          className="ed-phone"
        />
      )}
    </div>
  );
}
