import type { RequestWords } from "./words.ts";

export const ZH_CN_REQUEST: RequestWords = {
  kinds: {
    access: "查阅、复制您的个人信息",
    portability: "转移您的个人信息",
    rectification: "更正您的个人信息",
    restriction: "限制处理您的个人信息",
    objection: "拒绝处理您的个人信息",
    erasure: "删除您的个人信息",
    "opt-out": "不出售、不共享您的个人信息",
    appeal: "复核一项决定",
  },
  states: {
    received: "已收到",
    acknowledged: "已收到",
    identity_pending: "等待您确认身份",
    verified: "已确认您的身份",
    assessing: "审核中",
    awaiting_confirmation: "等待您再次确认",
    approved: "已批准",
    executing: "办理中",
    awaiting_recipients: "等待数据接收方答复",
    duplicate: "与您的另一项请求一并答复",
    completed: "已完成",
    completed_with_exceptions: "已完成，部分除外",
    denied: "未予支持",
    withdrawn: "已撤回",
    expired: "因未确认而终止",
  },
  messages: {
    code: {
      subject: "您的验证码：{code}",
      text: "有人向{company}提出请求（{what}），并填写了此地址。我们已收到该请求。\n\n如为您本人，请在提出请求的页面输入以下验证码：\n\n{code}\n\n验证码{minutes}分钟内有效。如非本人操作，请忽略本邮件：没有验证码，我们不会做任何处理。",
    },
    acknowledged: {
      subject: "我们已收到您的请求",
      text: "您向{company}提出请求：{what}。我们于{received}收到。\n\n我们将在{due}之前答复。",
    },
    extended: {
      subject: "您的请求需要更多时间",
      text: "您向{company}提出请求：{what}。我们需要延长办理时间（{article}）。\n\n原因：{reason}\n\n新的答复期限为{due}。",
    },
    denied: {
      subject: "对您请求的答复",
      text: "您向{company}提出请求：{what}。我们无法照办。\n\n理由：{ground}（{article}）\n{reason}",
    },
    confirm: {
      subject: "请再次确认：删除您的个人信息",
      text: "我们可以删除您在{company}的个人信息。删除后无法恢复。\n\n如您仍希望删除，请打开以下页面并在{date}之前确认。如您不作任何操作，我们不会删除。",
    },
    cooling: {
      subject: "您的个人信息即将删除",
      text: "您已确认由{company}删除您的个人信息。我们将于{date}开始。在此之前，您可以在以下页面撤回请求。",
    },
    delivery: {
      subject: "请选择交付方式",
      text: "您向{company}提出的请求（{what}）已获批准。请在以下页面选择加密方式，随后我们开始准备。",
    },
    ready: {
      subject: "您的个人信息已备妥",
      text: "您向{company}请求的内容已备妥：{what}。\n\n链接仅可使用一次，有效期至{date}。打开文件需要您的口令或您自己的密钥：\n\n{link}",
    },
    completed: {
      subject: "您的请求已办理完毕",
      text: "您向{company}提出请求：{what}。已于{date}办理完毕。",
    },
    exceptions: {
      subject: "您的请求已办理完毕，部分除外",
      text: "您向{company}提出请求：{what}。除法律要求我们保留的内容外，已于{date}办理完毕。以下页面列明保留内容及法律依据。",
    },
    lapsed: {
      subject: "已无数据可交付",
      text: "您向{company}提出请求：{what}。现已无法交付：您的数据在此期间已被删除，或领取期限已过。如仍有需要，您可以再次提出请求。",
    },
    withdrawn: {
      subject: "您的请求已撤回",
      text: "您向{company}提出的请求（{what}）已撤回。我们未作任何处理。",
    },
    expired: {
      subject: "您的请求已终止",
      text: "您向{company}提出的请求（{what}）未在期限内确认，现已终止。我们未作任何处理。您可以随时再次提出。",
    },
    duplicate: {
      subject: "您的请求将与另一项一并答复",
      text: "您多次向{company}提出请求：{what}。我们将一并答复。",
    },
  },
  alerts: {
    warning: {
      subject: "请求将于{date}到期：{kind}",
      text: "请求 {id}（{kind}，{regime}）当前状态：{state}，期限为{date}。\n\n{words}\n\ncandor requests show {id}",
    },
    late: {
      subject: "请求已逾期（{date}）：{kind}",
      text: "请求 {id}（{kind}，{regime}）当前状态：{state}，已超过期限。\n\n{words}\n\ncandor requests show {id}",
    },
    failed: {
      subject: "步骤失败：{kind}",
      text: "请求 {id}（{kind}，{regime}）目前状态：{state}，其步骤“{step}”一再失败（{failure}）。一天之内每小时重试一次。原因排除后可立即重试：\n\ncandor requests retry {id}",
    },
    joined: {
      subject: "请重新查看预览：{kind}",
      text: "请求 {id}（{kind}，{regime}）已批准，但此后该会员与另一位原先单独识别的人合并。尚未删除任何数据。请查看预览，如确为两人请拆分，然后再次批准：\n\ncandor requests preview {id}",
    },
    divided: {
      subject: "这是谁的请求？{kind}",
      text: "请求 {id}（{kind}，{regime}）已批准，但此后该会员被拆分。尚未删除任何数据。请指明该请求属于哪一部分，再查看预览并再次批准：\n\ncandor requests verify {id} --member <会员编号> --method call-back",
    },
    acknowledge: {
      subject: "请求尚未确认收到：{kind}",
      text: "请求 {id}（{kind}，{regime}）尚未确认收到。\n\n{words}\n\ncandor requests show {id}",
    },
  },
  statusLine: "查看请求进度：{link}",
  appealLine: "如您不同意，可以请我们复核：{link}",
  authorityLine: "您可以向{authority}投诉：{url}，也可以向法院起诉。",
};
