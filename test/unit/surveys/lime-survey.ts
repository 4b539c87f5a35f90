const row = (fields: Record<string, string | number>) =>
  `<row>${Object.entries(fields)
    .map(([k, v]) => `<${k}><![CDATA[${v}]]></${k}>`)
    .join("")}</row>`;
const section = (name: string, rows: readonly string[]) => `<${name}><rows>${rows.join("")}</rows></${name}>`;

/** A small structure file of LimeSurvey 5, with its texts in tables of their own, and four things that are not understood. */
export const LSS = `<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>449</DBVersion>
${section("groups", [row({ gid: 1, group_order: 1 })])}
${section("group_l10ns", [row({ gid: 1, group_name: "Visit", language: "en" }), row({ gid: 1, group_name: "光臨", language: "zh-Hant-TW" })])}
${section("questions", [
  row({
    qid: 1,
    parent_qid: 0,
    gid: 1,
    type: "L",
    title: "A1",
    other: "Y",
    mandatory: "Y",
    question_order: 1,
    relevance: 1,
  }),
  row({
    qid: 2,
    parent_qid: 0,
    gid: 1,
    type: "T",
    title: "A2",
    mandatory: "N",
    question_order: 2,
    relevance: "((A1.NAOK == 'no'))",
  }),
  row({
    qid: 3,
    parent_qid: 0,
    gid: 1,
    type: "M",
    title: "A3",
    mandatory: "N",
    question_order: 3,
    relevance: "count(A1.NAOK) > 1",
  }),
  row({
    qid: 4,
    parent_qid: 0,
    gid: 1,
    type: "*",
    title: "A4",
    mandatory: "N",
    question_order: 4,
    relevance: 1,
  }),
])}
${section("subquestions", [row({ qid: 9, parent_qid: 3, gid: 1, type: "M", title: "SQ1", question_order: 1 })])}
${section("question_l10ns", [
  row({ qid: 1, question: "<p>Did you <b>find</b> it?</p>", help: "", language: "en" }),
  row({ qid: 1, question: "找到了嗎？", help: "", language: "zh-Hant-TW" }),
  row({ qid: 2, question: "What was missing?", help: "In a few words", language: "en" }),
  row({ qid: 3, question: "What did you see?", help: "", language: "en" }),
  row({ qid: 9, question: "Shoes", help: "", language: "en" }),
  row({ qid: 4, question: "A picture", help: "", language: "en" }),
])}
${section("answers", [row({ aid: 1, qid: 1, code: "yes", sortorder: 1 }), row({ aid: 2, qid: 1, code: "no", sortorder: 2 })])}
${section("answer_l10ns", [
  row({ aid: 1, answer: "Yes", language: "en" }),
  row({ aid: 2, answer: "No", language: "en" }),
  row({ aid: 2, answer: "沒有", language: "zh-Hant-TW" }),
])}
${section("surveys", [row({ sid: 1, language: "en", anonymized: "Y" })])}
${section("surveys_languagesettings", [row({ surveyls_language: "en", surveyls_title: "Shop" })])}
${section("quota", [row({ id: 1, name: "q" })])}
</document>`;
