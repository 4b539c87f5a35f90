import type { Translations } from "./translations.ts";

/** What the tables of segments, loyalty and surveys hold. */
export const HOLDS_OF_INSIGHT: Translations = {
  "Definitions of segments: a rule and the purpose it serves.": [
    "分群的定义：规则及其服务的目的。",
    "分群的定義：規則及其服務的目的。",
  ],
  "Coarse values, counts and allowed purposes of a member, as rules of segments ask them.": [
    "会员的粗略数值、计数及获准的目的，供分群规则查询。",
    "會員的粗略數值、計數及獲准的目的，供分群規則查詢。",
  ],
  "Which segments a member is in, and since when.": [
    "会员属于哪些分群，自何时起。",
    "會員屬於哪些分群，自何時起。",
  ],
  "The published rules of the programme, version by version.": [
    "会员计划的已公布规则，按版本保存。",
    "會員方案的已公布規則，依版本保存。",
  ],
  "Fitted models: how each cohort's fit came about.": [
    "拟合的模型：每组会员的拟合过程。",
    "擬合的模型：每組會員的擬合過程。",
  ],
  "Parameters of a cohort and the distributions that ranks are taken from.": [
    "一组会员的参数，以及用于确定排位的分布。",
    "一組會員的參數，以及用於決定排位的分布。",
  ],
  "How well a model foretold what came.": [
    "模型的预测与实际结果的吻合程度。",
    "模型的預測與實際結果的吻合程度。",
  ],
  "Which model scores now.": ["当前用于评分的模型。", "目前用於評分的模型。"],
  "Days on which a member bought and how much, net of returns.": [
    "会员的购买日期及扣除退货后的金额。",
    "會員的購買日期及扣除退貨後的金額。",
  ],
  "What a member answered, as a value between 0 and 1.": [
    "会员的答复，换算为 0 至 1 之间的数值。",
    "會員的答覆，換算為 0 至 1 之間的數值。",
  ],
  "A member's score with its inputs, contributions and versions.": [
    "会员的分数，以及其输入值、各项贡献与版本。",
    "會員的分數，以及其輸入值、各項貢獻與版本。",
  ],
  "A member's tier in each structure, with hold, breaches and grace.": [
    "会员在各等级体系中的等级，包括保级期、未达标情况与宽限期。",
    "會員在各等級體系中的等級，包括保級期、未達標情形與寬限期。",
  ],
  "Changes of tiers, and of conditions while profiling is allowed, with the reason of each.": [
    "等级的变更，以及允许画像期间状态的变更，各附原因。",
    "等級的變更，以及允許剖析期間狀態的變更，各附原因。",
  ],
  "Reviews that a member asked for, and what staff decided.": [
    "会员请求的复核，以及员工作出的决定。",
    "會員請求的複核，以及員工作成的決定。",
  ],
  "Surveys: name, class, whether anonymous, state.": [
    "调查：名称、类别、是否匿名、状态。",
    "問卷：名稱、類別、是否匿名、狀態。",
  ],
  "The questions of each version; published ones never change.": [
    "每个版本的题目；发布后不再变更。",
    "每個版本的題目；發布後不再變更。",
  ],
  "Who was invited to which survey, by which channel, and how it ended; of the link only a hash.": [
    "邀请了谁参加哪项调查、通过何种渠道、结果如何；链接仅保存哈希值。",
    "邀請了誰填寫哪份問卷、透過何種管道、結果如何；連結僅保存雜湊值。",
  ],
  "Answers to surveys that are not anonymous, sealed; half-done ones with them.": [
    "非匿名调查的答复，加密保存；包括未完成的答复。",
    "非匿名問卷的答覆，加密保存；包括未完成的答覆。",
  ],
  "Rights to answer an anonymous survey once, as hashes; none says whose it is.": [
    "匿名调查的一次性答复资格，以哈希值保存；均不显示属于谁。",
    "匿名問卷的一次性作答資格，以雜湊值保存；均不顯示屬於誰。",
  ],
  "Hashes of forms that were handed in, so that none counts twice.": [
    "已提交表单的哈希值，以免重复计算。",
    "已提交表單的雜湊值，以免重複計算。",
  ],
  "Anonymous answers that wait to enter in random order; random ids, sealed.": [
    "等待以随机顺序录入的匿名答复；编号随机，加密保存。",
    "等待以隨機順序登錄的匿名答覆；編號隨機，加密保存。",
  ],
  "Anonymous answers with random ids and no time but the day, sealed.": [
    "匿名答复，编号随机，时间仅到日，加密保存。",
    "匿名答覆，編號隨機，時間僅到日，加密保存。",
  ],
  "Counted answers (NPS, CSAT, CES, comparative) with the coarse facts they are grouped by.": [
    "计分的答复（NPS、CSAT、CES、比较指标），以及用于分组的粗略信息。",
    "計分的答覆（NPS、CSAT、CES、比較指標），以及用於分組的粗略資料。",
  ],
  "That somebody was invited, opened, declined or was called back, on its way to the profile.": [
    "某人被邀请、打开、谢绝或接受回访的事实，等待写入其资料。",
    "某人受邀、開啟、婉拒或接受回訪的事實，等待寫入其資料。",
  ],
  "How often members may be asked, and since when.": [
    "可以多久询问会员一次，自何时起适用。",
    "得多久詢問會員一次，自何時起適用。",
  ],
  "Stores as surveys know them; the addresses of who handles cases are sealed.": [
    "调查所用的门店资料；个案处理人员的地址加密保存。",
    "問卷所用的門市資料；個案處理人員的地址加密保存。",
  ],
  "Where links are handed over for SMS, LINE and WeChat, with the sealed signing secret.": [
    "为短信、LINE 和微信交付链接的网关地址，签名密钥加密保存。",
    "為簡訊、LINE 與微信交付連結的閘道位址，簽章金鑰加密保存。",
  ],
  "Who is to be asked what, when and how; lists name members by id.": [
    "向谁、何时、以何种方式询问什么；以编号列出会员。",
    "向誰、何時、以何種方式詢問什麼；以編號列出會員。",
  ],
  "That a member was asked, is to be asked, or was left out, and why; the link, sealed, while reminders are open.":
    [
      "会员已被询问、将被询问或未被纳入，以及原因；在仍可提醒期间，链接加密保存。",
      "會員已受詢問、將受詢問或未納入，以及原因；在仍可提醒期間，連結加密保存。",
    ],
  "Messages about surveys and what became of them; what a gateway is given, sealed until it was.": [
    "有关调查的消息及其结果；交给网关的内容在交付前加密保存。",
    "有關問卷的訊息及其結果；交給閘道的內容在交付前加密保存。",
  ],
  "Which themes of the lexicon a comment speaks of, with phrases of the lexicon.": [
    "意见涉及词库中的哪些主题，以及匹配的词库词语。",
    "意見涉及詞庫中的哪些主題，以及相符的詞庫詞語。",
  ],
  "That somebody is to be called back, why, and what came of it.": [
    "需要回访某人的事实、原因及结果。",
    "需要回訪某人的事實、原因及結果。",
  ],
  "What staff wrote about a case.": ["员工就个案所作的记录。", "員工就個案所作的紀錄。"],
  "What was changed because of a theme, and when.": [
    "因某一主题而作出的改进及其时间。",
    "因某一主題而作出的改善及其時間。",
  ],
};
