import CommentOutlined from "@ant-design/icons/es/icons/CommentOutlined";
import PhoneOutlined from "@ant-design/icons/es/icons/PhoneOutlined";
import type { Page } from "../area.ts";

/** Surveys, what came of them, and the members somebody should call. */
export const VOICE_PAGES: readonly Page[] = [
  {
    path: "surveys",
    roles: ["cx", "analyst", "compliance"],
    load: async () => ({ Page: (await import("./surveys.tsx")).SurveysPage }),
    menu: {
      section: "voice",
      order: 0,
      icon: <CommentOutlined />,
      label: { en: "Surveys", "zh-CN": "问卷", "zh-TW": "問卷" },
    },
  },
  {
    path: "surveys/:id",
    roles: ["cx", "analyst", "compliance"],
    load: async () => ({ Page: (await import("./survey.tsx")).SurveyPage }),
  },
  {
    path: "cases",
    roles: ["cx", "store"],
    load: async () => ({ Page: (await import("./cases.tsx")).CasesPage }),
    menu: {
      section: "voice",
      order: 1,
      icon: <PhoneOutlined />,
      label: { en: "Cases", "zh-CN": "个案", "zh-TW": "個案" },
    },
  },
];
