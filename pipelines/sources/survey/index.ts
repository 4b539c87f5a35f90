export { type AnsweredQuestion, type AnswerResult, readAnswer } from "./answer.ts";
export { parseSurveyItem } from "./parse.ts";
