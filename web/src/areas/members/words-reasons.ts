import { words } from "../../i18n.ts";

/** Why somebody looks at personal fields; the codes are the API's. */
export const REASONS = words({
  en: {
    "member-asked": "The member asked me",
    request: "I am handling a request",
    case: "I am handling a case",
    "identity-check": "I am checking who this is",
    "data-quality": "I am correcting data",
  },
  "zh-CN": {
    "member-asked": "会员向我提出",
    request: "正在处理一项请求",
    case: "正在处理一个个案",
    "identity-check": "正在核对身份",
    "data-quality": "正在更正数据",
  },
  "zh-TW": {
    "member-asked": "會員向我提出",
    request: "正在處理一項請求",
    case: "正在處理一個個案",
    "identity-check": "正在核對身分",
    "data-quality": "正在更正資料",
  },
});

/** Why a value won; the codes are the API's. */
export const WHY = words({
  en: {
    "only-candidate": "the only statement",
    "source-priority": "its source is trusted more",
    verified: "it was verified",
    latest: "it was said last",
    hash: "equal in everything; a fixed order decides",
    unset: "it was taken back",
    correction: "it was corrected on request",
  },
  "zh-CN": {
    "only-candidate": "唯一的说法",
    "source-priority": "来源更可信",
    verified: "已经验证",
    latest: "最新的说法",
    hash: "其他条件相同，按固定顺序决定",
    unset: "已被撤销",
    correction: "应请求已更正",
  },
  "zh-TW": {
    "only-candidate": "唯一的說法",
    "source-priority": "來源更可信",
    verified: "已經驗證",
    latest: "最新的說法",
    hash: "其他條件相同，按固定順序決定",
    unset: "已被撤銷",
    correction: "應請求已更正",
  },
});
